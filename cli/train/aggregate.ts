import type { RunEvent } from '../../core/protocol/run.ts'

type Metrics = Extract<RunEvent, { readonly type: 'metrics' }>

/** Some steps' costs in one line: the last, and what lies between the extremes. */
export interface MetricsLine {
  readonly event: 'metrics'
  readonly branch: string
  readonly firstStep: number
  readonly step: number
  readonly epoch: number
  readonly day: number
  readonly cost: number
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly learning_rate: number | null
  readonly stepsPerSecond: number
}

interface Pending {
  readonly firstStep: number
  last: Metrics
  cost: number
  min: number
  max: number
  sum: number
  count: number
}

/** Joins metrics events, so that fast training does not become thousands of lines a second. */
export class MetricsAggregator {
  readonly #now: () => number
  readonly #intervalMs: number
  #pending: Pending | null = null
  #flushedAt = Number.NEGATIVE_INFINITY

  constructor(now: () => number, intervalMs: number) {
    this.#now = now
    this.#intervalMs = intervalMs
  }

  /** The lines that are due now: none most of the time; two where another branch begins. */
  add(event: Metrics): readonly MetricsLine[] {
    const due = this.#pending !== null && this.#pending.last.branch !== event.branch
    const lines = due ? this.flush() : []
    if (event.costs.length === 0) return lines
    const pending = (this.#pending ??= {
      firstStep: event.firstStep,
      last: event,
      cost: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
      sum: 0,
      count: 0,
    })
    for (const cost of event.costs) {
      pending.min = Math.min(pending.min, cost)
      pending.max = Math.max(pending.max, cost)
      pending.sum += cost
      pending.cost = cost
    }
    pending.count += event.costs.length
    pending.last = event
    return this.#now() - this.#flushedAt >= this.#intervalMs ? [...lines, ...this.flush()] : lines
  }

  /** What is still held back. */
  flush(): readonly MetricsLine[] {
    const pending = this.#pending
    if (pending === null) return []
    this.#pending = null
    this.#flushedAt = this.#now()
    const { last, firstStep, cost, min, max, sum, count } = pending
    return [
      {
        event: 'metrics',
        branch: last.branch,
        firstStep,
        step: last.step,
        epoch: last.epoch,
        day: last.day,
        cost,
        min,
        max,
        mean: sum / count,
        learning_rate: last.readings.learning_rate?.scheduled ?? null,
        stepsPerSecond: last.stepsPerSecond,
      },
    ]
  }
}
