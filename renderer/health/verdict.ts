import type { Tone } from './health.ts'
import { formatCost, formatCount } from '../ui/format.ts'
import { verdictOfNorms } from './gradients.ts'

/** A measure at a step. */
export interface Measure {
  readonly step: number
  readonly value: number
}

/** What the curves say of a run that trains. */
export interface Verdict {
  readonly word: 'Learning' | 'Plateau' | 'Overfitting' | 'Unsteady' | 'Diverging'
  readonly reason: string
  readonly tone: Tone
}

/** Fewer points than this say nothing. */
const FEWEST_TRAIN = 20
/** The newest part of the curve that a judgement is about. */
const RECENT_SHARE = 0.1
/** So far above its best, and still rising: not a spike that heals by itself. */
const DIVERGED_FACTOR = 2
/** Dev measures that must lie above the best one before it is called overfitting; one alone is noise. */
const RISING_EVALUATIONS = 3
const RISING_SHARE = 0.01
/** Evaluations without so much of an improvement are a plateau. */
const FLAT_EVALUATIONS = 10
const FLAT_SHARE = 0.005
/** The train cost still falls if its newest part lies so far below the part before. */
const FALLING_SHARE = 0.005

const meanOf = (points: readonly Measure[]) =>
  points.reduce((sum, { value }) => sum + value, 0) / points.length

/** The newest part of a curve and the part before it, equally long. */
function recentParts(train: readonly Measure[]) {
  const count = Math.max(5, Math.round(train.length * RECENT_SHARE))
  return { recent: train.slice(-count), before: train.slice(-2 * count, -count) }
}

/** Lowest mean over as many neighbours as the recent part has: a single lucky batch is no best. */
function bestMean(train: readonly Measure[], width: number): number {
  let best = Infinity
  for (let end = width; end <= train.length; end += Math.max(1, Math.floor(width / 2))) {
    best = Math.min(best, meanOf(train.slice(end - width, end)))
  }
  return best
}

function divergence(train: readonly Measure[]): Verdict | null {
  if (train.length < FEWEST_TRAIN) return null
  const { recent, before } = recentParts(train)
  const best = bestMean(train, recent.length)
  const now = meanOf(recent)
  if (!(best > 0) || now < best * DIVERGED_FACTOR || now <= meanOf(before)) return null
  const reason = `train cost ${formatCost(now)} and rising, best ${formatCost(best)}`
  return { word: 'Diverging', reason, tone: 'bad' }
}

const lowestOf = (points: readonly Measure[]) =>
  points.reduce<Measure | null>(
    (least, point) => (least === null || point.value < least.value ? point : least),
    null,
  )

/** Does the train cost still fall? Null: too early to say. */
function isFalling(train: readonly Measure[]): boolean | null {
  if (train.length < FEWEST_TRAIN) return null
  const { recent, before } = recentParts(train)
  return meanOf(recent) < meanOf(before) * (1 - FALLING_SHARE)
}

function overfitting(train: readonly Measure[], dev: readonly Measure[]): Verdict | null {
  const best = lowestOf(dev)
  const last = dev.at(-1)
  if (best === null || last === undefined || isFalling(train) !== true) return null
  const since = dev.filter(({ step }) => step > best.step)
  const rose = since.slice(-RISING_EVALUATIONS)
  // Above its best for a while, and not on the way back to it.
  const isRising =
    rose.length === RISING_EVALUATIONS &&
    rose.every(({ value }) => value > best.value * (1 + RISING_SHARE)) &&
    last.value >= (rose[0]?.value ?? Infinity)
  if (!isRising) return null
  const reason =
    `dev cost ${formatCost(last.value)}, best ${formatCost(best.value)} at step ` +
    `${formatCount(best.step)}, while train cost falls`
  return { word: 'Overfitting', reason, tone: 'warn' }
}

function plateau(train: readonly Measure[], dev: readonly Measure[]): Verdict | null {
  if (dev.length <= FLAT_EVALUATIONS || isFalling(train) !== false) return null
  const before = lowestOf(dev.slice(0, -FLAT_EVALUATIONS))
  const recent = lowestOf(dev.slice(-FLAT_EVALUATIONS))
  if (before === null || recent === null) return null
  if (recent.value < before.value * (1 - FLAT_SHARE)) return null
  const reason = `dev cost ${formatCost(dev.at(-1)?.value ?? null)}, no better than ${formatCost(before.value)} for ${FLAT_EVALUATIONS} evaluations`
  return { word: 'Plateau', reason, tone: 'warn' }
}

/** Points that a judgement can be made on: those that are numbers. */
const finite = (points: readonly Measure[]) => points.filter(({ value }) => Number.isFinite(value))

/**
 * What the curves, and the norms of the last gradients, say, worst first; null while they say nothing unusual, or
 * not enough.
 */
export function verdictOf(
  trainCurve: readonly Measure[],
  devCurve: readonly Measure[],
  norms: readonly number[] = [],
): Verdict | null {
  const [train, dev] = [finite(trainCurve), finite(devCurve)]
  return (
    divergence(train) ?? verdictOfNorms(norms) ?? overfitting(train, dev) ?? plateau(train, dev)
  )
}
