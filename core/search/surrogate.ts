import type { SearchSpace } from '../protocol/space.ts'
import { fitGaussianProcess, worthFitting } from './gaussian-process.ts'
import type { Belief } from './gaussian-process.ts'
import { bestFirst } from './methods/method.ts'
import type { Asked, Trialled } from './methods/method.ts'
import { pathsOf, pointAt, unitOf } from './space.ts'
import type { UnitPoint } from './space.ts'

/** What is believed of trials that train for the whole budget. */
export interface Surrogate {
  believe(unit: UnitPoint): Belief
  /** What a new trial has to be better than. */
  readonly target: number
}

/**
 * A point as the process sees it: whole numbers and choices where they really lie, each choice in a
 * direction of its own, as none is between two others.
 */
export function encode(space: SearchSpace, unit: UnitPoint): readonly number[] {
  const placed = unitOf(space, pointAt(space, unit))
  return pathsOf(space).flatMap((path, d) => {
    const dimension = space[path]
    const place = placed[d] ?? 0.5
    if (dimension?.type !== 'choice') return [place]
    const chosen = Math.floor(place * dimension.values.length)
    return dimension.values.map((_, i) => (i === chosen ? Math.SQRT1_2 : 0))
  })
}

/** Even points before the first belief: a few per dimension. */
export const firstPoints = (dimensions: number): number => Math.min(20, 2 * dimensions + 3)

/** A value so many times as far above the best as the typical one says only that its trial went wrong, … */
const BEYOND = 100
/** … and counts as so many times as far. */
const REACH = 10

/**
 * At what values are held: a cost of 1e6 beside many of about 0.1 would be all that the process sees. What is
 * typical is asked of the first trials, which lie evenly in the space: later ones come close to the best.
 */
function ceilingOf(values: readonly number[], dimensions: number): number {
  const [best, worst] = [Math.min(...values), Math.max(...values)]
  const first = values.slice(0, firstPoints(dimensions)).toSorted((a, b) => a - b)
  const spread = (first[Math.floor(first.length / 2)] ?? NaN) - best
  return spread > 0 && worst - best > BEYOND * spread ? best + REACH * spread : Infinity
}

/** What was seen, or is supposed, of a trial at one rung. */
interface Sight {
  readonly unit: UnitPoint
  readonly rung: number
  readonly value: number
}

/**
 * A running trial is taken to reach the best value so far at the rung it climbs to (a constant liar, Ginsbourger
 * et al. 2010), so that the next one goes elsewhere; a failed one the worst. Where nothing was measured at that
 * rung yet, the best and the worst of all.
 */
function sightsOf(history: readonly Trialled[], last: number): readonly Sight[] {
  const measured = history.map(({ outcome, climbed }): readonly number[] =>
    last > 0 ? (climbed ?? []) : outcome.kind === 'measured' ? [outcome.value] : [],
  )
  const ceiling = ceilingOf(measured.flat().filter(Number.isFinite), history[0]?.unit.length ?? 0)
  const seen = history.map(({ unit }, i): readonly Sight[] =>
    (measured[i] ?? []).flatMap((value, rung) =>
      Number.isFinite(value) ? [{ unit, rung, value: Math.min(ceiling, value) }] : [],
    ),
  )
  const ranked = seen.flat().toSorted((a, b) => a.value - b.value)
  const supposed = (which: 0 | -1, rung: number) =>
    (ranked.filter((sight) => sight.rung === rung).at(which) ?? ranked.at(which))?.value ?? NaN
  return history.flatMap(({ unit, outcome }, i) => {
    const known = seen[i] ?? []
    const rung = Math.min(last, known.length)
    if (outcome.kind === 'given-up') return known
    const isLost = outcome.kind === 'failed' || (last === 0 && known.length === 0)
    if (outcome.kind === 'running') return [...known, { unit, rung, value: supposed(0, rung) }]
    return isLost ? [...known, { unit, rung, value: supposed(-1, rung) }] : known
  })
}

/**
 * The belief after these trials; null with fewer than two, or none measured. Where trials are stopped early, the
 * budget is one more input of the process, even in its logarithm as the rungs are (Kandasamy et al. 2017): what
 * many trials came to early on and a few in the end tells what the many would have come to. Else what was seen
 * early would be taken for the end, and the search would be for what learns fastest at first.
 */
export function surrogateOf({ space, seed, history, rungs = 1 }: Asked): Surrogate | null {
  const ranked = bestFirst(history)
  const [best] = ranked
  if (best === undefined || history.length < 2) return null
  const last = rungs - 1
  const placed = (unit: UnitPoint, rung: number) =>
    last === 0 ? encode(space, unit) : [...encode(space, unit), rung / last]
  const sights = worthFitting(sightsOf(history, last))
  if (sights.length < 2) return null
  const process = fitGaussianProcess(
    sights.map(({ unit, rung }) => placed(unit, rung)),
    sights.map(({ value }) => value),
    seed,
  )
  const believe = (unit: UnitPoint) => process.believe(placed(unit, last))
  const target = last === 0 ? best.value : Math.min(...ranked.map(({ unit }) => believe(unit).mean))
  return { believe, target }
}
