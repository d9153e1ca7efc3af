import type { MetricSeries } from '../../core/protocol/run.ts'
import { formatCount } from '../ui/format.ts'

type Write = (value: number) => string

/** A curve in one sentence, for who cannot see it: where it begins and ends, and its extremes. */
export function summaryOf(label: string, points: MetricSeries | null, write: Write): string {
  const count = points?.step.length ?? 0
  if (points === null || count === 0) return `${label}: nothing recorded yet`
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < count; i++) {
    if (points.min[i]! < low) low = points.min[i]!
    if (points.max[i]! > high) high = points.max[i]!
  }
  const at = (i: number) => `${write(points.mean[i]!)} at step ${formatCount(points.step[i]!)}`
  const extremes = low > high ? '' : `, lowest ${write(low)}, highest ${write(high)}`
  return `${label}: from ${at(0)} to ${at(count - 1)}${extremes}`
}
