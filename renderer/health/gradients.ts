import { formatSign } from './write-sign.ts'
import type { Verdict } from './verdict.ts'

/** The steps that are looked at: the usual size of a gradient is taken from them. */
export const NORM_STEPS = 256
/** Fewer say nothing of what is usual. */
const FEWEST = 64
/** The newest steps: what they do is judged by those before. */
const NEWEST = 8
/** Outliers in so many of the last steps are told. */
const WATCHED = 128
/**
 * An outlier is so many robust deviations above the median of the logarithms, and three times it at least: norms
 * scatter by factors, and a run whose norms hardly do must not be told of every wiggle. Of the first
 * 1 500 steps of the digits, LeNet and two-moons examples nothing is told.
 */
const DEVIATIONS = 6
const LEAST_FACTOR = 3
/** One alone heals by itself more often than not. */
const FEWEST_OUTLIERS = 2
/** So many of the newest are no outliers any more, but a gradient that runs away. */
const RUNAWAY_OUTLIERS = 3
const RUNAWAY_FACTOR = 10
/** From the median of the distances to a standard deviation, as of a normal distribution. */
const MAD_TO_DEVIATION = 1.4826

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/**
 * What the norms of the last steps' gradients say, before clipping and oldest first: outliers come before a run
 * gets unstable, and the cost moves only at the last. Null while they are steady, or too few.
 */
export function verdictOfNorms(given: readonly number[]): Verdict | null {
  const norms = given.filter((norm) => norm > 0 && Number.isFinite(norm)).slice(-NORM_STEPS)
  const before = norms.slice(0, -NEWEST).map(Math.log)
  if (before.length < FEWEST) return null
  const centre = medianOf(before)
  const usual = Math.exp(centre)
  const deviation = MAD_TO_DEVIATION * medianOf(before.map((one) => Math.abs(one - centre)))
  const limit = Math.exp(centre + Math.max(Math.log(LEAST_FACTOR), DEVIATIONS * deviation))
  const isOutlier = (norm: number) => norm > limit

  const newest = norms.slice(-NEWEST)
  const last = newest.at(-1) ?? 0
  const highest = Math.max(...newest)
  const isRunaway =
    newest.filter(isOutlier).length >= RUNAWAY_OUTLIERS &&
    highest >= usual * RUNAWAY_FACTOR &&
    last >= highest / 2
  if (isRunaway) {
    const reason = `gradient norm ${formatSign(last)} and rising, usually ${formatSign(usual)}`
    return { word: 'Diverging', reason, tone: 'bad' }
  }

  const watched = norms.slice(-WATCHED)
  const outliers = watched.filter(isOutlier)
  if (outliers.length < FEWEST_OUTLIERS) return null
  const reason =
    `gradient norm up to ${formatSign(Math.max(...outliers))} in ${outliers.length} of the last ` +
    `${watched.length} steps, usually ${formatSign(usual)}`
  return { word: 'Unsteady', reason, tone: 'warn' }
}
