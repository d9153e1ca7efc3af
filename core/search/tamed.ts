import type { Trialled } from './methods/method.ts'
import type { UnitPoint } from './space.ts'

/** A trial that has come to something, and what it came to, made fit for a model of the space. */
export interface Tamed {
  readonly unit: UnitPoint
  /** At the last rung that it reached. */
  readonly value: number
  /** At each rung in turn; one that failed or diverged is bad from there on to the last that anybody reached. */
  readonly climbed: readonly number[]
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

/** What a trial came to at each rung; with a single one, in the end. Nothing from where it failed. */
function finiteOf({ outcome, climbed = [] }: Trialled, rungs: number): readonly number[] {
  const isMeasured = outcome.kind === 'measured' && Number.isFinite(outcome.value)
  if (rungs === 1) return isMeasured ? [outcome.value] : []
  const failed = climbed.findIndex((value) => !Number.isFinite(value))
  return climbed.slice(0, failed < 0 ? rungs : Math.min(failed, rungs))
}

/**
 * The trials that have come to something, in the order they were proposed: no value above the ceiling, which is
 * one for each rung, as costs are higher early on; one that failed or diverged has the worst value of all from
 * there on.
 */
export function tame(history: readonly Trialled[], rungs = 1): readonly Tamed[] {
  const known = history.map((trial) => finiteOf(trial, rungs))
  const reached = Math.max(0, ...known.map(({ length }) => length))
  const ceilings = Array.from({ length: reached }, (_, rung) =>
    ceilingOf(known.flatMap((values) => values[rung] ?? [])),
  )
  const held = known.map((values) =>
    values.map((value, rung) => Math.min(value, at(ceilings, rung))),
  )
  const worst = held.flat().reduce((most, value) => Math.max(most, value), -Infinity)
  if (reached === 0) return []
  return history.flatMap(({ unit, outcome }, i) => {
    if (outcome.kind === 'running' || outcome.kind === 'given-up') return []
    const seen = held[i] ?? []
    const isLost = outcome.kind === 'failed' || !Number.isFinite(outcome.value)
    const lost = ceilings.slice(seen.length).map((ceiling) => Math.min(ceiling, worst))
    const climbed = isLost ? [...seen, ...lost] : seen
    const value = isLost ? Math.min(worst, at(ceilings, seen.length)) : seen.at(-1)
    return value === undefined ? [] : [{ unit, value, climbed }]
  })
}
const at = (values: readonly number[], index: number): number => values[index] ?? Infinity
