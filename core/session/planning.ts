import { PandaError } from '../errors.ts'
import { isFlat, waitingPlans, watchCost, watchCosts } from '../protocol/plans.ts'
import type { FlatWatch, PlannedNudge } from '../protocol/plans.ts'
import type { FlatCondition, JournalEntry, NudgeChanges, NudgeRamp } from '../protocol/run.ts'
import type { ReadableDb } from '../store/db.ts'
import { lineageJournal } from '../store/journal.ts'
import { readLineageMetrics } from '../store/metrics.ts'
import type { BranchId } from '../protocol/run.ts'
import { unlessRotten } from './latest-vitals.ts'
import { changesNow, nudge } from './nudging.ts'
import type { Trainer } from './trainer.ts'

/** Throws `session/not-possible-now` where nothing measures the dev cost that a plan waits for. */
export function assertMeasured(devExamples: number): void {
  if (devExamples > 0) return
  throw new PandaError(
    'session/not-possible-now',
    'this run has no dev set, so no dev cost can become flat',
    'Nudge it now, or over a number of steps; a run created with "dev" in its data has a dev set.',
  )
}

/** The plan of this id that waits on a branch. Throws `session/no-such-target`. */
export function planToDrop(db: ReadableDb, branch: BranchId, id: number): PlannedNudge {
  const waiting = waitingPlans(lineageJournal(db, branch))
  const found = waiting.find((plan) => plan.id === id)
  if (found !== undefined) return found
  throw new PandaError(
    'session/no-such-target',
    `no planned nudge ${id} waits`,
    waiting.length === 0
      ? 'None does.'
      : `Those that wait: ${waiting.map((plan) => plan.id).join(', ')}.`,
  )
}

/** The nudges of a run that wait for a flat dev cost. What they wait for is read from the file, so a restart forgets nothing. */
export class Plans {
  readonly #trainer: Trainer
  /** Null: to be read from the file. */
  #waiting: { readonly plan: PlannedNudge; watch: FlatWatch }[] | null = null

  constructor(trainer: Trainer) {
    this.#trainer = trainer
  }

  /** Journals a nudge for later. Throws what a nudge of now throws. */
  add(requested: NudgeChanges, when: FlatCondition, ramp?: NudgeRamp): JournalEntry {
    const trainer = this.#trainer
    assertMeasured(trainer.facts.devExamples)
    const changes = changesNow(trainer, requested)
    return this.#journal({ kind: 'planned', changes, when, ...(ramp && { ramp }) })
  }

  /** Takes a plan back. Throws `session/no-such-target` where it waits no more. */
  drop(id: number): JournalEntry {
    const { plan } = { plan: planToDrop(this.#trainer.db, this.#trainer.branch, id).id }
    return this.#journal({ kind: 'plan-dropped', plan })
  }

  /** The lineage is another one: its plans are others too. */
  forget(): void {
    this.#waiting = null
  }

  /** The dev set was just measured: plans whose dev cost is flat are fulfilled, exactly as a person would. */
  measured(): void {
    const cost = this.#trainer.measured.evaluation?.cost
    if (this.#waiting === null) this.#waiting = this.#read()
    else if (cost !== undefined) {
      for (const one of this.#waiting) one.watch = watchCost(one.watch, cost, one.plan.when)
    }
    for (const { plan, watch } of this.#waiting) {
      if (isFlat(watch, plan.when)) this.#fulfil(plan)
    }
  }

  #fulfil({ id, changes, ramp }: PlannedNudge): void {
    this.#waiting = this.#waiting?.filter(({ plan }) => plan.id !== id) ?? null
    const requested = Object.fromEntries(changes.map(({ name, to }) => [name, to])) as NudgeChanges
    try {
      nudge(this.#trainer, requested, { ramp, plan: id })
    } catch (error) {
      // Somebody has nudged there by hand: nothing is left for the plan to do.
      if (!(error instanceof PandaError) || error.code !== 'session/invalid-value') throw error
      this.#journal({ kind: 'plan-dropped', plan: id })
    }
  }

  #journal(detail: Parameters<Trainer['journal']>[0]): JournalEntry {
    const trainer = this.#trainer
    const entry = trainer.commit(() => trainer.journal(detail))
    trainer.say({ type: 'journaled', entry })
    this.#waiting = null
    return entry
  }

  #read(): { readonly plan: PlannedNudge; watch: FlatWatch }[] {
    const { db, branch, position } = this.#trainer
    const waiting = waitingPlans(lineageJournal(db, branch))
    if (waiting.length === 0) return []
    this.#trainer.flush() // the measure of this step counts too
    return waiting.map((plan) => {
      const costs = unlessRotten(
        () => readLineageMetrics(db, branch, 'dev_cost', plan.step, position.step).values,
      )
      return { plan, watch: watchCosts(costs ?? [], plan.when) }
    })
  }
}
