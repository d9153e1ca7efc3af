import type { StudyEvent, TrialEvent } from '../../protocol/study.ts'

type Metrics = Extract<TrialEvent, { readonly type: 'metrics' }>
type Change = Extract<TrialEvent, { readonly type: 'trial-changed' }>
type Evaluated = Extract<TrialEvent, { readonly type: 'evaluated' }>

/** The figures of trials change with every step; an eye follows five in a second. */
const TELL_EVERY_MS = 200

/** What is still to be told of one trial. */
interface Untold {
  metrics: Metrics | null
  evaluated: Evaluated[]
  change: Change | null
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

/** What is told of one trial, in order. */
const figuresOf = ({ metrics, change }: Untold): readonly TrialEvent[] =>
  [metrics, change].filter((event) => event !== null)

/**
 * Tells what a study says. The figures of all trials come together, a few times a second: each message costs whoever
 * hears it far more than one figure in it. A trial that begins, reaches a rung or ends is told at once, and all else.
 */
export class Teller {
  readonly #tell: (event: StudyEvent) => void
  readonly #everyMs: number
  readonly #untold = new Map<number, Untold>()
  /** As they were told last: a trial that is elsewhere on its way is told at once. */
  readonly #standings = new Map<number, string>()
  #timer: NodeJS.Timeout | null = null

  constructor(tell: (event: StudyEvent) => void, everyMs = TELL_EVERY_MS) {
    this.#tell = tell
    this.#everyMs = everyMs
  }

  hear(event: StudyEvent): void {
    if (event.type === 'metrics') {
      const untold = this.#of(event.trial)
      untold.metrics = join(untold.metrics, event)
      this.#plan()
    } else if (event.type === 'evaluated') {
      this.#of(event.trial).evaluated.push(event)
      this.#plan()
    } else if (event.type === 'trial-changed') {
      const { trial } = event.trial
      this.#of(trial).change = event
      if (standingOf(event) === this.#standings.get(trial)) this.#plan()
      else this.#moved(trial, event)
    } else {
      if (event.type === 'study-state') this.flush()
      this.#tell(event)
    }
  }

  /** Tells what is held back. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const all = [...this.#untold.values()]
    this.#untold.clear()
    // Apart from figures that are superseded: a client that is behind misses those, and none of these.
    this.#say(all.flatMap(({ evaluated }) => evaluated))
    this.#say(all.flatMap(figuresOf))
  }

  #of(trial: number): Untold {
    const known = this.#untold.get(trial)
    if (known !== undefined) return known
    const untold = { metrics: null, evaluated: [], change: null }
    this.#untold.set(trial, untold)
    return untold
  }

  #plan(): void {
    this.#timer ??= setTimeout(() => this.flush(), this.#everyMs).unref()
  }

  /** What came before is told with it. */
  #moved(trial: number, change: Change): void {
    const untold = this.#of(trial)
    this.#untold.delete(trial)
    // One that rests takes no more room than it needs.
    if (change.trial.state === 'running') this.#standings.set(trial, standingOf(change))
    else this.#standings.delete(trial)
    this.#say([...untold.evaluated, ...figuresOf(untold)])
  }

  #say(events: readonly TrialEvent[]): void {
    const [only] = events
    if (only === undefined) return
    this.#tell(events.length === 1 ? only : { type: 'together', events })
  }
}
