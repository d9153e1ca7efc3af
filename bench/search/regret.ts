import { METHODS } from '../../core/search/methods/index.ts'
import type { Propose, Trialled } from '../../core/search/methods/method.ts'
import { pathsOf, pointAt } from '../../core/search/space.ts'
import { uniform } from '../../core/random/index.ts'
import { measured, spaceOf } from './functions.ts'
import type { TestFunction } from './functions.ts'
import { proposeTpe } from './tpe.ts'

export const EVALUATIONS = 50
export const SEEDS = 30
const RESAMPLES = 2_000

/** Panda's methods that propose points, and TPE to be compared with; a population has to train. */
const { population: _, ...PROPOSING } = METHODS
export const RIVALS: Readonly<Record<string, Propose>> = { ...PROPOSING, TPE: proposeTpe }

/** The regret after each evaluation: of what then looks best, how far its true value lies above the minimum. */
export function regrets(f: TestFunction, propose: Propose, seed: number): readonly number[] {
  const space = spaceOf(f)
  const paths = pathsOf(space)
  const history: Trialled[] = []
  const found: number[] = []
  let best = { seen: Infinity, truth: Infinity }
  for (let count = 0; count < EVALUATIONS; count++) {
    const unit = propose({ space, seed, trials: EVALUATIONS, history })
    if (unit === null || unit === 'wait') {
      found.push(best.truth - f.minimum) // a grid may have fewer points than evaluations
      continue
    }
    const point = pointAt(space, unit)
    const x = paths.map((path) => Number(point[path]))
    const value = measured(f, x, seed, count)
    history.push({ unit, outcome: { kind: 'measured', value } })
    if (value < best.seen) best = { seen: value, truth: f.at(x) }
    found.push(best.truth - f.minimum)
  }
  return found
}

export const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

/** The middle 95 % of medians of samples drawn again from these values. */
export function bootstrap(values: readonly number[]): readonly [low: number, high: number] {
  let counter = 0
  const medians = Array.from({ length: RESAMPLES }, () =>
    medianOf(values.map(() => values[Math.floor(uniform(1, 900, counter++) * values.length)] ?? 0)),
  ).toSorted((a, b) => a - b)
  return [medians[RESAMPLES * 0.025] ?? 0, medians[RESAMPLES * 0.975 - 1] ?? 0]
}

export interface RegretCurve {
  readonly method: string
  /** Over the seeds, after each evaluation. */
  readonly median: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** Every method on one function, over all seeds. */
export function measureFunction(f: TestFunction): readonly RegretCurve[] {
  return Object.entries(RIVALS).map(([method, propose]) => {
    const runs = Array.from({ length: SEEDS }, (_, seed) => regrets(f, propose, seed + 1))
    const at = (count: number) => runs.map((run) => run[count] ?? 0)
    const counts = Array.from({ length: EVALUATIONS }, (_, count) => count)
    const ends = counts.map((count) => bootstrap(at(count)))
    return {
      method,
      median: counts.map((count) => medianOf(at(count))),
      low: ends.map(([low]) => low),
      high: ends.map(([, high]) => high),
    }
  })
}
