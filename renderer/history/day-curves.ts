import type { BranchId, CheckpointId, MetricSeries, SeriesQuery } from '../../core/protocol/run.ts'

/** Enough for a frame some 110 px wide. */
const POINTS = 40

interface DayStretch {
  readonly checkpoint: CheckpointId
  readonly branch: BranchId
  readonly fromStep: number
  readonly toStep: number
}

export interface DayCurves {
  /** The cost over a closed day. Asked for once: a closed day never changes. */
  of(day: DayStretch): Promise<MetricSeries>
}

/**
 * The small curves of closed days, kept by checkpoint. Read along the lineage of the day's branch: a day may
 * have begun before its branch left its parent.
 */
export function createDayCurves(series: (query: SeriesQuery) => Promise<MetricSeries>): DayCurves {
  const known = new Map<CheckpointId, Promise<MetricSeries>>()
  return {
    of({ checkpoint, branch, fromStep, toStep }) {
      const before = known.get(checkpoint)
      if (before !== undefined) return before
      const asked = series({
        metric: 'cost',
        branch,
        scope: 'lineage',
        from: fromStep,
        to: toStep,
        points: POINTS,
      })
      known.set(checkpoint, asked)
      // A refusal is not kept: the frame asks again the next time it comes into view.
      asked.catch(() => known.delete(checkpoint))
      return asked
    },
  }
}

/** A curve as the two paths of a frame's drawing, `width` × `height` in its own units. */
export interface FramePaths {
  readonly line: string
  readonly band: string
}

/** Logarithmic where it can be: a cost falls by factors. What is not finite is left out here; the chart shows it. */
export function framePaths(
  { step, min, max, mean }: MetricSeries,
  width: number,
  height: number,
): FramePaths | null {
  const kept = Array.from(step, (x, i) => ({ x, low: min[i], high: max[i], y: mean[i] })).filter(
    (point): point is { x: number; low: number; high: number; y: number } =>
      [point.low, point.high, point.y].every(Number.isFinite),
  )
  const first = kept[0]
  const last = kept.at(-1)
  if (first === undefined || last === undefined) return null
  const isLog = kept.every(({ low }) => low > 0)
  const scaled = (value: number) => (isLog ? Math.log(value) : value)
  const bottom = Math.min(...kept.map(({ low }) => scaled(low)))
  const top = Math.max(...kept.map(({ high }) => scaled(high)))
  const x = (at: number) => ((at - first.x) / (last.x - first.x || 1)) * width
  const y = (value: number) =>
    top === bottom
      ? height / 2
      : height - 1 - ((scaled(value) - bottom) / (top - bottom)) * (height - 2)
  const at = (px: number, py: number) => `${px.toFixed(1)} ${py.toFixed(1)}`
  const line = kept.map((point) => at(x(point.x), y(point.y))).join(' L ')
  const upper = kept.map((point) => at(x(point.x), y(point.high)))
  const lower = kept.map((point) => at(x(point.x), y(point.low))).reverse()
  return { line: `M ${line}`, band: `M ${[...upper, ...lower].join(' L ')} Z` }
}
