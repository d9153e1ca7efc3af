import { expect } from 'vitest'
import type { ThinnedSeries } from '../../../core/series/index.ts'

export interface Series {
  readonly steps: Float64Array
  readonly values: Float64Array
}

export const seriesOf = (steps: ArrayLike<number>, valueOf: (step: number) => number): Series => ({
  steps: Float64Array.from(steps),
  values: Float64Array.from(Array.from(steps), valueOf),
})

/** Steps from 1, each followed by the next or by a gap. Always the same ones for the same `seed`. */
export function stepsWithGaps(count: number, seed: number, widest: number): Float64Array {
  let step = 0
  return Float64Array.from({ length: count }, (_, at) => {
    const isGap = (at * 2_654_435_761 + seed) % 7 === 0
    step += isGap ? 1 + ((at * 40_503 + seed) % widest) : 1
    return step
  })
}

/**
 * Every point of the range is in exactly one bucket, and every bucket says of its own points what is true. A
 * bucket is (the step before it, its own step].
 */
export function expectTrueCurve(
  curve: ThinnedSeries,
  { steps, values }: Series,
  range: { readonly from: number; readonly to: number; readonly points: number },
): void {
  const within = steps.findIndex((step) => step > range.from)
  let at = within < 0 ? steps.length : within
  expect(curve.step.length).toBeLessThanOrEqual(range.points)
  curve.step.forEach((last, bucket) => {
    const from = at
    while (at < steps.length && steps[at]! <= last) at++
    const own = values.slice(from, at)
    expect(own.length).toBeGreaterThan(0)
    expect(last).toBe(steps[at - 1])
    const real = own.filter((value) => !Number.isNaN(value))
    const min = real.length === 0 ? NaN : real.reduce((a, b) => Math.min(a, b))
    const max = real.length === 0 ? NaN : real.reduce((a, b) => Math.max(a, b))
    expect(curve.min[bucket]).toBe(min)
    expect(curve.max[bucket]).toBe(max)
    const mean = own.reduce((sum, value) => sum + value / own.length, 0)
    if (Number.isFinite(mean)) {
      const scale = Math.max(Math.abs(min), Math.abs(max))
      expect(Math.abs(curve.mean[bucket]! - mean)).toBeLessThanOrEqual(1e-12 * scale)
    } else expect(curve.mean[bucket]).toBe(mean)
  })
  // Whatever is left lies beyond the range.
  if (at < steps.length) expect(steps[at]).toBeGreaterThan(range.to)
}
