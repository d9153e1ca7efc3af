import type { SearchSpace } from '../protocol/space.ts'
import type { TrialSummary } from '../protocol/study.ts'
import { pathsOf, placeOf } from './space.ts'

/** A side of a dimension at which the best trials crowd: better ones may lie beyond it. */
export interface Edge {
  readonly path: string
  readonly side: 'low' | 'high'
  /** The value at which the space ends there. */
  readonly end: number
}

/** That the best of nine all lie in the outer tenth of one side happens by chance once in five hundred times. */
const BEST = 3
const FEWEST = 9
const WITHIN = 0.1

/** Nothing is less: no units, a rate of 0. */
const isFloor = (low: number, type: 'real' | 'integer'): boolean =>
  low === 0 || (type === 'integer' && low === 1)

/**
 * Where the space may be too narrow: sides on which the best trials all lie, or crowd on the last whole number.
 * Values are better where they are lower; left out is what was not measured, and what failed or diverged after it
 * was: that is not where better ones lie. Empty with few trials.
 */
export function edgesOf(
  space: SearchSpace,
  trials: readonly Pick<TrialSummary, 'point' | 'value' | 'state'>[],
): readonly Edge[] {
  const measured = trials
    .filter(({ state }) => state !== 'failed' && state !== 'diverged')
    .flatMap(({ point, value }) =>
      value !== null && Number.isFinite(value) ? [{ point, value }] : [],
    )
    .toSorted((a, b) => a.value - b.value)
  if (measured.length < FEWEST) return []
  const best = measured.slice(0, BEST)
  return pathsOf(space).flatMap((path): readonly Edge[] => {
    const dimension = space[path]
    if (dimension === undefined || dimension.type === 'choice') return []
    const { type, low, high } = dimension
    const values = best.map(({ point }) => point[path])
    if (!values.every((value) => typeof value === 'number')) return []
    const places = values.map((value) => placeOf(path, dimension, value))
    const crowd = (at: number, isNear: (place: number) => boolean) =>
      values.every((value, i) => value === at || isNear(places[i] ?? 0.5))
    if (!isFloor(low, type) && crowd(low, (place) => place >= 0 && place < WITHIN)) {
      return [{ path, side: 'low', end: low }]
    }
    return crowd(high, (place) => place <= 1 && place > 1 - WITHIN)
      ? [{ path, side: 'high', end: high }]
      : []
  })
}

/** `The best trials crowd at the upper end of units (256): better ones may lie beyond.` */
export const edgeWords = ({ side }: Edge, name: string, end: string): string =>
  `The best trials crowd at the ${side === 'low' ? 'lower' : 'upper'} end of ${name} (${end}): ` +
  'better ones may lie beyond.'
