import type { Engine } from '../engine/engine.ts'
import type { Dataset } from '../data/dataset.ts'
import type { RunConfig } from '../protocol/config.ts'
import type { Hyperparameters, Readings } from '../protocol/hyperparameters.ts'
import type {
  BranchId,
  CheckpointKind,
  CheckpointSummary,
  Effort,
  JournalDetail,
  JournalEntry,
  RunFacts,
  RunState,
  TrainAmount,
} from '../protocol/run.ts'
import type { WritableDb } from '../store/db.ts'
import type { EngineFacts } from '../store/run.ts'
import { Aim } from './aim.ts'
import { MemoryGauge, effortOf } from './effort.ts'
import { readingsOf } from './knobs.ts'
import type { Ledger, Place, Saying } from './ledger.ts'
import { Learner } from './learner.ts'
import type { StepOutcome } from './learner.ts'
import { dayAfter, epochOf } from './position.ts'
import type { Calendar, Position } from './position.ts'
import { knobsAt } from './ramps.ts'
import type { Settings } from './ramps.ts'
import { saveStanding } from './saved-state.ts'
import type { Standing } from './saved-state.ts'
import { afterEntry, afterReplay, afterStep } from './standing.ts'
import { reduceRun } from './state.ts'
import type { SessionEvent } from './state.ts'
import type { TrainingState } from './training-state.ts'

/** A learner that makes history: it trains, and what it does is on disk before it is said. */
export class Trainer {
  readonly facts: RunFacts
  readonly #ledger: Ledger
  #state: RunState
  #standing: Standing
  #learner: Learner | null = null
  /** What the learner computes with. */
  #engine: EngineFacts | null = null
  #lastStepAt = 0
  #checkpointedAt: number
  readonly aim = new Aim()
  readonly #memory = new MemoryGauge()
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
  /** What was asked of the knobs. */
  get settings(): Settings {
    return this.#learner?.settings ?? this.#standing.state
  }
  /** The base values in force, for the step that comes next. */
  get knobs(): Hyperparameters {
    return knobsAt(this.settings, this.position.step + 1)
  }
  get readings(): Readings {
    const { knobs, ramps } = this.settings
    return readingsOf(this.config, knobs, { epoch: this.epoch, step: this.position.step }, ramps)
  }
  /** How long it has trained; the memory of this process while it does. */
  get effort(): Effort {
    const trains = this.#state.kind === 'running'
    return effortOf(this.calendar, trains ? this.#memory.bytesAt(this.#ledger.clock.now()) : null)
  }
  /** What was measured on the way here. */
  get measured(): Pick<Standing, 'cost' | 'evaluation' | 'vitals'> {
    const { cost, evaluation, vitals } = this.#standing
    return { cost, evaluation, vitals }
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

  move(event: SessionEvent): void {
    this.#state = reduceRun(this.#state, event)
    if (this.#state.kind !== 'running') this.aim.clear()
    this.sayState()
  }

  /** Tells the host, with the branch and step it is true at. */
  say(saying: Saying): void {
    this.#ledger.say(this.place, saying)
  }

  sayState(): void {
    this.say({ type: 'state', state: this.#state, goal: this.aim.goal })
  }

  /** Takes over an engine and data; training is possible from here. */
  equip(engine: Engine, dataset: Dataset, facts: EngineFacts): Learner {
    this.#engine = facts
    this.#learner = new Learner(engine, dataset, this.config, this.#standing.state)
    return this.#learner
  }

  /** What computed the present state, and what would compute the next; null where there is none yet. */
  get engines(): { readonly before: EngineFacts | null; readonly now: EngineFacts | null } {
    return { before: this.#standing.engine, now: this.#engine }
  }

  /** That another engine goes on with this state is known and said. */
  acceptEngine(): void {
    this.#standing = { ...this.#standing, engine: this.#engine }
  }

  /** Preparing failed: the run stands where it is on disk. */
  unequip(): void {
    this.#learner = null
  }

  /** The learner has replayed recorded steps up to where it is; `cost` is the last one's. */
  replayed(cost: number | null): void {
    this.#standing = afterReplay(this.db, this.#standing, this.position, cost, this.#engine)
  }

  /**
   * The day `closed` ends here and the next one begins. The checkpoint of a day is taken after this: going on
   * from it changes no calendar.
   */
  passDay(closed: number): void {
    const calendar = dayAfter(closed, this.position, this.calendar)
    this.#standing = { ...this.#standing, calendar }
  }

  /** Puts the run where a checkpoint left it. Does not write. */
  stand(standing: Standing): void {
    this.#standing = standing
    this.#learner?.restore(standing.state)
    this.#ledger.turnPage()
  }

  /** Takes aim from here. Where it trains already, the clock runs on and the new goal is said. */
  begin(amount: TrainAmount): void {
    this.aim.set(amount, this.position, this.calendar, this.facts.trainExamples)
    if (this.#state.kind === 'running') return this.sayState()
    const now = this.#ledger.clock.now()
    this.#ledger.restartClock()
    this.#lastStepAt = now
    this.#checkpointedAt = now
  }

  /** One step, recorded but not yet written. A refused one leaves everything as it was. */
  async step(): Promise<StepOutcome> {
    const learner = this.#learner
    if (learner === null) throw new Error('step() before equip()')
    const outcome = await learner.step()
    if (outcome.kind === 'refused') return outcome

    const now = this.#ledger.clock.now()
    const elapsed = now - this.#lastStepAt
    this.#lastStepAt = now
    this.#standing = afterStep(this.#standing, outcome, elapsed, this.#engine)
    this.#ledger.recordStep(this.position.step, outcome, outcome.learningRate)
    if (outcome.vitals !== null) this.#ledger.recordVitals(outcome.vitals)
    if (this.#ledger.timeDue) this.recordTime()
    return outcome
  }

  /** Puts on record when the last step was done, in training time and by the wall. */
  recordTime(): void {
    const wallMs = this.wall() - this.facts.createdAt
    this.#ledger.recordTime(this.calendar.trainedMs, wallMs)
  }

  /** Since the newest checkpoint, or since training began if that is later. */
  get sinceCheckpointMs(): number {
    return this.#ledger.clock.now() - this.#checkpointedAt
  }

  /** Writes what is pending, if that is enough or old enough. */
  flushIfDue(): void {
    this.#ledger.flushIfDue(this.place)
  }

  tellIfDue(): void {
    if (this.#ledger.tellDue) this.tellMetrics()
  }

  /** Measures the dev set unless that was done at this very step. Was it measured now? */
  async evaluate(): Promise<boolean> {
    const { step } = this.position
    if (this.#learner === null || this.#standing.evaluation?.step === step) return false
    const evaluation = await this.#learner.evaluate()
    this.#ledger.recordEvaluation(step, evaluation)
    this.#standing = { ...this.#standing, evaluation: { ...evaluation, step } }
    this.say({ type: 'evaluated', devCost: evaluation.cost, devAccuracy: evaluation.accuracy })
    return true
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
    const { epoch, readings, effort } = this
    const at = { ...this.place, epoch, day: this.calendar.day, readings, ...effort }
    this.#stepsPerSecond = this.#ledger.tellMetrics(at) ?? this.#stepsPerSecond
  }

  /** The checkpoint of exactly this state: the one there is, or a new one. Only inside `commit`. */
  ensureCheckpoint(kind: CheckpointKind): { taken: CheckpointSummary; isNew: boolean } {
    const existing = this.#standing.checkpoint
    if (existing !== null) return { taken: existing, isNew: false }
    return { taken: this.insertCheckpoint(kind), isNew: true }
  }

  /** Takes a checkpoint unless this very state has one, and says so once it is on disk. */
  saveCheckpoint(kind: CheckpointKind): CheckpointSummary {
    const { taken, isNew } = this.commit(() => this.ensureCheckpoint(kind))
    if (isNew) this.announce(taken)
    return taken
  }

  /** A checkpoint of the present state was committed. */
  announce(checkpoint: CheckpointSummary): void {
    this.#standing = { ...this.#standing, checkpoint }
    this.#checkpointedAt = this.#ledger.clock.now()
    this.say({ type: 'checkpoint', checkpoint })
  }

  /** Takes a checkpoint, whether or not there is one of this state. Only inside `commit`. */
  insertCheckpoint(kind: CheckpointKind): CheckpointSummary {
    const standing = { ...this.#standing, state: this.capture() }
    return saveStanding(this.db, standing, kind, this.#ledger.clock.wall())
  }

  /** Knobs change from the next step on, as `entry` of the journal says. */
  takeNudge(entry: JournalEntry): void {
    this.#standing = afterEntry(this.#standing, this.settings, entry)
    if (this.#learner !== null) this.#learner.settings = this.#standing.state
    this.say({ type: 'nudged', entry, readings: this.readings })
  }
}
