import type { SearchSpace } from '../protocol/space.ts'
import { normal } from '../random/index.ts'
import { FEWEST_FOR_BELIEF } from './fewest-trials.ts'
import { fitGaussianProcess, worthFitting } from './gaussian-process.ts'
import type { Belief } from './gaussian-process.ts'
import type { UnitPoint } from './space.ts'
import { encode } from './surrogate.ts'
import type { Tamed } from './tamed.ts'

/** What is believed of trials that train for the whole budget, whatever method proposed them. */
export interface EndBelief {
  believe(unit: UnitPoint): Belief
  /**
   * What trials may have come to in the end, all together, in draw number `draw`: draws differ by as much as it is
   * not known. Null where every trial came to its end.
   */
  readonly ends: ((units: readonly UnitPoint[], draw: number) => readonly number[]) | null
}

const STREAM = 600

/**
 * What a Gaussian process believes of the end, fitted to what trials came to at every rung; the end is the last
 * rung that anybody reached. Where trials are stopped early, the rung is one more input, as for `surrogateOf`:
 * those that were stopped had not the steps of the others, and what learns fastest at first would be taken for
 * the best. Null with too few trials.
 */
export function endBelief(
  space: SearchSpace,
  tamed: readonly Tamed[],
  seed: number,
): EndBelief | null {
  if (tamed.length < FEWEST_FOR_BELIEF) return null
  const last = Math.max(...tamed.map(({ climbed }) => climbed.length)) - 1
  const placed = (unit: UnitPoint, rung: number) =>
    last === 0 ? encode(space, unit) : [...encode(space, unit), rung / last]
  const sights = worthFitting(
    tamed.flatMap(({ unit, climbed }) => climbed.map((value, rung) => ({ unit, rung, value }))),
  )
  const process = fitGaussianProcess(
    sights.map(({ unit, rung }) => placed(unit, rung)),
    sights.map(({ value }) => value),
    seed,
  )
  // Measured ends beside others that are only believed would tell again who climbed: so all are drawn.
  const ends = (units: readonly UnitPoint[], draw: number) =>
    process.drawn(
      units.map((unit) => placed(unit, last)),
      units.map((_, i) => normal(seed, STREAM + draw, i)),
    )
  return {
    believe: (unit) => process.believe(placed(unit, last)),
    ends: last === 0 ? null : ends,
  }
}
