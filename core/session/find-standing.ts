import { PandaError } from '../errors.ts'
import type { BranchId } from '../protocol/run.ts'
import { lastRecordedStep } from '../store/branches.ts'
import { lineageCheckpoints } from '../store/checkpoints.ts'
import type { ReadableDb } from '../store/db.ts'
import { lineageJournal } from '../store/journal.ts'
import { settingsAfter } from './ramps.ts'
import type { Settings } from './ramps.ts'
import { restore } from './saved-state.ts'
import type { Restored, Standing } from './saved-state.ts'

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
  for (const summary of lineageCheckpoints(db, branch).toReversed()) {
    const checkpoint = restoreUnlessRotten(() => restore(db, summary, branch))
    if (checkpoint === null) continue
    const { state } = checkpoint.standing
    const { step } = state.position
    const nudges = nudgesSince(db, branch, checkpoint).filter((entry) => entry.step === step)
    const { knobs, ramps } = nudges.reduce<Settings>(settingsAfter, state)
    return {
      standing: {
        ...checkpoint.standing,
        state: { ...state, knobs, ramps },
        checkpoint: nudges.length === 0 ? summary : null,
      },
      checkpoint,
      recordedStep: Math.max(step, lastRecordedStep(db, branch)),
    }
  }
  throw new PandaError(
    'store/corrupt',
    'no checkpoint of this run can be read',
    'Restore the file from a copy.',
  )
}

function restoreUnlessRotten(work: () => Restored): Restored | null {
  try {
    return work()
  } catch (error) {
    // Replay from an older checkpoint closes the gap, and `verify` will name this one.
    if (error instanceof PandaError && error.code === 'store/corrupt') return null
    throw error
  }
}

/** The lineage's nudges that were made after a checkpoint was taken, oldest first. */
export const nudgesSince = (db: ReadableDb, branch: BranchId, { journalId }: Restored) =>
  lineageJournal(db, branch).filter((entry) => entry.kind === 'nudge' && entry.id > journalId)
