/** Some buckets of a curve: the last step in each, its extremes and its mean. */
export interface Stretch {
  readonly step: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array
}

/** More points than this are more than pixels; half of it is still a line. */
export const MOST_POINTS = 400
const FIRST_ROOM = 64

/**
 * The curve of one trial in flat memory, of bounded size: when it is full, neighbours merge, and each bucket
 * covers twice the steps. The extremes of what merges are kept, so no spike is ever lost.
 */
export class Track {
  step = new Float64Array(FIRST_ROOM)
  min = new Float64Array(FIRST_ROOM)
  max = new Float64Array(FIRST_ROOM)
  mean = new Float64Array(FIRST_ROOM)
  length = 0
  /** Grows with every change: what is computed from a track is as old as this. */
  version = 0
  readonly #count: number[] = []
  #width = 1
  readonly #most: number

  constructor(most = MOST_POINTS) {
    this.#most = most
  }

  /** 0 before the first. */
  lastStep(): number {
    return this.length === 0 ? 0 : (this.step[this.length - 1] ?? 0)
  }

  /** Steps that a bucket stands for. */
  countAt(i: number): number {
    return this.#count[i] ?? 1
  }

  /** Steps of one bucket now; less in the newest. */
  width(): number {
    return this.#width
  }

  /** Adds what comes after what is held; entries that are not after it are passed over. */
  append({ step, min, max, mean }: Stretch): void {
    for (let i = 0; i < step.length; i++) {
      const at = step[i] ?? 0
      const last = this.lastStep()
      if (at <= last && this.length > 0) continue
      const before = i > 0 ? (step[i - 1] ?? 0) : last > 0 ? last : at - spacingOf(step)
      const value = mean[i] ?? Number.NaN
      this.#add(at, min[i] ?? value, max[i] ?? value, value, Math.max(1, at - before))
    }
    this.version += 1
  }

  /**
   * Takes away every bucket that reaches `step` or beyond: the trial goes on from before it. True if a
   * bucket went that began earlier, so that something is missing now.
   */
  cut(step: number): boolean {
    let begin = step
    while (this.length > 0 && this.lastStep() >= step) {
      this.length -= 1
      begin = (this.step[this.length] ?? 0) - this.countAt(this.length) + 1
    }
    this.#count.length = this.length
    this.version += 1
    return begin < step
  }

  /** Puts what the file says in place of what is held, but for what was told since. */
  replace(stretch: Stretch): void {
    const end = stretch.step.at(-1) ?? 0
    const from = firstAfter(this.step, this.length, end)
    const part = (values: Float64Array) => values.slice(from, this.length)
    const tail = {
      step: part(this.step),
      min: part(this.min),
      max: part(this.max),
      mean: part(this.mean),
    }
    this.length = 0
    this.#count.length = 0
    this.#width = 1
    this.append(stretch)
    this.append(tail)
  }

  #slotOf(step: number): number {
    return Math.floor((step - 1) / this.#width)
  }

  #add(step: number, min: number, max: number, mean: number, count: number): void {
    const last = this.length - 1
    if (last >= 0 && this.#slotOf(this.step[last] ?? 0) === this.#slotOf(step)) {
      this.#merge(last, step, min, max, mean, count)
      return
    }
    if (this.length === this.step.length) this.#grow()
    this.#put(this.length, step, min, max, mean, count)
    this.length += 1
    while (this.length > this.#most) this.#halve()
  }

  #put(i: number, step: number, min: number, max: number, mean: number, count: number): void {
    this.step[i] = step
    this.min[i] = min
    this.max[i] = max
    this.mean[i] = mean
    this.#count[i] = count
  }

  /** A NaN compares with nothing, so the extremes stay; a mean is of what is finite. */
  #merge(i: number, step: number, min: number, max: number, mean: number, count: number): void {
    const [low = Number.NaN, high = Number.NaN] = [this.min[i], this.max[i]]
    const known = this.mean[i] ?? Number.NaN
    const before = this.countAt(i)
    if (min < low || Number.isNaN(low)) this.min[i] = min
    if (max > high || Number.isNaN(high)) this.max[i] = max
    if (!Number.isFinite(known)) this.mean[i] = mean
    else if (Number.isFinite(mean)) {
      this.mean[i] = known + (mean - known) * (count / (before + count))
    }
    this.step[i] = step
    this.#count[i] = before + count
  }

  #halve(): void {
    this.#width *= 2
    const { length } = this
    this.length = 0
    for (let i = 0; i < length; i++) {
      const [step = 0, min = 0, max = 0, mean = 0] = [
        this.step[i],
        this.min[i],
        this.max[i],
        this.mean[i],
      ]
      const count = this.countAt(i)
      const last = this.length - 1
      if (last >= 0 && this.#slotOf(this.step[last] ?? 0) === this.#slotOf(step)) {
        this.#merge(last, step, min, max, mean, count)
      } else {
        this.#put(this.length, step, min, max, mean, count)
        this.length += 1
      }
    }
    this.#count.length = this.length
  }

  #grow(): void {
    const grown = (values: Float64Array) => {
      const more = new Float64Array(values.length * 2)
      more.set(values)
      return more
    }
    this.step = grown(this.step)
    this.min = grown(this.min)
    this.max = grown(this.max)
    this.mean = grown(this.mean)
  }
}

/** How far apart the entries of a stretch are. */
function spacingOf(step: Float64Array): number {
  const [first = 0, second = first + 1] = [step[0], step[1]]
  return Math.max(1, second - first)
}

/** Index of the first of `length` rising steps that lies after `step`. */
export function firstAfter(steps: Float64Array, length: number, step: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle] ?? Infinity) <= step) low = middle + 1
    else high = middle
  }
  return low
}
