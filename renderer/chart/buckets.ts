import type { MetricSeries } from '../../core/protocol/run.ts'

/** Some neighbouring steps as one point. Its extremes are kept, so no spike is ever hidden. */
export interface Bucket {
  step: number
  min: number
  max: number
  mean: number
  /** Steps in it. */
  count: number
}

/** A growing curve of bounded size: when full, neighbours merge and buckets cover twice the steps. */
export interface Buckets {
  readonly points: readonly Bucket[]
  lastStep(): number
  append(firstStep: number, values: Float32Array): void
  /** Starts again from a thinned series. */
  replace(series: MetricSeries): void
  clear(): void
}

/** A NaN compares with nothing, so the extremes stay; the mean tells of it, as it does in the store. */
function merge(into: Bucket, from: Bucket): void {
  const count = into.count + from.count
  into.mean = (into.mean * into.count + from.mean * from.count) / count
  if (from.min < into.min || Number.isNaN(into.min)) into.min = from.min
  if (from.max > into.max || Number.isNaN(into.max)) into.max = from.max
  into.step = from.step
  into.count = count
}

/** Steps that an entry of a thinned series stands for; the first is taken to be as wide as its neighbour. */
export function countAt(step: Float64Array, i: number): number {
  const at = step[i] ?? 0
  const before = i > 0 ? (step[i - 1] ?? 0) : Math.max(0, 2 * at - (step[1] ?? 2 * at))
  return Math.max(1, at - before)
}

export function createBuckets(limit: number): Buckets {
  const points: Bucket[] = []
  let width = 1

  const slotOf = (step: number) => Math.floor((step - 1) / width)

  function halve(): void {
    width *= 2
    let kept = 0
    for (const point of points) {
      const last = kept > 0 ? points[kept - 1] : undefined
      if (last !== undefined && slotOf(last.step) === slotOf(point.step)) merge(last, point)
      else points[kept++] = point
    }
    points.length = kept
  }

  function add(point: Bucket): void {
    const last = points.at(-1)
    if (last !== undefined && slotOf(last.step) === slotOf(point.step)) merge(last, point)
    else points.push(point)
    while (points.length > limit) halve()
  }

  function clear(): void {
    points.length = 0
    width = 1
  }

  return {
    points,
    lastStep: () => points.at(-1)?.step ?? 0,
    append(firstStep, values) {
      const done = points.at(-1)?.step ?? 0
      for (let i = Math.max(0, done + 1 - firstStep); i < values.length; i++) {
        const value = values[i] ?? Number.NaN
        add({ step: firstStep + i, min: value, max: value, mean: value, count: 1 })
      }
    },
    clear,
    replace({ step, min, max, mean }) {
      clear()
      for (let i = 0; i < step.length; i++) {
        const at = step[i] ?? 0
        const count = countAt(step, i)
        const value = mean[i] ?? Number.NaN
        add({ step: at, min: min[i] ?? value, max: max[i] ?? value, mean: value, count })
      }
    },
  }
}
