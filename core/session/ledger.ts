import type { BranchId, JournalDetail, JournalEntry, RunEvent } from '../protocol/run.ts'
import type { VitalSigns } from '../protocol/vitals.ts'
import { durably, together } from '../store/db.ts'
import type { WritableDb } from '../store/db.ts'
import { appendJournal } from '../store/journal.ts'
import { tidyWal } from '../store/open.ts'
import { setHead } from '../store/run.ts'
import type { Evaluation, StepMeasure } from './learner.ts'
import { Recorder } from './recorder.ts'
import type { MetricsAt } from './recorder.ts'

export interface Clock {
  /** Monotonic, in ms. */
  now(): number
  /** Wall clock, in ms since the epoch. */
  wall(): number
}

/** A point of history. */
export interface Place {
  readonly branch: BranchId
  readonly step: number
}

type WithoutPlace<E> = E extends RunEvent ? Omit<E, keyof Place> : never
/** An event as the trainer words it; where it happened is added. */
export type Saying = WithoutPlace<RunEvent>

export interface LedgerOptions {
  readonly db: WritableDb
  readonly clock: Clock
  readonly tell: (event: RunEvent) => void
}

/** What a session writes and what it says, in this order: nothing is told before it is on disk. */
export class Ledger {
  readonly db: WritableDb
  readonly clock: Clock
  readonly #tell: (event: RunEvent) => void
  readonly #recorder: Recorder

  constructor({ db, clock, tell }: LedgerOptions) {
    this.db = db
    this.clock = clock
    this.#tell = tell
    this.#recorder = new Recorder(clock.now())
  }

  /** Writes what is pending and what `work` writes in one transaction that is on disk when this returns. */
  commit<T>(head: Place, work: () => T): T {
    const value = durably(this.db, () => {
      this.#recorder.write(this.db, head.branch)
      setHead(this.db, head)
      return work()
    })
    this.#recorder.flushed(this.clock.now())
    return value
  }

  /** Writes what is pending; survives the end of the process, but not of the machine. */
  flush({ branch }: Place): void {
    if (!this.#recorder.hasUnwritten) return
    together(this.db, () => this.#recorder.write(this.db, branch))
    this.#recorder.flushed(this.clock.now())
  }

  flushIfDue(place: Place): void {
    if (this.#recorder.flushDue(this.clock.now())) this.flush(place)
  }

  /** A line of the journal. Only inside `commit`. */
  journal({ branch, step }: Place, detail: JournalDetail): JournalEntry {
    return appendJournal(this.db, { at: this.clock.wall(), branch, step, ...detail })
  }

  say(place: Place, saying: Saying): void {
    this.#tell({ ...saying, ...place } as RunEvent)
  }

  recordStep(step: number, measure: StepMeasure, learningRate: number): void {
    this.#recorder.recordStep(step, measure, learningRate)
  }

  recordEvaluation(step: number, evaluation: Evaluation): void {
    this.#recorder.recordEvaluation(step, evaluation)
  }

  recordVitals(vitals: VitalSigns): void {
    this.#recorder.recordVitals(vitals)
  }

  /** Has the time of a step been on record for long enough? */
  get timeDue(): boolean {
    return this.#recorder.timeDue(this.clock.now())
  }

  recordTime(trainedMs: number, wallMs: number): void {
    this.#recorder.recordTime(this.clock.now(), trainedMs, wallMs)
  }

  /** Is it time to tell costs again? */
  get tellDue(): boolean {
    return this.#recorder.tellDue(this.clock.now())
  }

  /** Tells the costs since last told. Answers the training rate, in steps per second; null if there were none. */
  tellMetrics(at: MetricsAt): number | null {
    const vitals = this.#recorder.takeVitals()
    if (vitals !== null) this.say({ branch: at.branch, step: at.step }, { type: 'vitals', vitals })
    const event = this.#recorder.tell(this.clock.now(), at)
    if (event === null) return null
    this.#tell(event)
    return event.stepsPerSecond
  }

  /** Work on the file that nobody waits for. */
  tidy(): void {
    tidyWal(this.db)
  }

  /** A new line of history begins: what is recorded on change alone is recorded anew. */
  turnPage(): void {
    this.#recorder.forget()
  }

  /** Training starts or goes on: rates are measured from here. */
  restartClock(): void {
    this.#recorder.restartClock(this.clock.now())
  }
}
