import type { Dimension, Scalar } from '../../../core/protocol/space.ts'
import type { StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
import { placeOf, valueAt } from '../../../core/search/space.ts'
import { depthOf, stateLookOf } from '../trial-look.ts'
import { formatScalar, formatValue, measureWord } from '../trial-words.ts'
import type { BrushAxis } from './brush.ts'
import { axisOf } from './dimension-axis.ts'
import type { AxisTick } from './dimension-axis.ts'
import { plainName } from './scatter-words.ts'
import { resultRange } from './scatter.ts'
import { resultAt, resultPlace, resultTicks } from './value-ramp.ts'

/** Below an axis: the place of those that do not have what it is of. */
export const WITHOUT = -0.1
/** Above the axis of the result: the place of those that came to no number. */
export const BROKEN = 1.1
/** The key of the result's axis. No path is empty. */
export const RESULT = ''

/** One upright axis. */
export interface ParallelAxis extends BrushAxis {
  readonly name: string
  readonly ticks: readonly AxisTick[]
  readonly isChoice: boolean
  /** What a stretch that begins, or ends, at a place begins or ends with. */
  readonly textAt: (place: number, end: 'low' | 'high') => string
}

/** One trial across all axes. */
export interface ParallelLine {
  readonly trial: number
  readonly summary: TrialSummary
  /** One for each axis: in [0, 1] upwards, or `WITHOUT` or `BROKEN`. */
  readonly places: readonly number[]
  /** From 0, the best, to 1, the worst; null where it came to no number. */
  readonly share: number | null
}

export interface ParallelModel {
  readonly axes: readonly ParallelAxis[]
  /** From back to front: what came to no number first, then from the worst to the best. */
  readonly lines: readonly ParallelLine[]
}

/** So many places of an axis can be reached by keys. */
const KEY_STEPS = 50
/** How much of its band a choice's lines spread over, so that they can be told apart. */
const SPREAD = 0.3
const GOLDEN = 0.618_033_988_75
const NUDGE = 1e-9

const isBad = ({ state }: TrialSummary) => state === 'diverged' || state === 'failed'

/** The edges between the shares of an axis that has few values; null where it is continuous. */
function bandsOf(path: string, dimension: Dimension): readonly number[] | null {
  if (dimension.type === 'real') return null
  if (dimension.type === 'choice') {
    const count = dimension.values.length
    return Array.from({ length: count + 1 }, (_, i) => i / count)
  }
  const { low, high } = dimension
  if (high - low > KEY_STEPS) return null
  return Array.from({ length: high - low + 2 }, (_, i) => placeOf(path, dimension, low - 0.5 + i))
}

const EVEN = Array.from({ length: KEY_STEPS + 1 }, (_, i) => i / KEY_STEPS)

/** Where a value lies on its axis; those of one choice a little apart, always the same for one trial. */
function placeAlong(path: string, dimension: Dimension, value: Scalar, trial: number): number {
  const place = placeOf(path, dimension, value)
  if (dimension.type !== 'choice') return Number.isNaN(place) ? 0 : place
  const jitter = ((trial * GOLDEN) % 1) - 0.5
  return place + (jitter * SPREAD) / dimension.values.length
}

function dimensionAxis(
  path: string,
  dimension: Dimension,
  name: string,
  hasWithout: boolean,
): ParallelAxis {
  const { ticks, isChoice } = axisOf(path, dimension)
  const bands = bandsOf(path, dimension)
  return {
    key: path,
    name,
    ticks,
    isChoice,
    isBanded: bands !== null,
    stops: [...(hasWithout ? [WITHOUT] : []), ...(bands ?? EVEN)],
    // An edge between two shares belongs to the stretch that is asked about.
    textAt: (place, end) =>
      place < 0
        ? 'without it'
        : formatScalar(valueAt(path, dimension, place + (end === 'low' ? NUDGE : -NUDGE))),
  }
}

/** The axes of a space in this order, the result last, and a line for each trial that came to something. */
export function parallelModel(
  { trials: all, config, measure }: Pick<StudySnapshot, 'trials' | 'config' | 'measure'>,
  paths: readonly string[],
  names: ReadonlyMap<string, string>,
): ParallelModel {
  const trials = all.filter((trial) => trial.value !== null || isBad(trial))
  const range = resultRange(trials)
  const dimensions = paths.flatMap((path) => {
    const dimension = config.space[path]
    return dimension === undefined ? [] : [{ path, dimension }]
  })
  const resultOf = (trial: TrialSummary): number | null => {
    const { value } = trial
    if (range === null || isBad(trial) || value === null || !Number.isFinite(value)) return null
    return resultPlace(range, value)
  }
  const lines = trials.map((summary) => {
    const { trial, point } = summary
    const share = resultOf(summary)
    const places = dimensions.map(({ path, dimension }) => {
      const value = point[path]
      return value === undefined ? WITHOUT : placeAlong(path, dimension, value, trial)
    })
    return { trial, summary, places: [...places, share ?? BROKEN], share }
  })
  const axes = dimensions.map(({ path, dimension }, i) =>
    dimensionAxis(
      path,
      dimension,
      plainName(names, path),
      lines.some(({ places }) => places[i] === WITHOUT),
    ),
  )
  const result: ParallelAxis = {
    key: RESULT,
    name: measureWord(measure),
    ticks: range === null ? [] : resultTicks(range, measure),
    isChoice: false,
    isBanded: false,
    stops: [...EVEN, ...(lines.some(({ share }) => share === null) ? [BROKEN] : [])],
    textAt: (place) =>
      place > 1 || range === null ? 'diverged' : formatValue(measure, resultAt(range, place)),
  }
  const depth = ({ summary: { state } }: ParallelLine) => depthOf(stateLookOf(state))
  return {
    axes: [...axes, result],
    lines: lines.toSorted(
      (a, b) =>
        (b.share ?? Infinity) - (a.share ?? Infinity) || depth(a) - depth(b) || a.trial - b.trial,
    ),
  }
}
