import { PandaError, toWireError } from '../errors.ts'
import type { Engine } from '../engine/engine.ts'
import { hashParameters } from '../engine/hash.ts'
import type { Dataset } from '../data/dataset.ts'
import type { RunConfig } from '../protocol/config.ts'
import type { Hyperparameters } from '../protocol/hyperparameters.ts'
import type {
  BranchId,
  CheckpointKind,
  CheckpointSummary,
  JournalDetail,
  JournalEntry,
  PauseReason,
  RunEvent,
  RunFacts,
  RunState,
  TrainAmount,
} from '../protocol/run.ts'
import { closeDay } from '../store/days.ts'
import { durably, together } from '../store/db.ts'
import type { WritableDb } from '../store/db.ts'
import { appendJournal } from '../store/journal.ts'
import { readLineageMetrics } from '../store/metrics.ts'
import { setHead } from '../store/run.ts'
import { readingsOf } from './knobs.ts'
import { Learner } from './learner.ts'
import type { StepOutcome } from './learner.ts'
import { checkpointDue, dayOver, epochOf, evaluationDue, stopAfter } from './position.ts'
import type { Calendar, Position } from './position.ts'
import { Recorder } from './recorder.ts'
import { saveStanding } from './saved-state.ts'
import type { Standing } from './saved-state.ts'
import { reduceRun } from './state.ts'
import type { SessionEvent } from './state.ts'
import type { TrainingState } from './training-state.ts'

export interface Clock {
  /** Monotonic, in ms. */
  now(): number
  /** Wall clock, in ms since the epoch. */
  wall(): number
}

export interface TrainerOptions {
  readonly db: WritableDb
  readonly facts: RunFacts
  readonly clock: Clock
  readonly tell: (event: RunEvent) => void
}

/** A learner that makes history: it trains, and what it does is on disk before it is said. */
export class Trainer {
  readonly db: WritableDb
  readonly facts: RunFacts
  readonly #clock: Clock
  readonly #tell: (event: RunEvent) => void
  readonly #recorder: Recorder
  #state: RunState
  #standing: Standing
  #learner: Learner | null = null
  #lastStepAt = 0
  #checkpointedAt: number
  #goal: (position: Position, calendar: Calendar) => boolean = () => false
  #stepsPerSecond: number | null = null

  constructor({ db, facts, clock, tell }: TrainerOptions, standing: Standing, state: RunState) {
    this.db = db
    this.facts = facts
    this.#clock = clock
    this.#tell = tell
    this.#standing = standing
    this.#state = state
    this.#checkpointedAt = clock.now()
    this.#recorder = new Recorder(clock.now())
  }

  /** Wall clock, in ms since the epoch. */
  wall(): number {
    return this.#clock.wall()
  }

  get config(): RunConfig {
    return this.facts.config
  }
  get state(): RunState {
    return this.#state
  }
  get branch(): BranchId {
    return this.#standing.branch
  }
  get calendar(): Calendar {
    return this.#standing.calendar
  }
  get position(): Position {
    return this.#learner?.position ?? this.#standing.state.position
  }
  get epoch(): number {
    return epochOf(this.position, this.facts.trainExamples)
  }
  get knobs(): Hyperparameters {
    return this.#learner?.knobs ?? this.#standing.state.knobs
  }
  get cost(): number | null {
    return this.#standing.cost
  }
  get evaluation(): Standing['evaluation'] {
    return this.#standing.evaluation
  }
  get stepsPerSecond(): number | null {
    return this.#state.kind === 'running' ? this.#stepsPerSecond : null
  }
  get learner(): Learner | null {
    return this.#learner
  }

  /** The state as it is now, tensors included. */
  capture(): TrainingState {
    return this.#learner?.capture() ?? this.#standing.state
  }

  parametersSha256(): string {
    return hashParameters(this.capture().engine)
  }

  move(event: SessionEvent): void {
    this.#state = reduceRun(this.#state, event)
    this.say({ type: 'state', state: this.#state })
  }

  /** Tells the host, with the branch and step it is true at. */
  say(
    event: RunEvent extends infer E
      ? E extends RunEvent
        ? Omit<E, 'branch' | 'step'>
        : never
      : never,
  ) {
    this.#tell({ ...event, branch: this.branch, step: this.position.step } as RunEvent)
  }

  /** Takes over an engine and data; training is possible from here. */
  equip(engine: Engine, dataset: Dataset): Learner {
    this.#learner = new Learner(engine, dataset, this.config.seed, this.#standing.state)
    return this.#learner
  }

  /** Preparing failed: the run stands where it is on disk. */
  unequip(): void {
    this.#learner = null
  }

  /** The learner has replayed recorded steps up to where it is; `cost` is the last one's. */
  replayed(cost: number | null): void {
    this.#standing = { ...this.#standing, cost: cost ?? this.#standing.cost, checkpoint: null }
  }

  /** Puts the run where a checkpoint left it. Does not write. */
  stand(standing: Standing): void {
    this.#standing = standing
    this.#learner?.restore(standing.state)
    this.#recorder.forget()
  }

  begin(amount: TrainAmount): void {
    this.#goal = stopAfter(amount, this.position, this.calendar, this.facts.trainExamples)
    const now = this.#clock.now()
    this.#recorder.restartClock(now)
    this.#lastStepAt = now
    this.#checkpointedAt = now
  }

  /** One step and all that falls due with it. Only while running. */
  async advance(): Promise<void> {
    const learner = this.#learner
    if (learner === null) throw new Error('advance() before equip()')
    const outcome = await learner.step()
    if (outcome.kind === 'refused') return this.#refuse(outcome)

    const now = this.#clock.now()
    const elapsed = now - this.#lastStepAt
    this.#lastStepAt = now
    const { calendar } = this
    this.#standing = {
      ...this.#standing,
      calendar: {
        ...calendar,
        dayTrainedMs: calendar.dayTrainedMs + elapsed,
        trainedMs: calendar.trainedMs + elapsed,
      },
      cost: outcome.cost,
      checkpoint: null,
    }
    const { position } = learner
    this.#recorder.recordStep(position.step, outcome, outcome.learningRate)
    await this.#whatFallsDue(outcome.before, position)
  }

  async #whatFallsDue(before: Position, position: Position): Promise<void> {
    const { config, facts } = this
    const ends = dayOver(config.day, position, this.calendar, facts.trainExamples)
    const evaluates = evaluationDue(config.evaluate_every, before, position, facts.trainExamples)
    if (ends || evaluates) await this.evaluate()
    if (ends) this.#endDay()
    else if (this.#checkpointDue(before, position)) this.saveCheckpoint('timer')
    else if (this.#recorder.flushDue(this.#clock.now())) this.flush()
    if (this.#recorder.tellDue(this.#clock.now())) this.tellMetrics()
    if (this.#goal(position, this.calendar)) await this.pause('amount-reached')
  }

  #checkpointDue(before: Position, position: Position): boolean {
    const sinceMs = this.#clock.now() - this.#checkpointedAt
    return checkpointDue(this.config.checkpoint_every, before, position, sinceMs)
  }

  /** Measures the dev set unless that was done at this very step. */
  async evaluate(): Promise<void> {
    const { step } = this.position
    if (this.#learner === null || this.#standing.evaluation?.step === step) return
    const evaluation = await this.#learner.evaluate()
    this.#recorder.recordEvaluation(step, evaluation)
    this.#standing = { ...this.#standing, evaluation: { ...evaluation, step } }
    this.say({ type: 'evaluated', devCost: evaluation.cost, devAccuracy: evaluation.accuracy })
  }

  async #refuse(outcome: StepOutcome): Promise<void> {
    const step = this.position.step + 1
    const what = Number.isFinite(outcome.cost) ? 'gradient norm' : 'cost'
    const value = Number.isFinite(outcome.cost) ? outcome.gradientNorm : outcome.cost
    const message =
      `step ${step} was refused: its ${what} is ${value}. The weights are those of step ${step - 1}. ` +
      'Go back to an earlier day, or lower the learning rate.'
    const entry = this.commit(() => this.journal({ kind: 'alert', alert: 'not-finite', message }))
    this.say({ type: 'alert', entry })
    await this.pause('not-finite')
  }

  #endDay(): void {
    const { calendar, position } = this
    const firstCounted = Math.max(
      calendar.dayFromStep,
      position.step - Math.ceil(this.facts.trainExamples / (this.knobs.batch_size ?? 1)),
    )
    this.#standing = {
      ...this.#standing,
      // The checkpoint of a day already stands in the next one: going on from it changes no calendar.
      calendar: {
        day: calendar.day + 1,
        dayFromStep: position.step,
        dayFromSamples: position.samplesSeen,
        dayTrainedMs: 0,
        trainedMs: calendar.trainedMs,
      },
    }
    const { closed, entry, checkpoint } = this.commit(() => {
      const taken = this.#insertCheckpoint('day')
      const summary = {
        day: calendar.day,
        branch: this.branch,
        checkpoint: taken.checkpoint,
        fromStep: calendar.dayFromStep,
        toStep: position.step,
        endedAt: this.#clock.wall(),
        cost: this.#meanCost(firstCounted, position.step),
        devCost: taken.devCost,
        devAccuracy: taken.devAccuracy,
      }
      closeDay(this.db, summary)
      const detail = { kind: 'day', day: calendar.day, checkpoint: taken.checkpoint } as const
      const closed = { ...summary, parametersSha256: taken.parametersSha256 }
      return { closed, entry: this.journal(detail), checkpoint: taken }
    })
    this.#took(checkpoint)
    this.say({ type: 'checkpoint', checkpoint })
    this.say({ type: 'day', closed, entry })
  }

  /** Mean train cost of the steps (from, to]: what a day's cost is judged by, less noisy than its last step's. */
  #meanCost(from: number, to: number): number | null {
    const { values } = readLineageMetrics(this.db, this.branch, 'cost', from, to)
    return values.length === 0
      ? null
      : values.reduce((sum, value) => sum + value, 0) / values.length
  }

  /** A line of the journal, here and now unless another place is named. Only inside `commit`. */
  journal(
    detail: JournalDetail,
    place: { readonly branch: BranchId; readonly step: number } = {
      branch: this.branch,
      step: this.position.step,
    },
  ): JournalEntry {
    return appendJournal(this.db, { at: this.#clock.wall(), ...place, ...detail })
  }

  /** Writes what is pending and what `work` writes in one transaction that is on disk when this returns. */
  commit<T>(work: () => T): T {
    const value = durably(this.db, () => {
      this.#recorder.write(this.db, this.branch)
      setHead(this.db, { branch: this.branch, step: this.position.step })
      return work()
    })
    this.#recorder.flushed(this.#clock.now())
    return value
  }

  /** Writes what is pending; survives the end of the process, but not of the machine. */
  flush(): void {
    if (!this.#recorder.hasUnwritten) return
    together(this.db, () => this.#recorder.write(this.db, this.branch))
    this.#recorder.flushed(this.#clock.now())
  }

  tellMetrics(): void {
    const event = this.#recorder.tell(this.#clock.now(), {
      branch: this.branch,
      step: this.position.step,
      epoch: this.epoch,
      day: this.calendar.day,
      readings: readingsOf(this.knobs, this.epoch),
    })
    if (event === null) return
    if (event.type === 'metrics') this.#stepsPerSecond = event.stepsPerSecond
    this.#tell(event)
  }

  /** The checkpoint of exactly this state: the one there is, or a new one. Only inside `commit`. */
  ensureCheckpoint(kind: CheckpointKind): { taken: CheckpointSummary; isNew: boolean } {
    const existing = this.#standing.checkpoint
    if (existing !== null) return { taken: existing, isNew: false }
    return { taken: this.#insertCheckpoint(kind), isNew: true }
  }

  /** Takes a checkpoint unless this very state has one, and says so once it is on disk. */
  saveCheckpoint(kind: CheckpointKind): CheckpointSummary {
    const { taken, isNew } = this.commit(() => this.ensureCheckpoint(kind))
    if (isNew) this.announce(taken)
    return taken
  }

  /** A checkpoint of the present state was committed. */
  announce(checkpoint: CheckpointSummary): void {
    this.#took(checkpoint)
    this.say({ type: 'checkpoint', checkpoint })
  }

  #took(checkpoint: CheckpointSummary): void {
    this.#standing = { ...this.#standing, checkpoint }
    this.#checkpointedAt = this.#clock.now()
  }

  #insertCheckpoint(kind: CheckpointKind): CheckpointSummary {
    const standing = { ...this.#standing, state: this.capture() }
    return saveStanding(this.db, standing, kind, this.#clock.wall())
  }

  /** Knobs change from the next step on, as `entry` of the journal says. */
  takeKnobs(knobs: Hyperparameters, entry: JournalEntry): void {
    this.#standing = {
      ...this.#standing,
      state: { ...this.#standing.state, knobs },
      checkpoint: null,
    }
    if (this.#learner !== null) this.#learner.knobs = knobs
    this.say({ type: 'nudged', entry, readings: readingsOf(knobs, this.epoch) })
  }

  /** Stands still, with everything on disk. */
  async pause(reason: PauseReason): Promise<void> {
    if (reason === 'amount-reached') await this.evaluate()
    const entry = this.commit(() => this.journal({ kind: 'paused', reason }))
    this.tellMetrics()
    this.saveCheckpoint('pause')
    this.say({ type: 'journaled', entry })
    this.move({ type: 'paused', reason })
  }

  fail(error: unknown): void {
    this.move({ type: 'failed', error: toWireError(error) })
  }

  /** Throws unless the run can be changed now. */
  assertUsable(): void {
    if (this.#state.kind !== 'failed') return
    throw new PandaError(
      'session/not-possible-now',
      `the session failed: ${this.#state.error.message}`,
      'Open the run again: it goes on from its newest good checkpoint.',
    )
  }
}
