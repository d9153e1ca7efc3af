import { PandaError } from '../../errors.ts'
import type { Dimension, SearchSpace } from '../../protocol/space.ts'
import { pathsOf, pointAt, unitOf } from '../space.ts'
import type { UnitPoint } from '../space.ts'
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

/** Which value of each dimension, counted from 0, point number `index` has; the last dimension moves fastest. */
function digitsOf(shape: readonly number[], index: number): readonly number[] {
  const digits: number[] = []
  let rest = index
  for (const count of shape.toReversed()) {
    digits.unshift(rest % count)
    rest = Math.floor(rest / count)
  }
  return digits
}

/** In the middle of equal shares: no value stands twice, and a choice meets each of its values. */
const unitAt = (shape: readonly number[], digits: readonly number[]): UnitPoint =>
  shape.map((count, d) => ((digits[d] ?? 0) + 0.5) / count)

/** Every combination of a few values of each dimension. Where a dimension is not asked for, it is not varied. */
function* gridPoints(space: SearchSpace, shape: readonly number[]): Generator<UnitPoint> {
  const paths = pathsOf(space)
  const points = shape.reduce((product, count) => product * count, 1)
  const isConditional = paths.some((path) => space[path]?.when !== undefined)
  /** The same values as those of another point, which has the first value of all that is not asked for. */
  const isRepeat = (unit: UnitPoint, digits: readonly number[]): boolean => {
    const point = pointAt(space, unit)
    return paths.some((path, d) => digits[d] !== 0 && !Object.hasOwn(point, path))
  }
  for (let index = 0; index < points; index++) {
    const digits = digitsOf(shape, index)
    const unit = unitAt(shape, digits)
    if (!isConditional || !isRepeat(unit, digits)) yield unit
  }
}

/** Where a point really lies: whole numbers and choices have places of their own. */
const placed = (space: SearchSpace, unit: UnitPoint): UnitPoint =>
  unitOf(space, pointAt(space, unit))

const distance = (a: UnitPoint, b: UnitPoint): number =>
  Math.hypot(...a.map((x, d) => x - (b[d] ?? x)))

/** Nearer than this two points are the same: a number goes to its value and back with the last bits changed. */
const SAME = 1e-9

/** Of a grid's points the one that is farthest from all that were tried; null where each was. */
function farthest(
  space: SearchSpace,
  shape: readonly number[],
  tried: readonly UnitPoint[],
): UnitPoint | null {
  let [best, most]: [UnitPoint | null, number] = [null, SAME]
  for (const unit of gridPoints(space, shape)) {
    const here = placed(space, unit)
    const nearest = tried.reduce((least, one) => Math.min(least, distance(one, here)), Infinity)
    if (nearest > most) [best, most] = [unit, nearest]
  }
  return best
}

/**
 * The points of a grid in their order. Where trials were added to a grid it is another, finer one: then its
 * points come in the order of how far they lie from those that were tried, so that however few are added they
 * fall between these, all over the space.
 */
export const proposeGrid: Propose = ({ space, trials, history }) => {
  const shape = gridShape(space, trials)
  const tried = history.map(({ unit }) => placed(space, unit))
  let index = 0
  for (const unit of gridPoints(space, shape)) {
    const known = tried[index++]
    if (known === undefined) return unit
    if (distance(known, placed(space, unit)) > SAME) return farthest(space, shape, tried)
  }
  return null
}
