/** A curve with at most so many points. Parallel arrays; `step` is each bucket's last step. */
export interface ThinnedSeries {
  readonly step: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array
}

/**
 * Neighbouring summaries of equally many points each, in parallel arrays. A summary at index i covers the
 * points after `step[i - 1]` and up to `step[i]`; the first begins at `firstStep` or later.
 */
export interface Stretch extends ThinnedSeries {
  /** Points in each summary; 1 where they are the points themselves. */
  readonly count: number
  readonly firstStep: number
}

/** Points as summaries of one point each. */
export const stretchOf = (steps: Float64Array, values: Float64Array): Stretch => ({
  count: 1,
  firstStep: steps[0] ?? 0,
  step: steps,
  min: values,
  max: values,
  mean: values,
})

/** How many points some stretches stand for. */
export const countOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((total, { step, count }) => total + step.length * count, 0)

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
  return thinStretches([stretchOf(Float64Array.from(steps), Float64Array.from(values))], points)
}

/**
 * The same of summaries, none of which is divided: each goes whole into the bucket that its last step is in.
 * So a bucket begins after the last step of the one before, which may be up to one summary off its equal
 * width. Means are weighted by the number of points.
 */
export function thinStretches(stretches: readonly Stretch[], points?: number): ThinnedSeries {
  if (points !== undefined && !(points >= 1)) throw new Error(`cannot thin to ${points} points`)
  const filled = stretches.filter(({ step }) => step.length > 0)
  const summaries = filled.reduce((total, { step }) => total + step.length, 0)
  if (points === undefined || summaries <= points) return joined(filled, summaries)

  const room = Math.floor(points)
  const firstStep = filled[0]?.firstStep ?? 0
  const width = ((filled.at(-1)?.step.at(-1) ?? 0) - firstStep + 1) / room
  const bucketOf = (step: number) => Math.min(room - 1, Math.floor((step - firstStep) / width))

  const totals = new Float64Array(room)
  for (const { step, count } of filled) {
    for (const last of step) totals[bucketOf(last)]! += count
  }
  const buckets = emptyBuckets(room)
  for (const stretch of filled) {
    for (let at = 0; at < stretch.step.length; at++) {
      const bucket = bucketOf(stretch.step[at]!)
      // Divided first: a sum of large finite values must not overflow.
      gather(buckets, bucket, stretch, at, totals[bucket]! / stretch.count)
    }
  }
  return settled(buckets, totals)
}

/** One summary of the entries [from, to) of a stretch; its step is that of the last. */
export function summarise(
  stretch: Stretch,
  from: number,
  to: number,
  into: ThinnedSeries,
  at: number,
): void {
  into.min[at] = Infinity
  into.max[at] = -Infinity
  into.mean[at] = 0
  for (let entry = from; entry < to; entry++) gather(into, at, stretch, entry, to - from)
  settle(into, at)
}

const emptyBuckets = (room: number): ThinnedSeries => ({
  step: new Float64Array(room),
  min: new Float64Array(room).fill(Infinity),
  max: new Float64Array(room).fill(-Infinity),
  mean: new Float64Array(room),
})

function gather(into: ThinnedSeries, bucket: number, from: Stretch, at: number, share: number) {
  const min = from.min[at]!
  const max = from.max[at]!
  into.step[bucket] = from.step[at]!
  into.mean[bucket]! += from.mean[at]! / share
  // A NaN compares with nothing, so it leaves the extremes alone.
  if (min < into.min[bucket]!) into.min[bucket] = min
  if (max > into.max[bucket]!) into.max[bucket] = max
}

/** Rounding must not push the mean of a constant line off the line; a NaN passes through both. */
function settle({ min, max, mean }: ThinnedSeries, at: number): void {
  const low = min[at]!
  const high = max[at]!
  if (low > high) min[at] = max[at] = mean[at] = NaN
  else mean[at] = Math.min(high, Math.max(low, mean[at]!))
}

/** The buckets that something is in. */
function settled(buckets: ThinnedSeries, totals: Float64Array): ThinnedSeries {
  let used = 0
  for (let bucket = 0; bucket < totals.length; bucket++) {
    if (totals[bucket] === 0) continue
    settle(buckets, bucket)
    buckets.step[used] = buckets.step[bucket]!
    buckets.min[used] = buckets.min[bucket]!
    buckets.max[used] = buckets.max[bucket]!
    buckets.mean[used] = buckets.mean[bucket]!
    used++
  }
  return {
    step: buckets.step.slice(0, used),
    min: buckets.min.slice(0, used),
    max: buckets.max.slice(0, used),
    mean: buckets.mean.slice(0, used),
  }
}

function joined(stretches: readonly Stretch[], length: number): ThinnedSeries {
  const whole = {
    step: new Float64Array(length),
    min: new Float64Array(length),
    max: new Float64Array(length),
    mean: new Float64Array(length),
  }
  let at = 0
  for (const { step, min, max, mean } of stretches) {
    whole.step.set(step, at)
    whole.min.set(min, at)
    whole.max.set(max, at)
    whole.mean.set(mean, at)
    at += step.length
  }
  return whole
}
