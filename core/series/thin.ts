/** A curve with at most so many points. Parallel arrays; `step` is each bucket's last step. */
export interface ThinnedSeries {
  readonly step: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array
}

/**
 * Reduces a series to at most `points` buckets of equal width in steps; all points, as they are, where
 * `points` is absent. Steps ascend. A bucket keeps its extremes, infinities included. A NaN cannot be an
 * extreme, so it shows as a mean of NaN; min and max are NaN only where nothing else is in the bucket.
 */
export function thin(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  points?: number,
): ThinnedSeries {
  const count = steps.length
  if (values.length !== count) throw new Error(`${count} steps but ${values.length} values`)
  if (points !== undefined && !(points >= 1)) throw new Error(`cannot thin to ${points} points`)
  if (points === undefined || count <= points) {
    const asIs = Float64Array.from(values)
    return { step: Float64Array.from(steps), min: asIs, max: asIs.slice(), mean: asIs.slice() }
  }

  const room = Math.floor(points)
  const first = steps[0] ?? 0
  const width = ((steps[count - 1] ?? 0) - first + 1) / room
  const bucketOf = (at: number) => Math.floor(((steps[at] ?? 0) - first) / width)

  const step = new Float64Array(room)
  const min = new Float64Array(room)
  const max = new Float64Array(room)
  const mean = new Float64Array(room)
  let used = 0
  for (let from = 0; from < count;) {
    const bucket = bucketOf(from)
    let to = from + 1
    while (to < count && bucketOf(to) === bucket) to++
    const summary = summarise(values, from, to)
    step[used] = steps[to - 1] ?? 0
    min[used] = summary.min
    max[used] = summary.max
    mean[used] = summary.mean
    used++
    from = to
  }
  return {
    step: step.slice(0, used),
    min: min.slice(0, used),
    max: max.slice(0, used),
    mean: mean.slice(0, used),
  }
}

function summarise(values: ArrayLike<number>, from: number, to: number) {
  let min = Infinity
  let max = -Infinity
  let mean = 0
  let real = 0
  for (let at = from; at < to; at++) {
    const value = values[at] ?? NaN
    mean += value / (to - from) // divided first: a sum of large finite values must not overflow
    if (Number.isNaN(value)) continue
    real++
    if (value < min) min = value
    if (value > max) max = value
  }
  if (real === 0) return { min: NaN, max: NaN, mean: NaN }
  // Rounding must not push the mean of a constant line off the line; a NaN passes through both.
  return { min, max, mean: Math.min(max, Math.max(min, mean)) }
}
