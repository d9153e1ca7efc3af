import { PandaError } from '../errors.ts'
import type { Branch, BranchId, CheckpointId } from '../protocol/run.ts'
import { all, durably, one, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { branchId, checkpointId, rowOf } from './ids.ts'

export interface NewBranch {
  /** Where it leaves its parent, the branch of this checkpoint; null for the first branch. */
  readonly forkCheckpoint: CheckpointId | null
  readonly reason: string | null
  readonly createdAt: number
}

interface Row {
  readonly id: number
  readonly parent: number | null
  readonly forkStep: number
  readonly forkCheckpoint: number | null
  readonly reason: string | null
  readonly createdAt: number
  readonly tipStep: number
}

/** Begins a branch. Its parent and fork step are its checkpoint's, so they cannot disagree. */
export function insertBranch(db: WritableDb, branch: NewBranch): Branch {
  const { forkCheckpoint, reason, createdAt } = branch
  return durably(db, () => {
    const fork =
      forkCheckpoint === null
        ? { parent: null, step: 0 }
        : one<{ parent: number; step: number }>(
            db,
            'SELECT branch AS parent, step FROM checkpoints WHERE id = ?',
            rowOf(forkCheckpoint),
          )
    if (fork === undefined) {
      throw new PandaError('store/missing-checkpoint', `there is no checkpoint ${forkCheckpoint}`)
    }
    const id = run(
      db,
      `INSERT INTO branches (parent, fork_step, fork_checkpoint, reason, created_at)
       VALUES (?, ?, ?, ?, ?)`,
      fork.parent,
      fork.step,
      forkCheckpoint && rowOf(forkCheckpoint),
      reason,
      createdAt,
    )
    return {
      branch: branchId(id),
      parent: fork.parent === null ? null : branchId(fork.parent),
      forkStep: fork.step,
      forkCheckpoint,
      reason,
      createdAt,
      tipStep: fork.step,
    }
  })
}

/** Every branch, ghosts included, in the order they were made. */
export function listBranches(db: ReadableDb): Branch[] {
  return all<Row>(
    db,
    `SELECT id, parent, fork_step AS forkStep, fork_checkpoint AS forkCheckpoint, reason,
            created_at AS createdAt,
            MAX(fork_step,
                COALESCE((SELECT MAX(last_step) FROM metric_blocks WHERE branch = branches.id), 0),
                COALESCE((SELECT MAX(step) FROM checkpoints WHERE branch = branches.id), 0)) AS tipStep
       FROM branches ORDER BY id`,
  ).map((row) => ({
    branch: branchId(row.id),
    parent: row.parent === null ? null : branchId(row.parent),
    forkStep: row.forkStep,
    forkCheckpoint: row.forkCheckpoint === null ? null : checkpointId(row.forkCheckpoint),
    reason: row.reason,
    createdAt: row.createdAt,
    tipStep: row.tipStep,
  }))
}

/** The last step that any metric of this branch was recorded for; its fork step where there is none. */
export function lastRecordedStep(db: ReadableDb, branch: BranchId): number {
  const row = one<{ last: number }>(
    db,
    `SELECT COALESCE((SELECT MAX(last_step) FROM metric_blocks WHERE branch = branches.id), fork_step)
              AS last
       FROM branches WHERE id = ?`,
    rowOf(branch),
  )
  if (row === undefined) throw new Error(`there is no branch ${branch}`)
  return row.last
}
