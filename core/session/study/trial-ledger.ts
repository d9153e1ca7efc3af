import type { CheckpointKind } from '../../protocol/run.ts'
import { truncateMetrics } from '../../store/metrics.ts'
import { lineageCheckpoints } from '../../store/checkpoints.ts'
import type { CheckpointSummary } from '../../protocol/run.ts'
import { durably, together } from '../../store/db.ts'
import type { ReadableDb, WritableDb } from '../../store/db.ts'
import { keepNewestCheckpoint, updateTrial } from '../../store/trials.ts'
import type { TrialRecord } from '../../store/trials.ts'
import { FIRST_DAY, START } from '../position.ts'
import type { Position } from '../position.ts'
import { Recorder } from '../recorder.ts'
import { glance, saveStanding } from '../saved-state.ts'
import type { StepsMeasured, TrialStanding } from './trial-messages.ts'

/** What a running trial leaves in its study's file. */
export class TrialLedger {
  readonly #db: WritableDb
  readonly #recorder = new Recorder(performance.now())

  constructor(db: WritableDb) {
    this.#db = db
  }

  steps(branch: TrialRecord['branch'], measured: StepsMeasured): void {
    const { firstStep, costs, dataCosts, gradientNorms, learningRates } = measured
    costs.forEach((cost, i) => {
      const dataCost = dataCosts[i] ?? cost
      const gradientNorm = gradientNorms[i] ?? 0
      const measure = { cost, dataCost, gradientNorm }
      this.#recorder.recordStep(firstStep + i, measure, learningRates[i] ?? 0)
    })
    for (const vitals of measured.vitals) this.#recorder.recordVitals(vitals)
    together(this.#db, () => this.#recorder.write(this.#db, branch))
    this.#recorder.flushed(performance.now())
  }

  evaluated(step: number, evaluation: { cost: number; accuracy: number | null }): void {
    this.#recorder.recordEvaluation(step, evaluation)
  }

  /** A trial's row and its whole state, together: on disk when this returns. */
  save(trial: TrialRecord, at: TrialStanding, kind: CheckpointKind): void {
    const db = this.#db
    durably(db, () => {
      this.#recorder.write(db, trial.branch)
      const calendar = { ...FIRST_DAY, dayTrainedMs: at.trainedMs, trainedMs: at.trainedMs }
      const standing = { ...at, branch: trial.branch, calendar }
      saveStanding(db, standing, kind, Date.now())
      keepNewestCheckpoint(db, trial.branch)
      updateTrial(db, trial)
    })
    this.#recorder.flushed(performance.now())
  }
}

/** A trial's row alone; on disk when this returns. */
export const saveTrial = (db: WritableDb, trial: TrialRecord): void =>
  durably(db, () => updateTrial(db, trial))

/** Where a trial goes on from: its newest checkpoint, or of a copy its parent's; null before the first. */
export const newestCheckpoint = (
  db: ReadableDb,
  { branch }: TrialRecord,
): CheckpointSummary | null => lineageCheckpoints(db, branch).at(-1) ?? null

/** Where in its data a trial stands. */
export function positionOf(db: ReadableDb, trial: TrialRecord): Position {
  const newest = newestCheckpoint(db, trial)
  return newest === null ? START : glance(db, newest).state.position
}

/** Takes a trial up where it goes on from. What it recorded after that is forgotten, to be recorded again. */
export function takeUp(db: WritableDb, trial: TrialRecord): CheckpointSummary | null {
  const { branch } = trial
  const newest = newestCheckpoint(db, trial)
  truncateMetrics(db, branch, newest?.step ?? -1)
  return newest
}
