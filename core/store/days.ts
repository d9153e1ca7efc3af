import type { BranchId, DaySummary } from '../protocol/run.ts'
import { all, durably, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { branchId, checkpointId, rowOf } from './ids.ts'
import { lineageOf } from './lineage.ts'

interface Row {
  readonly day: number
  readonly branch: number
  readonly checkpoint: number
  readonly fromStep: number
  readonly toStep: number
  readonly endedAt: number
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  readonly parametersSha256: string
}

const SELECT = `SELECT day, days.branch, checkpoint, from_step AS fromStep, to_step AS toStep,
    ended_at AS endedAt, days.cost, days.dev_cost AS devCost, days.dev_accuracy AS devAccuracy,
    parameters_sha256 AS parametersSha256
  FROM days JOIN checkpoints ON checkpoints.id = checkpoint`

const dayOf = ({ branch, checkpoint, ...rest }: Row): DaySummary => ({
  ...rest,
  branch: branchId(branch),
  checkpoint: checkpointId(checkpoint),
})

/** Records that a day is over; its parameters' hash is its checkpoint's. On disk when this returns. */
export function closeDay(db: WritableDb, day: Omit<DaySummary, 'parametersSha256'>): void {
  durably(db, () =>
    run(
      db,
      `INSERT INTO days (branch, day, checkpoint, from_step, to_step, ended_at,
                         cost, dev_cost, dev_accuracy)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      rowOf(day.branch),
      day.day,
      rowOf(day.checkpoint),
      day.fromStep,
      day.toStep,
      day.endedAt,
      day.cost,
      day.devCost,
      day.devAccuracy,
    ),
  )
}

/** The closed days of every branch, oldest first. */
export const listDays = (db: ReadableDb): DaySummary[] =>
  all<Row>(db, `${SELECT} ORDER BY days.id`).map(dayOf)

/** The closed days that the tip of a branch descends from, oldest first. */
export const lineageDays = (db: ReadableDb, branch: BranchId): DaySummary[] =>
  lineageOf(db, branch).flatMap((segment) =>
    all<Row>(
      db,
      `${SELECT} WHERE days.branch = ? AND checkpoint <= ? ORDER BY day`,
      rowOf(segment.branch),
      segment.checkpointLimit,
    ).map(dayOf),
  )
