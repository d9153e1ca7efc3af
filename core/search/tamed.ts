import type { Trialled } from './methods/method.ts'
import { bestFirst } from './methods/method.ts'
import type { UnitPoint } from './space.ts'

/** A trial that has come to something, and what it came to, made fit for a model of the space. */
export interface Tamed {
  readonly unit: UnitPoint
  readonly value: number
}

/**
 * How many times the typical value counts in full. An error rate is hardly ever held by it, a cost of chance
 * seldom: held lower, what matters most is hidden in a search that has closed in, whose typical value is
 * near its best (on the digits the share of α fell from 0.92 to 0.21).
 */
const REACH = 30

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * sorted.length)] ?? NaN

/**
 * From where on worse is only bad. A cost of 1e6 beside many of about 0.1 says no more than that this trial
 * went wrong; taken at its word, it would be all that a model of the space sees. So values are held at thirty
 * times the median; of the lower quartile, where most trials went wrong.
 */
export function ceilingOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [quarter, middle] = [quantile(sorted, 0.25), quantile(sorted, 0.5)]
  const typical = quarter > 0 && middle > REACH * quarter ? quarter : middle
  return typical > 0 ? REACH * typical : Infinity
}

/**
 * The trials that have come to something, in the order they were proposed: no value above the ceiling; one
 * that failed or diverged has the worst value of all.
 */
export function tame(history: readonly Trialled[]): readonly Tamed[] {
  const values = bestFirst(history).map(({ value }) => value)
  const worst = values.at(-1)
  if (worst === undefined) return []
  const ceiling = Math.min(worst, ceilingOf(values))
  return history.flatMap(({ unit, outcome }) => {
    if (outcome.kind === 'running' || outcome.kind === 'given-up') return []
    const isMeasured = outcome.kind === 'measured' && Number.isFinite(outcome.value)
    return [{ unit, value: isMeasured ? Math.min(ceiling, outcome.value) : ceiling }]
  })
}
