import type { BranchId } from '../protocol/run.ts'
import { one } from './db.ts'
import type { ReadableDb } from './db.ts'
import { branchId, rowOf } from './ids.ts'

/** What one branch contributes to a lineage: the steps (fromStep, toStep], and ids up to the limits. */
export interface Segment {
  readonly branch: BranchId
  readonly fromStep: number
  readonly toStep: number
  readonly journalLimit: number
  readonly checkpointLimit: number
}

/** Beyond every step and id, and exact in SQLite too. */
const UNLIMITED = Number.MAX_SAFE_INTEGER

interface Row {
  readonly id: number
  readonly parent: number | null
  readonly forkStep: number
  readonly forkCheckpoint: number | null
  readonly journalId: number | null
}

/** The way from the first step to the tip of a branch, oldest segment first. */
export function lineageOf(db: ReadableDb, branch: BranchId): Segment[] {
  const segments: Segment[] = []
  let limits = { toStep: UNLIMITED, journalLimit: UNLIMITED, checkpointLimit: UNLIMITED }
  for (let next: number | null = rowOf(branch); next !== null;) {
    const row: Row | undefined = one<Row>(
      db,
      `SELECT branches.id, parent, fork_step AS forkStep, fork_checkpoint AS forkCheckpoint,
              checkpoints.journal_id AS journalId
         FROM branches LEFT JOIN checkpoints ON checkpoints.id = fork_checkpoint
        WHERE branches.id = ?`,
      next,
    )
    if (row === undefined) throw new Error(`there is no branch ${branchId(next)}`)
    segments.unshift({ branch: branchId(row.id), fromStep: row.forkStep, ...limits })
    limits = {
      toStep: row.forkStep,
      journalLimit: row.journalId ?? 0,
      checkpointLimit: row.forkCheckpoint ?? 0,
    }
    next = row.parent // always a smaller id, by the table's own check: this ends
  }
  return segments
}
