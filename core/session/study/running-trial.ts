import { toWireError } from '../../errors.ts'
import type { WireError } from '../../errors.ts'
import type { Measure, StudyEvent, TrialState } from '../../protocol/study.ts'
import { rungsOf, stepAt } from '../../search/budget.ts'
import { thin } from '../../series/index.ts'
import type { WritableDb } from '../../store/db.ts'
import { tidyWal } from '../../store/open.ts'
import type { Position } from '../position.ts'
import type { DataFacts } from '../../store/run.ts'
import type { StudyRecord } from '../../store/study.ts'
import type { TrialRecord } from '../../store/trials.ts'
import type { Slot } from './slot.ts'
import { TrialLedger, saveTrial, takeUp } from './trial-ledger.ts'
import type { FromTrial, StretchEnd, TrialStanding, Until } from './trial-messages.ts'
import { planTrial, trialConfigOf } from './trial-plan.ts'
import type { TrialPlan } from './trial-plan.ts'

/** What a trial is to do next. */
interface Planned {
  readonly plan: TrialPlan
  readonly until: Until
  /** Null where how far it comes depends on how fast it is. */
  readonly budgetSteps: number | null
  /** What it is once it has come there. */
  readonly then: TrialState
}

interface RunningOptions {
  readonly db: WritableDb
  readonly slot: Slot
  readonly measure: Measure
  readonly tell: (event: StudyEvent) => void
  /** It stands elsewhere now; that is on disk where it matters. */
  readonly changed: (now: TrialRecord) => void
  /** The thread it ran in broke: may it go on from its last checkpoint in another? */
  readonly mayGoOn: (why: WireError) => boolean
  /** There are no data to train on, for this trial or any other. */
  readonly withoutData: (why: WireError) => void
  /** It runs no more, and its place is free. */
  readonly ended: () => void
}

/** Points of a curve told at once: as many as an eye can take. */
const TOLD_POINTS = 16
const MINUTE_MS = 60_000

/** One trial while it runs: up to its next rung, or until asked to stop. */
export class RunningTrial {
  readonly plan: TrialPlan
  readonly #planned: Planned
  readonly #options: RunningOptions
  readonly #ledger: TrialLedger
  #trial: TrialRecord
  #isCancelled = false
  #ended: () => void = () => {}
  readonly #end = new Promise<void>((resolve) => (this.#ended = resolve))

  constructor(trial: TrialRecord, planned: Planned, options: RunningOptions) {
    this.plan = planned.plan
    this.#planned = planned
    this.#options = options
    this.#ledger = new TrialLedger(options.db)
    this.#trial = trial
  }

  /** What a trial would need and how far it would go from where it stands; or why there can be no such trial. */
  static plan(
    trial: TrialRecord,
    { config }: StudyRecord,
    facts: DataFacts,
    positionOf: () => Position,
  ):
    | ({ readonly kind: 'planned' } & Planned)
    | { readonly kind: 'failed'; readonly reason: string } {
    try {
      const plan = planTrial(trialConfigOf(config, trial.point), facts)
      const at = positionOf()
      const ends = rungsOf(config).map((rung): Until => {
        if ('minutes' in rung) return { trainedMs: rung.minutes * MINUTE_MS }
        return { step: stepAt(rung, facts.trainExamples, plan.batchSize, at) }
      })
      const whole = ends.at(-1) ?? { step: 0 }
      const until = ends[trial.measured.length] ?? whole
      const budgetSteps = 'step' in whole ? whole.step : null
      const isLast = trial.measured.length >= ends.length - 1
      // Of a population all wait at the rung, to be compared.
      const between = config.method === 'population' ? 'paused' : 'stopped-early'
      return { kind: 'planned', plan, until, budgetSteps, then: isLast ? 'done' : between }
    } catch (error) {
      // Whatever it is: thrown on, it would end the study each time that this trial's turn comes.
      return { kind: 'failed', reason: toWireError(error).message }
    }
  }

  start(): void {
    const { db, slot } = this.#options
    const { plan, budgetSteps, until } = this.#planned
    const checkpoint = takeUp(db, this.#trial)
    this.#put({
      state: 'running',
      step: checkpoint?.step ?? 0,
      budgetSteps,
      parameters: plan.parameters,
      startedAt: this.#trial.startedAt ?? Date.now(),
    })
    const { branch } = this.#trial
    slot.raise({ config: plan.config, branch, checkpoint, until }, (message) => {
      this.#hear(message)
    })
  }

  pause(): void {
    this.#options.slot.ask()
  }

  /** Resolves when it has stopped. */
  cancel(): Promise<void> {
    this.#isCancelled = true
    this.pause()
    return this.#end
  }

  #hear(message: FromTrial): void {
    const { tell } = this.#options
    const { trial, branch } = this.#trial
    switch (message.type) {
      case 'steps': {
        this.#ledger.steps(branch, message)
        const step = message.firstStep + message.costs.length - 1
        this.#trial = { ...this.#trial, step, cost: message.costs.at(-1) ?? null }
        this.#options.changed(this.#trial)
        const steps = Float64Array.from(message.costs, (_, i) => message.firstStep + i)
        tell({ type: 'metrics', trial, ...thin(steps, message.costs, TOLD_POINTS) })
        return
      }
      case 'evaluated': {
        const { step, evaluation } = message
        this.#ledger.evaluated(step, evaluation)
        const { cost: devCost, accuracy: devAccuracy } = evaluation
        this.#trial = { ...this.#trial, devCost: finite(devCost), devAccuracy }
        tell({ type: 'evaluated', trial, step, devCost, devAccuracy })
        return
      }
      case 'saved':
        this.#ledger.save(this.#trial, message.at, 'timer')
        // A trial of hours saves its state hundreds of times before it leaves its place.
        tidyWal(this.#options.db)
        return
      case 'ended':
        this.#finish(this.#after(message.end, message.at), message.at)
        return
      case 'failed':
        this.#fail(message)
    }
  }

  /** What it has not saved is lost; what it has saved is where it goes on from, if it may. */
  #fail({ of, error }: Extract<FromTrial, { readonly type: 'failed' }>): void {
    const { mayGoOn, withoutData } = this.#options
    const ended = { reason: error.message, endedAt: Date.now() }
    if (this.#isCancelled) this.#put({ state: 'cancelled', ...ended })
    else if (of === 'data' || (of === 'thread' && mayGoOn(error))) this.#put({ state: 'paused' })
    else this.#put({ state: 'failed', ...ended })
    if (of === 'data') withoutData(error)
    this.#leave()
  }

  /** What the trial is once its stretch has ended this way. */
  #after(end: StretchEnd, { evaluation }: TrialStanding): Partial<TrialRecord> {
    const endedAt = Date.now()
    if (end.kind === 'asked') {
      return this.#isCancelled ? { state: 'cancelled', endedAt } : { state: 'paused' }
    }
    const value = end.kind === 'reached' ? this.#valueOf(evaluation) : null
    const measured = [...this.#trial.measured, value]
    if (value === null) {
      const reason = end.kind === 'diverged' ? end.reason : 'the dev cost is not finite'
      return { state: 'diverged', reason, measured, endedAt }
    }
    const state: TrialState = this.#isCancelled ? 'cancelled' : this.#planned.then
    return { state, value, measured, ...(state !== 'paused' && { endedAt }) }
  }

  #valueOf(evaluation: TrialStanding['evaluation']): number | null {
    if (evaluation === null || !Number.isFinite(evaluation.cost)) return null
    const { cost, accuracy } = evaluation
    return this.#options.measure === 'dev_error' && accuracy !== null ? 1 - accuracy : cost
  }

  #finish(change: Partial<TrialRecord>, at: TrialStanding): void {
    const { step } = at.state.position
    this.#trial = { ...this.#trial, ...change, step, cost: at.cost }
    this.#ledger.save(this.#trial, at, 'pause')
    this.#options.changed(this.#trial)
    this.#leave()
  }

  #leave(): void {
    this.#ended()
    this.#options.ended()
  }

  #put(change: Partial<TrialRecord>): void {
    this.#trial = { ...this.#trial, ...change }
    saveTrial(this.#options.db, this.#trial)
    this.#options.changed(this.#trial)
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
