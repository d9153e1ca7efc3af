import type { Track } from './track.ts'

/** What is drawn of a track: a value for each of its points, and what they span. */
export interface Display {
  readonly track: Track
  readonly version: number
  readonly memory: number
  /** Of the points of the track. NaN where there is no number. */
  readonly values: Float64Array
  readonly length: number
  /** The lowest positive one; what a logarithmic scale needs. */
  readonly lowPositive: number
  readonly low: number
  readonly high: number
  /** The first one that is finite. */
  readonly first: number
}

/** Of the longest trial, what a line looks back: enough to tell 200 lines apart. */
const SHARE = 0.02
const LEAST_MEMORY = 5

/** Over how many steps lines are averaged, where trials are up to `steps` long. */
export const memoryFor = (steps: number): number =>
  Math.max(LEAST_MEMORY, Math.round(steps * SHARE))

/**
 * An exponentially weighted average along the steps, with weights that sum to one from the first point on;
 * with a memory of 0 the means themselves.
 */
export function displayOf(track: Track, memory: number, before?: Display): Display {
  if (before?.track === track && before.version === track.version && before.memory === memory) {
    return before
  }
  const { length, step, mean } = track
  const roomy = before !== undefined && before.values.length >= length
  const values = roomy ? before.values : new Float64Array(step.length)
  let [low, lowPositive, high, first] = [Infinity, Infinity, -Infinity, Number.NaN]
  let [sum, weight, last] = [0, 0, (step[0] ?? 0) - 1]
  for (let i = 0; i < length; i++) {
    const at = step[i]!
    const value = mean[i]!
    const kept = memory > 0 ? Math.exp(-(at - last) / memory) : 0
    last = at
    if (!Number.isFinite(value)) {
      values[i] = Number.NaN
      continue
    }
    sum = sum * kept + value * (1 - kept)
    weight = weight * kept + (1 - kept)
    const calm = sum / weight
    values[i] = calm
    if (Number.isNaN(first)) first = calm
    if (calm < low) low = calm
    if (calm > 0 && calm < lowPositive) lowPositive = calm
    if (calm > high) high = calm
  }
  return { track, version: track.version, memory, values, length, low, lowPositive, high, first }
}
