import { z } from 'zod'
import { TRIAL_STATES } from '../protocol/study.ts'
import type { TrialSummary } from '../protocol/study.ts'
import type { Point, Scalar } from '../protocol/space.ts'
import { insertBranch } from './branches.ts'
import { all, durably, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { corrupt } from './failures.ts'
import { branchId, rowOf } from './ids.ts'
import { fromJson, toJson } from './json.ts'

/** A trial as its row has it. */
export interface TrialRecord extends Omit<TrialSummary, 'rung'> {
  /** Of the study's spaces the one it was proposed in. */
  readonly space: number
  /** What was measured at each rung, in their order; null where that was not finite. */
  readonly measured: readonly (number | null)[]
}

interface Row {
  readonly id: number
  readonly branch: number
  readonly point: string
  readonly space: number
  readonly state: string
  readonly step: number
  readonly budgetSteps: number | null
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  readonly value: number | null
  readonly measured: string
  readonly reason: string | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly parameters: number | null
}

const shape = z.object({
  point: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  measured: z.array(z.number().nullable()),
  state: z.enum(TRIAL_STATES),
})

/** Every trial, in the order they were proposed. */
export const listTrials = (db: ReadableDb): TrialRecord[] =>
  all<Row>(
    db,
    `SELECT id, branch, point, space, state, step, budget_steps AS budgetSteps, cost,
            dev_cost AS devCost, dev_accuracy AS devAccuracy, value, measured, reason,
            started_at AS startedAt, ended_at AS endedAt, parameters
       FROM trials ORDER BY id`,
  ).map(({ id, branch, point, measured, state, ...row }) => {
    const parsed = shape.safeParse({
      point: fromJson(db.file, point),
      measured: fromJson(db.file, measured),
      state,
    })
    if (!parsed.success) throw corrupt(db.file, `trial ${id} cannot be understood`, parsed.error)
    return { ...row, ...parsed.data, trial: id, branch: branchId(branch), parent: null }
  })

/** A new trial waits on its branch. `branch` names one that is there already, as the first of a file is. */
export function insertTrial(
  db: WritableDb,
  given: {
    readonly point: Point
    readonly space: number
    readonly createdAt: number
    readonly isFirst?: boolean
  },
): TrialRecord {
  const { point, space, createdAt, isFirst = false } = given
  return durably(db, () => {
    const branch = isFirst
      ? branchId(1)
      : insertBranch(db, { forkCheckpoint: null, reason: null, createdAt }).branch
    const trial = run(
      db,
      `INSERT INTO trials (branch, point, space, state, step, measured)
       VALUES (?, ?, ?, 'waiting', 0, '[]')`,
      rowOf(branch),
      toJson(point),
      space,
    )
    return { ...NEW_TRIAL, trial, branch, point: point as Record<string, Scalar>, space }
  })
}

const NEW_TRIAL = {
  parent: null,
  state: 'waiting',
  step: 0,
  budgetSteps: null,
  cost: null,
  devCost: null,
  devAccuracy: null,
  value: null,
  measured: [],
  reason: null,
  startedAt: null,
  endedAt: null,
  parameters: null,
} as const

/** Writes where a trial stands. Part of the caller's transaction. */
export function updateTrial(db: WritableDb, trial: TrialRecord): void {
  run(
    db,
    `UPDATE trials SET state = ?, step = ?, budget_steps = ?, cost = ?, dev_cost = ?,
            dev_accuracy = ?, value = ?, measured = ?, reason = ?, started_at = ?, ended_at = ?,
            parameters = ?
      WHERE id = ?`,
    trial.state,
    trial.step,
    trial.budgetSteps,
    trial.cost,
    trial.devCost,
    trial.devAccuracy,
    trial.value,
    toJson(trial.measured),
    trial.reason,
    trial.startedAt,
    trial.endedAt,
    trial.parameters,
    trial.trial,
  )
}

/** Forgets all checkpoints of a trial but the newest: nobody goes back within one. */
export function keepNewestCheckpoint(db: WritableDb, branch: TrialRecord['branch']): void {
  run(
    db,
    `DELETE FROM checkpoints
      WHERE branch = ? AND id < (SELECT MAX(id) FROM checkpoints WHERE branch = ?)`,
    rowOf(branch),
    rowOf(branch),
  )
}

/** A trial as it is told. */
export const summaryOf = ({ space: _, measured, ...trial }: TrialRecord): TrialSummary => ({
  ...trial,
  rung: measured.length,
})
