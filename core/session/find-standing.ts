import { PandaError } from '../errors.ts'
import type { BranchId, CheckpointSummary } from '../protocol/run.ts'
import { lastRecordedStep } from '../store/branches.ts'
import { lineageCheckpoints } from '../store/checkpoints.ts'
import type { ReadableDb } from '../store/db.ts'
import { lineageJournal } from '../store/journal.ts'
import { settingsAfter } from './ramps.ts'
import type { Settings } from './ramps.ts'
import { glance, restore } from './saved-state.ts'
import type { Restored, Standing } from './saved-state.ts'
import type { TrainingState } from './training-state.ts'

type SmallState = Omit<TrainingState, 'engine'>

/** Where a run stands on disk: at its newest good checkpoint, and perhaps some recorded steps beyond. */
export interface FoundRun {
  readonly standing: Standing
  /** What `standing` was read from; nudges made at its step may be in force by now. */
  readonly checkpoint: Restored
  /** The last step on record. Steps beyond the checkpoint's are there after a crash, to be replayed. */
  readonly recordedStep: number
}

/** Finds where a run stands. A checkpoint that is rotten is passed over: the one before it serves. */
export function findStanding(db: ReadableDb, branch: BranchId): FoundRun {
  const checkpoint = newestGood(db, branch, (summary) => restore(db, summary, branch))
  const { state } = checkpoint.standing
  const { nudged, ...settings } = settingsHere(db, branch, { ...checkpoint, state })
  return {
    standing: {
      ...checkpoint.standing,
      state: { ...state, ...settings },
      checkpoint: nudged ? null : checkpoint.summary,
    },
    checkpoint,
    recordedStep: Math.max(state.position.step, lastRecordedStep(db, branch)),
  }
}

/**
 * The same, without the tensors: they are neither read nor checked, so rot in them is told when the run is
 * opened, and not before.
 */
export function glanceAtStanding(db: ReadableDb, branch: BranchId) {
  const found = newestGood(db, branch, (summary) => glance(db, summary))
  const { knobs, ramps } = settingsHere(db, branch, found)
  const { step } = found.state.position
  const recordedStep = Math.max(step, lastRecordedStep(db, branch))
  return { ...found, state: { ...found.state, knobs, ramps }, recordedStep }
}

/** The settings in force where a checkpoint was taken: nudges made there afterwards are in the journal alone. */
function settingsHere(
  db: ReadableDb,
  branch: BranchId,
  { state, journalId }: Pick<Restored, 'journalId'> & { readonly state: SmallState },
): Settings & { readonly nudged: boolean } {
  const { step } = state.position
  const nudges = nudgesSince(db, branch, { journalId }).filter((entry) => entry.step === step)
  const { knobs, ramps } = nudges.reduce<Settings>(settingsAfter, state)
  return { knobs, ramps, nudged: nudges.length > 0 }
}

/** What the newest checkpoint of a lineage gives that is not rotten. */
function newestGood<T>(
  db: ReadableDb,
  branch: BranchId,
  read: (summary: CheckpointSummary) => T,
): T {
  for (const summary of lineageCheckpoints(db, branch).toReversed()) {
    const found = unlessRotten(() => read(summary))
    if (found !== null) return found
  }
  throw new PandaError(
    'store/corrupt',
    'no checkpoint of this run can be read',
    'Restore the file from a copy.',
  )
}

function unlessRotten<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    // Replay from an older checkpoint closes the gap, and `verify` will name this one.
    if (error instanceof PandaError && error.code === 'store/corrupt') return null
    throw error
  }
}

/** The lineage's nudges that were made after a checkpoint was taken, oldest first. */
export const nudgesSince = (
  db: ReadableDb,
  branch: BranchId,
  { journalId }: Pick<Restored, 'journalId'>,
) => lineageJournal(db, branch).filter((entry) => entry.kind === 'nudge' && entry.id > journalId)
