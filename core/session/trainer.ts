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
  RunFacts,
  RunState,
  TrainAmount,
} from '../protocol/run.ts'
import { thinTimerCheckpoints } from '../store/checkpoints.ts'
import { closeDay } from '../store/days.ts'
import type { WritableDb } from '../store/db.ts'
import { readLineageMetrics } from '../store/metrics.ts'
import { readingsOf } from './knobs.ts'
import type { Ledger, Place, Saying } from './ledger.ts'
import { Learner } from './learner.ts'
import type { StepOutcome } from './learner.ts'
import { checkpointDue, dayOver, epochOf, evaluationDue, stopAfter } from './position.ts'
import type { Calendar, Position } from './position.ts'
import { saveStanding } from './saved-state.ts'
import type { Standing } from './saved-state.ts'
import { reduceRun } from './state.ts'
import type { SessionEvent } from './state.ts'
import type { TrainingState } from './training-state.ts'

/** An hour's worth at the default interval. Older ones would fill the disk: days, nudges and people's own stay. */
const TIMER_CHECKPOINTS_KEPT = 6

/** A learner that makes history: it trains, and what it does is on disk before it is said. */
export class Trainer {
  readonly facts: RunFacts
  readonly #ledger: Ledger
  #state: RunState
  #standing: Standing
  #learner: Learner | null = null
  #lastStepAt = 0
  #checkpointedAt: number
  #goal: (position: Position, calendar: Calendar) => boolean = () => false
  #stepsPerSecond: number | null = null

  constructor(facts: RunFacts, ledger: Ledger, standing: Standing, state: RunState) {
    this.facts = facts
    this.#ledger = ledger
    this.#standing = standing
    this.#state = state
    this.#checkpointedAt = ledger.clock.now()
  }

  get db(): WritableDb {
    return this.#ledger.db
  }
  /** Wall clock, in ms since the epoch. */
  wall(): number {
    return this.#ledger.clock.wall()
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
  get place(): Place {
    return { branch: this.branch, step: this.position.step }
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
  say(saying: Saying): void {
    this.#ledger.say(this.place, saying)
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

  /**
   * The day `closed` ends here and the next one begins. The checkpoint of a day is taken after this: going on
   * from it changes no calendar.
   */
  passDay(closed: number): void {
    const { step, samplesSeen } = this.position
    const calendar = {
      day: closed + 1,
      dayFromStep: step,
      dayFromSamples: samplesSeen,
      dayTrainedMs: 0,
      trainedMs: this.calendar.trainedMs,
    }
    this.#standing = { ...this.#standing, calendar }
  }

  /** Puts the run where a checkpoint left it. Does not write. */
  stand(standing: Standing): void {
    this.#standing = standing
    this.#learner?.restore(standing.state)
    this.#ledger.turnPage()
  }

  begin(amount: TrainAmount): void {
    this.#goal = stopAfter(amount, this.position, this.calendar, this.facts.trainExamples)
    const now = this.#ledger.clock.now()
    this.#ledger.restartClock()
    this.#lastStepAt = now
    this.#checkpointedAt = now
  }

  /** One step and all that falls due with it. Only while running. */
  async advance(): Promise<void> {
    const learner = this.#learner
    if (learner === null) throw new Error('advance() before equip()')
    const outcome = await learner.step()
    if (outcome.kind === 'refused') return this.#refuse(outcome)

    const now = this.#ledger.clock.now()
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
    this.#ledger.recordStep(position.step, outcome, outcome.learningRate)
    await this.#whatFallsDue(outcome.before, position)
  }

  async #whatFallsDue(before: Position, position: Position): Promise<void> {
    const { config, facts } = this
    const ends = dayOver(config.day, position, this.calendar, facts.trainExamples)
    const evaluates = evaluationDue(config.evaluate_every, before, position, facts.trainExamples)
    if (ends || evaluates) await this.evaluate()
    if (ends) this.#endDay()
    else if (this.#checkpointDue(before, position)) this.#saveTimerCheckpoint()
    else this.#ledger.flushIfDue(this.place)
    if (this.#ledger.tellDue) this.tellMetrics()
    if (this.#goal(position, this.calendar)) await this.pause('amount-reached')
  }

  #checkpointDue(before: Position, position: Position): boolean {
    const sinceMs = this.#ledger.clock.now() - this.#checkpointedAt
    return checkpointDue(this.config.checkpoint_every, before, position, sinceMs)
  }

  /** Measures the dev set unless that was done at this very step. */
  async evaluate(): Promise<void> {
    const { step } = this.position
    if (this.#learner === null || this.#standing.evaluation?.step === step) return
    const evaluation = await this.#learner.evaluate()
    this.#ledger.recordEvaluation(step, evaluation)
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
    this.passDay(calendar.day)
    const { closed, entry, checkpoint } = this.commit(() => {
      const taken = this.#insertCheckpoint('day')
      const summary = {
        day: calendar.day,
        branch: this.branch,
        checkpoint: taken.checkpoint,
        fromStep: calendar.dayFromStep,
        toStep: position.step,
        endedAt: this.#ledger.clock.wall(),
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
  journal(detail: JournalDetail, place: Place = this.place): JournalEntry {
    return this.#ledger.journal(place, detail)
  }

  /** One transaction for what is pending and what `work` writes; on disk when this returns. */
  commit<T>(work: () => T): T {
    return this.#ledger.commit(this.place, work)
  }

  /** Work on the file that nobody waits for: to be called between steps, after replies went out. */
  tidy(): void {
    this.#ledger.tidy()
  }

  /** Writes and tells what is pending. */
  flush(): void {
    this.#ledger.flush(this.place)
    this.tellMetrics()
  }

  tellMetrics(): void {
    const { epoch, knobs } = this
    const readings = readingsOf(knobs, epoch)
    const at = { ...this.place, epoch, day: this.calendar.day, readings }
    this.#stepsPerSecond = this.#ledger.tellMetrics(at) ?? this.#stepsPerSecond
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

  #saveTimerCheckpoint(): void {
    this.saveCheckpoint('timer')
    this.commit(() => thinTimerCheckpoints(this.db, this.branch, TIMER_CHECKPOINTS_KEPT))
  }

  /** A checkpoint of the present state was committed. */
  announce(checkpoint: CheckpointSummary): void {
    this.#took(checkpoint)
    this.say({ type: 'checkpoint', checkpoint })
  }

  #took(checkpoint: CheckpointSummary): void {
    this.#standing = { ...this.#standing, checkpoint }
    this.#checkpointedAt = this.#ledger.clock.now()
  }

  #insertCheckpoint(kind: CheckpointKind): CheckpointSummary {
    const standing = { ...this.#standing, state: this.capture() }
    return saveStanding(this.db, standing, kind, this.#ledger.clock.wall())
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
