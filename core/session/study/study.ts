import { PandaError } from '../../errors.ts'
import type { WireError } from '../../errors.ts'
import type { SearchSpace } from '../../protocol/space.ts'
import type { StudyEntry, StudyEvent, StudySnapshot, StudyState } from '../../protocol/study.ts'
import { durably } from '../../store/db.ts'
import type { WritableDb } from '../../store/db.ts'
import { closeRun, tidyWal } from '../../store/open.ts'
import type { RunRecord } from '../../store/run.ts'
import { readRun } from '../../store/run.ts'
import {
  appendStudyJournal,
  listStudyJournal,
  readStudy,
  setStudyConfig,
  setStudyState,
} from '../../store/study.ts'
import type { StudyRecord } from '../../store/study.ts'
import { insertTrial, listTrials, summaryOf } from '../../store/trials.ts'
import type { TrialRecord } from '../../store/trials.ts'
import { isOver, nextTrial } from './next-trial.ts'
import { RunningTrial } from './running-trial.ts'
import type { Slot } from './slot.ts'
import type { StudyCalls } from './study-api.ts'
import { snapshotOf } from './study-snapshot.ts'
import { endingOf } from './ending.ts'
import { exchange } from './exchange.ts'
import { cancellable, withMoreTrials, withSpace } from './study-checks.ts'
import { positionOf, saveTrial } from './trial-ledger.ts'

export interface StudyOptions {
  readonly name: string
  readonly db: WritableDb
  /** As many as trials may run at once. */
  readonly slots: readonly Slot[]
  readonly memoryBytes: number
  readonly tell: (event: StudyEvent) => void
}

type Unstamped<E> = E extends unknown ? Omit<E, 'at'> : never

const MEBIBYTE = 2 ** 20

/** Many trials in care: proposes them, gives them places to run in, and writes what they come to. */
export class Study implements StudyCalls {
  readonly #options: StudyOptions
  readonly #run: RunRecord
  #record: StudyRecord
  readonly #trials: TrialRecord[]
  readonly #running = new Map<number, RunningTrial>()
  /** Trials whose thread broke since the study was taken up. */
  readonly #broken = new Set<number>()
  #isStopping = false
  #isClosing = false
  #saidNarrow = false
  #stood: (() => void)[] = []
  #ended: () => void = () => {}
  /** Resolves when the study was closed. */
  readonly ended = new Promise<void>((resolve) => (this.#ended = resolve))

  constructor(options: StudyOptions) {
    const { db } = options
    this.#options = options
    this.#run = readRun(db)
    this.#record = readStudy(db)
    // Those that ran when the process was killed stand at their last checkpoint.
    this.#trials = listTrials(db).map((trial) =>
      trial.state === 'running' ? { ...trial, state: 'paused' } : trial,
    )
    if (this.#record.state === 'running') this.#record = { ...this.#record, state: 'paused' }
  }

  snapshot(): Promise<StudySnapshot> {
    const { name, db } = this.#options
    const place = { study: name, file: db.file }
    return Promise.resolve(
      snapshotOf(place, this.#run, this.#record, this.#trials, listStudyJournal(db)),
    )
  }

  async resume(): Promise<void> {
    if (this.#isClosing) {
      const what = `${this.#options.name} was closed before it could go on`
      throw new PandaError('session/closed', what, 'Ask again.')
    }
    if (this.#record.state === 'running') return
    if (this.#record.state === 'done' && isOver(this.#record, this.#trials)) return
    this.#isStopping = false
    this.#note({ kind: 'study-resumed' })
    this.#move('running')
    this.#fill()
  }

  async pause(): Promise<void> {
    if (this.#record.state !== 'running') return
    await this.#stand()
    // The last trial may have ended the study while this waited.
    if (this.#isOver()) return
    this.#rest()
  }

  async cancel(number: number): Promise<void> {
    const running = this.#running.get(number)
    const trial = cancellable(this.#trials, number)
    this.#note({ kind: 'trial-cancelled', trial: number })
    if (running !== undefined) await running.cancel()
    else this.#put({ ...trial, state: 'cancelled', endedAt: Date.now() })
    this.#fill()
  }

  async addTrials(count: number): Promise<void> {
    const { config, space } = this.#record
    const trials = this.#trials.map(summaryOf)
    const more = withMoreTrials({ config, trials }, count)
    this.#reconfigure(more, space, { kind: 'trials-added', trials: count })
    if (this.#record.state === 'done') this.#move('paused')
    this.#fill()
  }

  async changeSpace(to: SearchSpace): Promise<void> {
    const { config, space } = this.#record
    const checked = withSpace({ config, trials: this.#trials.map(summaryOf) }, to)
    this.#reconfigure(checked, space + 1, { kind: 'space-changed', from: config.space, to })
    this.#fill()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    try {
      await this.pause()
      await Promise.all(this.#options.slots.map((slot) => slot.close()))
    } finally {
      closeRun(this.#options.db)
      this.#ended()
    }
  }

  /** Gives every free place something to do; ends the study where there is nothing left. */
  #fill(): void {
    if (this.#record.state !== 'running' || this.#isStopping) return
    const { slots, db } = this.#options
    for (let slot = freeOf(slots); slot !== undefined; slot = freeOf(slots)) {
      const next = nextTrial(this.#record, this.#trials)
      if (next.kind === 'begin') {
        const { point } = next
        const { space } = this.#record
        this.#trials.push(insertTrial(db, { point, space, createdAt: Date.now() }))
        continue // it waits: the next question finds it
      }
      if (next.kind === 'exchange') {
        for (const now of exchange(db, next, this.#record.space)) this.#keep(now)
        continue
      }
      if (next.kind === 'go-on' && this.#begin(slot, next.trial)) continue
      break
    }
    if (this.#running.size > 0) return
    const message = endingOf(this.#record.config, this.#trials)
    if (message !== null) this.#options.tell({ type: 'notice', message })
    this.#note({ kind: 'study-done' })
    this.#move('done')
  }

  /** False where there is no room for it beside those that run. A trial that can't be built fails at once. */
  #begin(slot: Slot, trial: TrialRecord): boolean {
    const { db, tell } = this.#options
    const at = () => positionOf(db, trial)
    const started = RunningTrial.plan(trial, this.#record, this.#run.facts, at)
    if (started.kind === 'failed') {
      this.#put({ ...trial, state: 'failed', reason: started.reason, endedAt: Date.now() })
      return true
    }
    if (!this.#hasRoomFor(started.plan.memoryBytes)) return false
    const running = new RunningTrial(trial, started, {
      db,
      slot,
      measure: this.#record.measure,
      tell,
      changed: (now) => this.#keep(now),
      mayGoOn: (why) => this.#mayGoOn(trial.trial, why),
      withoutData: (why) => void this.#halt(why),
      ended: () => this.#leave(trial.trial),
    })
    this.#running.set(trial.trial, running)
    running.start()
    return true
  }

  #hasRoomFor(bytes: number): boolean {
    const { memoryBytes, tell, slots } = this.#options
    const taken = [...this.#running.values()].reduce((sum, { plan }) => sum + plan.memoryBytes, 0)
    if (this.#running.size === 0 || taken + bytes <= memoryBytes) return true
    if (!this.#saidNarrow) {
      const [each, all] = [bytes, memoryBytes].map((n) => `${Math.round(n / MEBIBYTE)} MB`)
      const message =
        `${this.#running.size} of ${slots.length} trials run at once: ` +
        `the next one takes about ${each}, and there are ${all} for all of them.`
      tell({ type: 'notice', message })
    }
    this.#saidNarrow = true
    return false
  }

  /** A thread may break for what another program did, but a trial that breaks its thread twice does so by itself. */
  #mayGoOn(number: number, { message }: WireError): boolean {
    if (this.#broken.has(number)) return false
    this.#broken.add(number)
    const again = `Trial ${number} goes on from where it was saved last: ${message}.`
    this.#options.tell({ type: 'notice', message: again })
    return true
  }

  /** The study rests until somebody has mended what none of its trials can do without. */
  async #halt(error: WireError): Promise<void> {
    await this.#stand()
    if (this.#record.state !== 'running') return
    // Before it rests: who follows it must not take that for the end.
    this.#options.tell({ type: 'study-failed', error })
    this.#rest()
  }

  #rest(): void {
    this.#note({ kind: 'study-paused' })
    this.#move('paused')
  }

  #leave(number: number): void {
    this.#running.delete(number)
    tidyWal(this.#options.db)
    if (this.#running.size === 0) for (const resolve of this.#stood.splice(0)) resolve()
    this.#fill()
  }

  /** Resolves when no trial runs. */
  async #stand(): Promise<void> {
    this.#isStopping = true
    if (this.#running.size === 0) return
    const stands = new Promise<void>((resolve) => this.#stood.push(resolve))
    for (const running of this.#running.values()) running.pause()
    await stands
  }

  #isOver(): boolean {
    if (this.#record.state !== 'running') return true
    if (!isOver(this.#record, this.#trials)) return false
    this.#isStopping = false
    this.#fill()
    return true
  }

  #keep(now: TrialRecord): void {
    this.#trials[now.trial - 1] = now
    this.#options.tell({ type: 'trial-changed', trial: summaryOf(now) })
  }

  #put(trial: TrialRecord): void {
    saveTrial(this.#options.db, trial)
    this.#keep(trial)
  }

  /** Another config, and the line that says so: both or neither. */
  #reconfigure(config: StudyRecord['config'], space: number, body: Unstamped<StudyEntry>): void {
    const { db, tell } = this.#options
    const entry: StudyEntry = { at: Date.now(), ...body }
    durably(db, () => {
      setStudyConfig(db, config, space)
      appendStudyJournal(db, entry)
    })
    this.#record = { ...this.#record, config, space }
    tell({ type: 'study-changed', config })
    tell({ type: 'study-journaled', entry })
  }

  #note(body: Unstamped<StudyEntry>): void {
    const entry: StudyEntry = { at: Date.now(), ...body }
    appendStudyJournal(this.#options.db, entry)
    this.#options.tell({ type: 'study-journaled', entry })
  }

  #move(state: StudyState): void {
    setStudyState(this.#options.db, state)
    this.#record = { ...this.#record, state }
    this.#options.tell({ type: 'study-state', state })
  }
}

const freeOf = (slots: readonly Slot[]) => slots.find(({ isFree }) => isFree)
