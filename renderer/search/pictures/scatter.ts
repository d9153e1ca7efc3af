import type { Dimension, Scalar } from '../../../core/protocol/space.ts'
import type { StudySnapshot, TrialSummary, ZoomRound } from '../../../core/protocol/study.ts'
import { placeOf } from '../../../core/search/space.ts'
import { depthOf, lookOf } from '../trial-look.ts'
import type { TrialLook } from '../trial-look.ts'
import type { DimensionAxis } from './dimension-axis.ts'

/** One trial on the picture of one dimension. */
export interface ScatterPoint {
  readonly trial: number
  readonly summary: TrialSummary
  readonly value: Scalar
  /** Across, in [0, 1]. */
  readonly x: number
  /** What it came to; infinite where that is no number, which lies at the top edge. */
  readonly y: number
  readonly look: TrialLook
  /** Its value is not in the space as it is now: drawn hollow, at the edge. */
  readonly isOutside: boolean
}

/** Up the picture: from where to where, and whether equal ratios are equally high. */
export interface ResultRange {
  readonly min: number
  readonly max: number
  readonly isLog: boolean
}

const BAD = new Set<TrialSummary['state']>(['diverged', 'failed'])
/** Results that differ by more than this are told apart by their ratio. */
const WIDE = 10
/** Above and below the results, as a share of what they span. */
const PADDING = 0.07
/** How much of its band a choice's points spread over. */
const SPREAD = 0.6
const GOLDEN = 0.618_033_988_75

/** Where the results of trials lie, with a little room; null while none has one. */
export function resultRange(
  trials: readonly Pick<TrialSummary, 'state' | 'value'>[],
): ResultRange | null {
  let [low, high] = [Infinity, -Infinity]
  for (const { state, value } of trials) {
    if (value === null || !Number.isFinite(value) || BAD.has(state)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low > high) return null
  if (low > 0 && high > WIDE * low) {
    const room = (high / low) ** PADDING
    return { min: low / room, max: high * room, isLog: true }
  }
  const room = (high - low || Math.abs(low) || 1) * PADDING
  // An error or a cost that cannot be negative gets no room below zero.
  return { min: low >= 0 ? Math.max(0, low - room) : low - room, max: high + room, isLog: false }
}

const isWithin = (dimension: Dimension, value: Scalar): boolean =>
  dimension.type === 'choice'
    ? dimension.values.includes(value)
    : typeof value === 'number' && value >= dimension.low && value <= dimension.high

/** Always the same for the same trial, and for trials that follow each other far apart. In [−½, ½]. */
const jitterOf = (trial: number): number => ((trial * GOLDEN) % 1) - 0.5

function across(axis: DimensionAxis, dimension: Dimension, value: Scalar, trial: number): number {
  if (dimension.type !== 'choice') return axis.placeOf(value)
  if (!dimension.values.includes(value)) return 1
  return axis.placeOf(value) + (jitterOf(trial) * SPREAD) / dimension.values.length
}

/** The trials that have a value of a dimension and came to something, from back to front. */
export function scatterPoints(
  { trials, best }: Pick<StudySnapshot, 'trials' | 'best'>,
  selected: number | null,
  along: { readonly path: string; readonly dimension: Dimension; readonly axis: DimensionAxis },
): readonly ScatterPoint[] {
  const { path, dimension, axis } = along
  const points: ScatterPoint[] = []
  for (const summary of trials) {
    const { trial, state, point } = summary
    const value = point[path]
    const isBad = BAD.has(state)
    if (value === undefined || (summary.value === null && !isBad)) continue
    const y = isBad || !Number.isFinite(summary.value) ? Infinity : (summary.value ?? Infinity)
    points.push({
      trial,
      summary,
      value,
      x: across(axis, dimension, value, trial),
      y,
      look: lookOf(summary, { best, selected }),
      isOutside: !isWithin(dimension, value),
    })
  }
  return points.toSorted((a, b) => depthOf(a.look) - depthOf(b.look) || a.trial - b.trial)
}

/** As the arrow keys walk them: from left to right, and of those in one place from the best on. */
export const walkedPoints = (points: readonly ScatterPoint[]): readonly ScatterPoint[] =>
  points.toSorted((a, b) => a.x - b.x || a.y - b.y || a.trial - b.trial)

/** A stretch of the picture that a round of coarse to fine kept to. */
export interface Bracket {
  readonly from: number
  readonly to: number
  readonly isWidened: boolean
}

function edgesOf(path: string, dimension: Dimension, low: Scalar, high: Scalar): [number, number] {
  const [a, b] = [placeOf(path, dimension, low), placeOf(path, dimension, high)]
  if (dimension.type === 'choice') {
    const half = 0.5 / dimension.values.length
    return [a - half, b + half]
  }
  if (dimension.type === 'real') return [a, b]
  // A whole number has its share of the scale: from half below it to half above.
  return [placeOf(path, dimension, Number(low) - 0.5), placeOf(path, dimension, Number(high) + 0.5)]
}

/** Where each round looked along one dimension, the first round first. */
export function bracketsOf(
  rounds: readonly ZoomRound[],
  path: string,
  dimension: Dimension,
): readonly Bracket[] {
  return rounds.flatMap(({ sides }) => {
    const side = sides.find((one) => one.path === path)
    if (side === undefined) return []
    const [from, to] = edgesOf(path, dimension, side.low, side.high)
    return [{ from, to, isWidened: side.isWidened }]
  })
}
