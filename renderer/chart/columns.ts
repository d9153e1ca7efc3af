import type { MetricSeries } from '../../core/protocol/run.ts'
import { countAt } from './buckets.ts'
import type { Bucket } from './buckets.ts'

/** What a point holds besides ordinary numbers; several may hold at once. */
export const ODD = { nan: 1, up: 2, down: 4 } as const

/** What of a curve shares one column of pixels. Its extremes are exact, so no spike is ever hidden. */
export interface Column {
  /** In pixels. */
  x: number
  /** The last step in it. */
  step: number
  min: number
  max: number
  /** Over what is finite; NaN where nothing is. */
  mean: number
  /** The smoothed value at `step`; NaN where there is none. */
  trend: number
  /** Steps that the mean stands for. */
  count: number
  /** A sum of ODD's bits. */
  odd: number
}

/** What a bucket hides besides numbers: a mean of NaN says so unless both infinities made it. */
export function oddOf({ min, max, mean }: Pick<Bucket, 'min' | 'max' | 'mean'>): number {
  const up = max === Infinity ? ODD.up : 0
  const down = min === -Infinity ? ODD.down : 0
  const isNan = Number.isNaN(mean) && !(up && down)
  return up | down | (isNan ? ODD.nan : 0)
}

/** A thinned series as points. */
export function bucketsOf({ step, min, max, mean }: MetricSeries): readonly Bucket[] {
  return Array.from(step, (at, i) => {
    const value = mean[i] ?? Number.NaN
    return {
      step: at,
      min: min[i] ?? value,
      max: max[i] ?? value,
      mean: value,
      count: countAt(step, i),
    }
  })
}

/** Index of the first point at `step` or after it. */
export function firstAt(points: readonly { readonly step: number }[], step: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle]?.step ?? Infinity) < step) low = middle + 1
    else high = middle
  }
  return low
}

function join(into: Column, from: Bucket, trend: number, odd: number): void {
  // A NaN compares with nothing, so the extremes stay what they are.
  if (!(into.min <= from.min)) into.min = Number.isNaN(from.min) ? into.min : from.min
  if (!(into.max >= from.max)) into.max = Number.isNaN(from.max) ? into.max : from.max
  if (Number.isFinite(from.mean)) {
    const known = Number.isNaN(into.mean) ? 0 : into.count
    const count = known + from.count
    into.mean = known === 0 ? from.mean : into.mean + (from.mean - into.mean) * (from.count / count)
    into.count = count
  }
  if (!Number.isNaN(trend)) into.trend = trend
  into.step = from.step
  into.odd |= odd
}

/**
 * The part of a curve in (from, to] as one column per pixel at most, with a neighbour on each side for the
 * lines that lead out. `xOf` must not fall as the step rises. `trend` holds one value per point.
 */
export function columnsOf(
  points: readonly Bucket[],
  range: { readonly from: number; readonly to: number },
  xOf: (step: number) => number,
  trend?: Float64Array,
): readonly Column[] {
  const first = Math.max(0, firstAt(points, range.from) - 1)
  const columns: Column[] = []
  let last: Column | undefined
  let lastPixel = Number.NaN
  for (let i = first; i < points.length; i++) {
    const point = points[i]!
    const x = xOf(point.step)
    const pixel = Math.floor(x)
    const value = trend?.[i] ?? Number.NaN
    const odd = oddOf(point)
    if (last !== undefined && pixel === lastPixel) join(last, point, value, odd)
    else {
      const { step, min, max, count } = point
      const mean = Number.isFinite(point.mean) ? point.mean : Number.NaN
      last = { x, step, min, max, mean, trend: value, count, odd }
      lastPixel = pixel
      columns.push(last)
    }
    if (point.step > range.to) break
  }
  return columns
}
