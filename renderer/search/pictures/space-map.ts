import type { Dimension, Scalar } from '../../../core/protocol/space.ts'
import type { StudySnapshot, TrialSummary, ZoomRound } from '../../../core/protocol/study.ts'
import { formatCount } from '../../ui/format.ts'
import { depthOf, lookOf } from '../trial-look.ts'
import type { TrialLook } from '../trial-look.ts'
import { STATE_WORDS, formatScalar, formatValue, measureWord, plural } from '../trial-words.ts'
import { axisOf } from './dimension-axis.ts'
import type { DimensionAxis } from './dimension-axis.ts'
import { bracketsOf, resultRange, scatterPoints } from './scatter.ts'
import type { Bracket } from './scatter.ts'
import { resultPlace } from './value-ramp.ts'

/** One side of the map: a dimension on its own scale. */
export interface MapSide {
  readonly path: string
  readonly name: string
  readonly dimension: Dimension
  readonly axis: DimensionAxis
}

/** One trial on the map. */
export interface MapPoint {
  readonly trial: number
  readonly summary: TrialSummary
  /** Across and up, in [0, 1]. */
  readonly x: number
  readonly y: number
  readonly values: readonly [Scalar, Scalar]
  readonly look: TrialLook
  /** From 0, the best, to 1, the worst; null where it came to no number. */
  readonly share: number | null
  /** Its values are not in the space as it is now: drawn hollow, at the edge. */
  readonly isOutside: boolean
}

/** Where one round of coarse to fine looked. */
export interface MapBox {
  /** From 1. */
  readonly round: number
  readonly x: Bracket
  readonly y: Bracket
  /** The names of the sides that opened instead of closing. */
  readonly widened: readonly string[]
  /** The first and the last of its trials. */
  readonly from: number
  readonly to: number
}

/** The side of a path; null where it is not searched. */
export function sideOf(
  { config }: Pick<StudySnapshot, 'config'>,
  path: string | undefined,
  name: string,
): MapSide | null {
  const dimension = path === undefined ? undefined : config.space[path]
  if (path === undefined || dimension === undefined) return null
  return { path, name, dimension, axis: axisOf(path, dimension) }
}

/** The trials that have both values and came to something, or not to a number; from back to front. */
export function mapPoints(
  snapshot: Pick<StudySnapshot, 'trials' | 'best'>,
  selected: number | null,
  across: MapSide,
  up: MapSide,
): readonly MapPoint[] {
  const range = resultRange(snapshot.trials)
  const along = new Map(
    scatterPoints(snapshot, selected, across).map((point) => [point.trial, point]),
  )
  return scatterPoints(snapshot, selected, up)
    .flatMap((b) => {
      const { trial, summary, value } = b
      const a = along.get(trial)
      if (a === undefined) return []
      const hasResult = range !== null && Number.isFinite(b.y)
      return [
        {
          trial,
          summary,
          x: a.x,
          y: b.x,
          values: [a.value, value] as const,
          look: lookOf(summary, { best: snapshot.best, selected }),
          share: hasResult ? resultPlace(range, b.y) : null,
          isOutside: a.isOutside || b.isOutside,
        },
      ]
    })
    .toSorted(
      (a, b) =>
        standing(a) - standing(b) ||
        (b.share ?? Infinity) - (a.share ?? Infinity) ||
        a.trial - b.trial,
    )
}

/** What stands out is in front; of the others the better ones are. */
const standing = ({ look }: MapPoint): number =>
  look === 'best' || look === 'selected' ? depthOf(look) : 0

/** Where each round looked along both sides, the first round first. */
export function mapBoxes(
  rounds: readonly ZoomRound[],
  across: MapSide,
  up: MapSide,
): readonly MapBox[] {
  return rounds.flatMap((round, i) => {
    const [x] = bracketsOf([round], across.path, across.dimension)
    const [y] = bracketsOf([round], up.path, up.dimension)
    if (x === undefined || y === undefined) return []
    const widened = [...(x.isWidened ? [across.name] : []), ...(y.isWidened ? [up.name] : [])]
    return [{ round: i + 1, x, y, widened, from: round.from, to: round.to }]
  })
}

/** `round 2 · widened` */
export const boxLabel = ({ round, widened }: MapBox): string =>
  `round ${round}${widened.length > 0 ? ' · widened' : ''}`

/** What one box says, in full. */
export function boxSentence({ round, widened, from, to }: MapBox): string {
  const trials =
    from === to ? `trial ${formatCount(from)}` : `trials ${formatCount(from)} to ${formatCount(to)}`
  const why =
    widened.length > 0
      ? `; opened along ${widened.join(' and ')}, as the best lay at the border`
      : ''
  return `Round ${round}: ${trials}${why}.`
}

/** One point as a sentence, for who hears it. */
export function mapSentence(
  { trial, summary, values }: MapPoint,
  [across, up]: readonly [string, string],
  { measure }: Pick<StudySnapshot, 'measure'>,
): string {
  const [x, y] = values.map(formatScalar)
  const result = `${measureWord(measure)} ${formatValue(measure, summary.value)}`
  return `trial ${formatCount(trial)}, ${across} ${x}, ${up} ${y}, ${result}, ${STATE_WORDS[summary.state]}`
}

/** What the map shows, in words. */
export function mapSummary(
  points: readonly MapPoint[],
  boxes: readonly MapBox[],
  [across, up]: readonly [string, string],
  { best, measure }: Pick<StudySnapshot, 'best' | 'measure'>,
): string {
  const winner = points.find(({ trial }) => trial === best)
  const broken = points.filter(({ share }) => share === null).length
  const [x, y] = (winner?.values ?? []).map(formatScalar)
  const parts = [
    `${across} across, ${up} up, ${plural(points.length, 'trial')} coloured by ${measureWord(measure)}`,
    ...(winner === undefined
      ? []
      : [
          `Best is trial ${formatCount(winner.trial)} at ${x} and ${y} with ` +
            formatValue(measure, winner.summary.value),
        ]),
    ...(broken > 0 ? [`${formatCount(broken)} diverged or failed`] : []),
    ...(boxes.length > 0 ? [`Boxes of ${plural(boxes.length, 'round')}`] : []),
  ]
  return `${parts.join('. ')}.`
}
