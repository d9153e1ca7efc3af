import type { RunEvent } from '../../core/protocol/run.ts'

/** Measures what was trained from the first step to the last; a run that stands still has no pace. */
export class Pace {
  readonly #now: () => number
  #startedAt: number | null = null
  #endedAt = 0
  #steps = 0

  constructor(now: () => number) {
    this.#now = now
  }

  event(event: RunEvent): void {
    if (event.type === 'state' && event.state.kind === 'running') this.#startedAt ??= this.#now()
    if (event.type !== 'metrics') return
    this.#endedAt = this.#now()
    // Joined midway: the clock starts at the end of what is told first.
    if (this.#startedAt === null) this.#startedAt = this.#endedAt
    else this.#steps += event.costs.length
  }

  stepsPerSecond(): number | null {
    const durationMs = this.#endedAt - (this.#startedAt ?? this.#endedAt)
    return durationMs > 0 ? (this.#steps / durationMs) * 1000 : null
  }
}
