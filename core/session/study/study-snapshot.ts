import type { StudySnapshot } from '../../protocol/study.ts'
import type { ReadableDb } from '../../store/db.ts'
import { readRun } from '../../store/run.ts'
import { readStudy } from '../../store/study.ts'
import type { StudyRecord } from '../../store/study.ts'
import { listTrials, summaryOf } from '../../store/trials.ts'
import type { TrialRecord } from '../../store/trials.ts'

/** The trial with the lowest value; of equals the first. Null where none was measured. */
export function bestOf(trials: readonly TrialRecord[]): TrialRecord | null {
  let best: TrialRecord | null = null
  for (const trial of trials) {
    if (trial.value === null || trial.state === 'diverged' || trial.state === 'failed') continue
    if (best === null || trial.value < (best.value ?? Infinity)) best = trial
  }
  return best
}

export const snapshotOf = (
  place: Pick<StudySnapshot, 'study' | 'file' | 'createdAt'>,
  { config, measure, state }: StudyRecord,
  trials: readonly TrialRecord[],
): StudySnapshot => ({
  ...place,
  config,
  measure,
  state,
  trials: trials.map(summaryOf),
  best: bestOf(trials)?.trial ?? null,
  steps: trials.reduce((sum, { step }) => sum + step, 0),
})

/** A study as its file has it; perhaps another process runs it now. */
export function describeStudy(db: ReadableDb, study: string): StudySnapshot {
  const { createdAt } = readRun(db)
  return snapshotOf({ study, file: db.file, createdAt }, readStudy(db), listTrials(db))
}
