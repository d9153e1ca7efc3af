import type { Point } from './curve-data.ts'

/**
 * How many steps the calm line looks back. With 25 it lagged out of its own band where the sample
 * digits fall fastest; looking ahead as well would let a curve rise before the nudge that raised it.
 */
export const MEMORY_STEPS = 10

/**
 * An exponentially weighted average along the steps. It forgets by steps, not by points, so that
 * zooming hardly changes it; its weights sum to one from the first point on, so that it never bends a
 * constant line. What is not a number is left out of it.
 */
export function smoothed(points: readonly Point[], memory = MEMORY_STEPS): readonly Point[] {
  let sum = 0
  let weight = 0
  let last = (points[0]?.x ?? 0) - 1
  return points.map(({ x, y }) => {
    const kept = Math.exp(-(x - last) / memory)
    last = x
    if (!Number.isFinite(y)) return { x, y }
    sum = sum * kept + y * (1 - kept)
    weight = weight * kept + (1 - kept)
    return { x, y: sum / weight }
  })
}
