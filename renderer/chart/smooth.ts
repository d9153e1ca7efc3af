import type { Bucket } from './buckets.ts'

/** How strongly the train line is calmed. */
export const STRENGTHS = ['off', 'light', 'strong'] as const
export type Strength = (typeof STRENGTHS)[number]

/**
 * How many steps the calm line looks back: a share of the run, so that it means the same at every zoom, in
 * round numbers, so that it hardly ever changes while a run grows. At least 10 and 50: with 25 in place of
 * 10, the line lagged out of its own band where the sample digits fall fastest.
 */
const SHARE: { readonly [K in Exclude<Strength, 'off'>]: readonly [share: number, least: number] } =
  { light: [0.002, 10], strong: [0.01, 50] }

export function memoryOf(strength: Strength, steps: number): number {
  if (strength === 'off') return 0
  const [share, least] = SHARE[strength]
  const wanted = Math.max(least, steps * share)
  const power = 10 ** Math.floor(Math.log10(wanted))
  return power * (wanted / power >= 5 ? 5 : wanted / power >= 2 ? 2 : 1)
}

/**
 * An exponentially weighted average along the steps, one value per point. It forgets by steps, not by
 * points, so that zooming hardly changes it, and its weights sum to one from the first point on, so that it
 * never bends a constant line. Looking ahead as well would let a curve rise before the nudge that raised
 * it. What is not a number is left out and stays NaN.
 */
export function smoothed(
  points: readonly Pick<Bucket, 'step' | 'mean'>[],
  memory: number,
): Float64Array {
  const trend = new Float64Array(points.length)
  let sum = 0
  let weight = 0
  let last = (points[0]?.step ?? 0) - 1
  for (let i = 0; i < points.length; i++) {
    const { step, mean } = points[i]!
    const kept = memory > 0 ? Math.exp(-(step - last) / memory) : 0
    last = step
    if (!Number.isFinite(mean)) {
      trend[i] = Number.NaN
      continue
    }
    sum = sum * kept + mean * (1 - kept)
    weight = weight * kept + (1 - kept)
    trend[i] = sum / weight
  }
  return trend
}
