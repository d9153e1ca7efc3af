import { z } from 'zod'
import { PandaError } from '../errors.ts'
import type { BranchId, CheckpointSummary } from '../protocol/run.ts'
import { lastRecordedStep } from '../store/branches.ts'
import { lineageCheckpoints, loadCheckpoint } from '../store/checkpoints.ts'
import type { ReadableDb } from '../store/db.ts'
import { lineageJournal } from '../store/journal.ts'
import { applyChanges, changesIn } from './knobs.ts'
import type { Calendar } from './position.ts'
import { decodeState } from './training-state.ts'
import type { Standing } from './trainer.ts'

const bookkeeping = z.object({
  state: z.unknown(),
  stateSha256: z.string(),
  calendar: z.object({
    day: z.int(),
    dayFromStep: z.int(),
    dayFromSamples: z.int(),
    dayTrainedMs: z.number(),
    trainedMs: z.number(),
  }) satisfies z.ZodType<Calendar>,
  cost: z.number().nullable(),
  evaluation: z
    .object({ cost: z.number(), accuracy: z.number().nullable(), step: z.int() })
    .nullable(),
})

export interface Restored {
  readonly standing: Standing
  readonly stateSha256: string
  /** The newest journal entry there was when it was taken. */
  readonly journalId: number
}

/** What a checkpoint holds, as a place to stand on `branch`. Throws `store/corrupt` on rot. */
export function restore(
  db: ReadableDb,
  summary: CheckpointSummary,
  branch: BranchId = summary.branch,
): Restored {
  const { meta, payload, journalId } = loadCheckpoint(db, summary.checkpoint)
  const parsed = bookkeeping.safeParse(meta)
  if (!parsed.success) {
    throw new PandaError('store/corrupt', `checkpoint ${summary.checkpoint} is malformed`)
  }
  const { stateSha256, calendar, cost, evaluation } = parsed.data
  const state = decodeState(parsed.data.state, payload)
  return {
    stateSha256,
    journalId,
    standing: { branch, state, calendar, cost, evaluation, checkpoint: summary },
  }
}

/** Where a run stands on disk: at its newest good checkpoint, and perhaps some recorded steps beyond. */
export interface FoundRun {
  readonly standing: Standing
  readonly checkpoint: Restored & { readonly summary: CheckpointSummary }
  /** Recorded steps that no checkpoint holds, to be replayed: (standing's step, this]. */
  readonly recordedStep: number
  /** Checkpoints that could not be read, newest first. */
  readonly unreadable: readonly string[]
}

/** Finds where a run stands. Nudges that were journaled at the checkpoint's own step are in force. */
export function findStanding(db: ReadableDb, branch: BranchId): FoundRun {
  const unreadable: string[] = []
  for (const summary of lineageCheckpoints(db, branch).toReversed()) {
    let restored: Restored
    try {
      restored = restore(db, summary, branch)
    } catch (error) {
      // A rotten checkpoint is reported, and the one before it serves: replay closes the gap.
      if (!(error instanceof PandaError) || error.code !== 'store/corrupt') throw error
      unreadable.push(summary.checkpoint)
      continue
    }
    const { standing } = restored
    const { step } = standing.state.position
    const nudges = nudgesSince(db, branch, restored).filter((entry) => entry.step === step)
    const knobs = nudges.reduce(
      (now, entry) => applyChanges(now, changesIn(entry)),
      standing.state.knobs,
    )
    return {
      standing: {
        ...standing,
        state: { ...standing.state, knobs },
        checkpoint: nudges.length === 0 ? summary : null,
      },
      checkpoint: { ...restored, summary },
      recordedStep: Math.max(step, lastRecordedStep(db, branch)),
      unreadable,
    }
  }
  throw new PandaError(
    'store/corrupt',
    'no checkpoint of this run can be read',
    'Restore the file from a backup.',
  )
}

/** The lineage's nudges that were made after a checkpoint was taken, oldest first. */
export const nudgesSince = (db: ReadableDb, branch: BranchId, { journalId }: Restored) =>
  lineageJournal(db, branch).filter((entry) => entry.kind === 'nudge' && entry.id > journalId)
