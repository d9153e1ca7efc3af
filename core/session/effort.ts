import type { Effort } from '../protocol/run.ts'
import type { Calendar } from './position.ts'

/** Asking costs a system call and a walk through /proc: often enough for an eye. */
const READ_AGAIN_MS = 1_000

/** What the process takes of memory, read at most once a second. */
export class MemoryGauge {
  readonly #read: () => number
  #readAt = -Infinity
  #bytes = 0

  constructor(read: () => number = process.memoryUsage.rss) {
    this.#read = read
  }

  /** Bytes resident, as of this second. `now` is monotonic, in ms. */
  bytesAt(now: number): number {
    if (now - this.#readAt >= READ_AGAIN_MS) {
      this.#readAt = now
      this.#bytes = this.#read()
    }
    return this.#bytes
  }
}

/** How long a run has trained; `memoryBytes` is null where nobody trains it. */
export const effortOf = (
  { trainedMs, dayTrainedMs }: Calendar,
  memoryBytes: number | null,
): Effort => ({ trainedMs, dayTrainedMs, memoryBytes })
