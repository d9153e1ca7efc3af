import type { StudyEntry, StudySnapshot } from '../../protocol/study.ts'
import type { ReadableDb } from '../../store/db.ts'
import { readRun } from '../../store/run.ts'
import type { RunRecord } from '../../store/run.ts'
import { listStudyJournal, readStudy } from '../../store/study.ts'
import type { StudyRecord } from '../../store/study.ts'
import { listTrials, summaryOf } from '../../store/trials.ts'
import type { TrialRecord } from '../../store/trials.ts'

/** The trial with the lowest value; of equals the first. Null where none was measured. */
export function bestOf<T extends Pick<TrialRecord, 'value' | 'state'>>(
  trials: readonly T[],
): T | null {
  let best: T | null = null
  for (const trial of trials) {
    if (trial.value === null || trial.state === 'diverged' || trial.state === 'failed') continue
    if (best === null || trial.value < (best.value ?? Infinity)) best = trial
  }
  return best
}

export const snapshotOf = (
  place: Pick<StudySnapshot, 'study' | 'file'>,
  { createdAt, facts }: RunRecord,
  { config, measure, state }: StudyRecord,
  trials: readonly TrialRecord[],
  journal: readonly StudyEntry[],
): StudySnapshot => ({
  ...place,
  createdAt,
  config,
  measure,
  state,
  trials: trials.map(summaryOf),
  best: bestOf(trials)?.trial ?? null,
  // A copy's first steps were its parent's.
  steps: trials.reduce((sum, { step, parent }) => sum + step - (parent?.step ?? 0), 0),
  trainExamples: facts.trainExamples,
  journal,
  failure: null,
})

/** A study as its file has it; perhaps another process runs it now. */
export const describeStudy = (db: ReadableDb, study: string): StudySnapshot =>
  snapshotOf(
    { study, file: db.file },
    readRun(db),
    readStudy(db),
    listTrials(db),
    listStudyJournal(db),
  )

/** The same of a study that nobody runs: what its file calls running was cut short. */
export function atRest(snapshot: StudySnapshot): StudySnapshot {
  if (snapshot.state !== 'running') return snapshot
  const trials = snapshot.trials.map((trial) =>
    trial.state === 'running' ? { ...trial, state: 'paused' as const } : trial,
  )
  return { ...snapshot, state: 'paused', trials }
}
