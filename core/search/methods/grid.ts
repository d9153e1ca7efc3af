import { PandaError } from '../../errors.ts'
import type { Dimension, SearchSpace } from '../../protocol/space.ts'
import { pathsOf } from '../space.ts'
import type { Propose } from './method.ts'

/** More than anyone trains; a larger grid is a mistake worth a word. */
const MOST_POINTS = 100_000

/** How many values a dimension has by itself; Infinity for a range of numbers. */
const valuesOf = (dimension: Dimension): number => {
  if (dimension.type === 'choice') return dimension.values.length
  return dimension.type === 'integer' ? dimension.high - dimension.low + 1 : Infinity
}

/**
 * How many values of each dimension, in the order of `pathsOf`, a grid of about `trials` points tries: the
 * same for all, but no dimension more than it has. Throws `config/invalid` where that is too many points.
 */
export function gridShape(space: SearchSpace, trials: number): readonly number[] {
  const limits = pathsOf(space).map((path) => {
    const dimension = space[path]
    return dimension === undefined ? 1 : valuesOf(dimension)
  })
  // Choices are tried whole; what is left of the trials is shared by the rest.
  const isChoice = pathsOf(space).map((path) => space[path]?.type === 'choice')
  let left = trials
  for (const [i, limit] of limits.entries()) if (isChoice[i]) left /= limit
  const shape = limits.map((limit, i) => (isChoice[i] ? limit : 1))
  const open = new Set(limits.flatMap((_, i) => (isChoice[i] ? [] : [i])))
  while (open.size > 0) {
    const share = Math.max(1, Math.floor(left ** (1 / open.size) + 1e-9))
    const full = [...open].filter((i) => (limits[i] ?? 1) <= share)
    if (full.length === 0) {
      for (const i of open) shape[i] = share
      break
    }
    for (const i of full) {
      shape[i] = limits[i] ?? 1
      left /= limits[i] ?? 1
      open.delete(i)
    }
  }
  const points = shape.reduce((product, count) => product * count, 1)
  if (points > MOST_POINTS) {
    throw new PandaError(
      'config/invalid',
      `the grid has ${points} points`,
      `Search fewer dimensions or choices at once, or take another method; ${MOST_POINTS} is the most.`,
    )
  }
  return shape
}

/** Every combination of a few values of each dimension; the last dimension moves fastest. */
export const proposeGrid: Propose = ({ space, trials, history }) => {
  const shape = gridShape(space, trials)
  let index = history.length
  if (index >= shape.reduce((product, count) => product * count, 1)) return null
  const unit: number[] = []
  for (let d = shape.length - 1; d >= 0; d--) {
    const count = shape[d] ?? 1
    // In the middle of equal shares: no value stands twice, and a choice meets each of its values.
    unit.unshift(((index % count) + 0.5) / count)
    index = Math.floor(index / count)
  }
  return unit
}
