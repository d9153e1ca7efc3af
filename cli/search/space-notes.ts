import { HYPERPARAMETERS } from '../../core/protocol/hyperparameters.ts'
import type { HyperparameterName } from '../../core/protocol/hyperparameters.ts'
import type { Dimension, SearchSpace } from '../../core/protocol/space.ts'
import type { StudyConfig } from '../../core/protocol/study.ts'
import { gridShape } from '../../core/search/methods/grid.ts'
import { pathsOf, scaleOf } from '../../core/search/space.ts'
import { shortNames } from '../../core/search/trial-paths.ts'
import { plural } from '../output/numbers.ts'

/** What somebody may not have meant, though it can be searched: told once, when the space is taken. */
export function notesOn({ space, method, trials }: StudyConfig): readonly string[] {
  return [...linearNotes(space), ...(method === 'grid' ? gridNotes(space, trials) : [])]
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`

/** Hyperparameters whose own scale their range does not allow, so that they are drawn evenly. */
function linearNotes(space: SearchSpace): readonly string[] {
  const paths = pathsOf(space)
  const names = shortNames(paths)
  return paths.flatMap((path) => {
    const dimension = space[path]
    const note = dimension === undefined ? null : linearNote(path, dimension)
    return note === null ? [] : [`${names.get(path) ?? path} ${note}`]
  })
}

function linearNote(path: string, dimension: Dimension): string | null {
  if (dimension.type === 'choice' || dimension.scale !== undefined) return null
  const name = /^hyperparameters\.(\w+)$/.exec(path)?.[1]
  if (name === undefined || !Object.hasOwn(HYPERPARAMETERS, name)) return null
  const { scale } = HYPERPARAMETERS[name as HyperparameterName]
  if (scale === scaleOf(path, dimension)) return null
  const { low, high } = dimension
  const tenth = (share: number) => Number((low + (high - low) * share).toPrecision(4))
  return scale === 'logarithmic'
    ? `is drawn on a linear scale, as a logarithm cannot reach ${low}: nine in ten of its values lie ` +
        `above ${tenth(0.1)}. Start above 0, or say that it is meant: "scale": "linear".`
    : `is drawn on a linear scale, as that of 1 − β cannot reach ${high}: nine in ten of its values lie ` +
        `below ${tenth(0.9)}. End below 1, or say that it is meant: "scale": "linear".`
}

/** A grid that leaves dimensions where they are, is cut short, or takes fewer trials than were asked for. */
function gridNotes(space: SearchSpace, trials: number): readonly string[] {
  const paths = pathsOf(space)
  const names = shortNames(paths)
  const shape = gridShape(space, trials)
  const points = shape.reduce((product, count) => product * count, 1)
  const nameOf = (path: string) => names.get(path) ?? path
  const still = paths.filter((path, i) => shape[i] === 1 && space[path]?.type !== 'choice')
  const sides = paths.flatMap((path, i) => {
    const count = shape[i] ?? 1
    return count === 1 ? [] : [`${count} of ${nameOf(path)}`]
  })
  const grid = `the grid has ${plural(points, 'point')}${sides.length > 0 ? `, ${sides.join(' × ')}` : ''}`
  const stuck =
    still.length === 0
      ? []
      : [
          `${grid}: ${listed(still.map(nameOf))} ${still.length === 1 ? 'stays' : 'stay'} in the middle. ` +
            `Ask for more trials, or take another method, to search ${still.length === 1 ? 'it' : 'them'} too.`,
        ]
  // With conditions some combinations are one and the same, and the grid has fewer.
  if (paths.some((path) => space[path]?.when !== undefined) || points === trials) return stuck
  return [
    ...stuck,
    points > trials
      ? `${grid}: ${plural(trials, 'trial')} will see only the first of them.`
      : `${grid}: the other ${trials - points} of ${plural(trials, 'trial')} are left out.`,
  ]
}
