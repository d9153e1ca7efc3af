import type { StudyEvent } from '../../protocol/study.ts'

type Metrics = Extract<StudyEvent, { readonly type: 'metrics' }>
type Change = Extract<StudyEvent, { readonly type: 'trial-changed' }>

/** A trial's figures change with every step; an eye follows five in a second. */
const TELL_EVERY_MS = 200

/** What is still to be told of one trial. */
interface Untold {
  metrics: Metrics | null
  change: Change | null
  /** As it was told last: a trial that is elsewhere on its way is told at once. */
  standing: string
  toldAt: number
  timer: NodeJS.Timeout | null
}

const standingOf = ({ trial: { state, rung } }: Change): string => `${state} ${rung}`

const joined = (a: Float64Array, b: Float64Array): Float64Array => Float64Array.of(...a, ...b)

/** Costs since last told, as one event: later buckets after earlier ones. */
const join = (before: Metrics | null, { step, min, max, mean, ...rest }: Metrics): Metrics => ({
  ...rest,
  step: before === null ? step : joined(before.step, step),
  min: before === null ? min : joined(before.min, min),
  max: before === null ? max : joined(before.max, max),
  mean: before === null ? mean : joined(before.mean, mean),
})

/** Tells what a study says: figures of a trial no more often than a few times a second, all else at once. */
export class Teller {
  readonly #tell: (event: StudyEvent) => void
  readonly #everyMs: number
  readonly #trials = new Map<number, Untold>()

  constructor(tell: (event: StudyEvent) => void, everyMs = TELL_EVERY_MS) {
    this.#tell = tell
    this.#everyMs = everyMs
  }

  hear(event: StudyEvent): void {
    if (event.type === 'metrics') {
      const untold = this.#of(event.trial)
      untold.metrics = join(untold.metrics, event)
      this.#plan(event.trial, untold)
    } else if (event.type === 'trial-changed') {
      const { trial } = event.trial
      const untold = this.#of(trial)
      untold.change = event
      if (standingOf(event) === untold.standing) this.#plan(trial, untold)
      else this.#flush(trial, untold)
    } else {
      if (event.type === 'study-state') this.flush()
      this.#tell(event)
    }
  }

  /** Tells what is held back. */
  flush(): void {
    for (const [trial, untold] of this.#trials) this.#flush(trial, untold)
  }

  #of(trial: number): Untold {
    const known = this.#trials.get(trial)
    if (known !== undefined) return known
    const untold = { metrics: null, change: null, standing: '', toldAt: -Infinity, timer: null }
    this.#trials.set(trial, untold)
    return untold
  }

  #plan(trial: number, untold: Untold): void {
    const waitMs = untold.toldAt + this.#everyMs - performance.now()
    if (waitMs <= 0) this.#flush(trial, untold)
    else untold.timer ??= setTimeout(() => this.#flush(trial, untold), waitMs).unref()
  }

  #flush(trial: number, untold: Untold): void {
    if (untold.timer !== null) clearTimeout(untold.timer)
    untold.timer = null
    const { metrics, change } = untold
    if (metrics === null && change === null) return
    untold.metrics = null
    untold.change = null
    untold.toldAt = performance.now()
    if (metrics !== null) this.#tell(metrics)
    if (change === null) return
    untold.standing = standingOf(change)
    this.#tell(change)
    // One that rests takes no more room than it needs.
    if (change.trial.state !== 'running') this.#trials.delete(trial)
  }
}
