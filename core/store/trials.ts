import { z } from 'zod'
import { TRIAL_STATES } from '../protocol/study.ts'
import type { TrialSummary } from '../protocol/study.ts'
import type { Point, Scalar } from '../protocol/space.ts'
import { insertBranch } from './branches.ts'
import { lineageCheckpoints } from './checkpoints.ts'
import { all, durably, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { corrupt } from './failures.ts'
import { branchId, rowOf } from './ids.ts'
import { fromJson, toJson } from './json.ts'

/** A trial as its row has it. */
export interface TrialRecord extends Omit<TrialSummary, 'rung'> {
  /** Of the study's spaces the one it was proposed in. */
  readonly space: number
  /** What was measured at each rung, in their order; null where that was not finite. A copy has its parent's too. */
  readonly measured: readonly (number | null)[]
  /** Of a population: the exchange that it came with, counted from 1; 0 for a trial that was proposed. */
  readonly born: number
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
  readonly born: number
  readonly parentTrial: number | null
  readonly parentStep: number
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
    `SELECT trials.id, trials.branch, trials.born, trials.point, trials.space, trials.state,
            trials.step, trials.budget_steps AS budgetSteps, trials.cost,
            trials.dev_cost AS devCost, trials.dev_accuracy AS devAccuracy, trials.value,
            trials.measured, trials.reason, trials.started_at AS startedAt,
            trials.ended_at AS endedAt, trials.parameters,
            parents.id AS parentTrial, branches.fork_step AS parentStep
       FROM trials JOIN branches ON branches.id = trials.branch
            LEFT JOIN trials AS parents ON parents.branch = branches.parent
      ORDER BY trials.id`,
  ).map(({ id, branch, point, measured, state, parentTrial, parentStep, ...row }) => {
    const parsed = shape.safeParse({
      point: fromJson(db.file, point),
      measured: fromJson(db.file, measured),
      state,
    })
    if (!parsed.success) throw corrupt(db.file, `trial ${id} cannot be understood`, parsed.error)
    const parent = parentTrial === null ? null : { trial: parentTrial, step: parentStep }
    return { ...row, ...parsed.data, trial: id, branch: branchId(branch), parent }
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
    return insertRow(db, { ...NEW_TRIAL, branch, point: point as Record<string, Scalar>, space })
  })
}

/** A changed copy of another trial waits where that one's newest checkpoint is, on a branch that forks there. */
export function insertChild(
  db: WritableDb,
  parent: TrialRecord,
  given: { readonly point: Point; readonly space: number; readonly createdAt: number },
): TrialRecord {
  const { point, space, createdAt } = given
  return durably(db, () => {
    const from = lineageCheckpoints(db, parent.branch).at(-1)
    if (from === undefined) throw new Error(`trial ${parent.trial} has no checkpoint to copy`)
    const fork = { forkCheckpoint: from.checkpoint, reason: null, createdAt }
    const { branch, forkStep } = insertBranch(db, fork)
    return insertRow(db, {
      ...NEW_TRIAL,
      branch,
      parent: { trial: parent.trial, step: forkStep },
      born: parent.measured.length,
      point: point as Record<string, Scalar>,
      space,
      step: forkStep,
      measured: parent.measured,
    })
  })
}

function insertRow(db: WritableDb, trial: Omit<TrialRecord, 'trial'>): TrialRecord {
  const { branch, born, point, space, state, step, measured } = trial
  const id = run(
    db,
    `INSERT INTO trials (branch, born, point, space, state, step, measured)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    rowOf(branch),
    born,
    toJson(point),
    space,
    state,
    step,
    toJson(measured),
  )
  return { ...trial, trial: id }
}

const NEW_TRIAL = {
  parent: null,
  born: 0,
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

/**
 * Forgets all checkpoints of a trial but the newest: nobody goes back within one. One that copies fork from
 * keeps its row, by which their curves are read, and its state until each of them has saved one of its own.
 */
export function keepNewestCheckpoint(db: WritableDb, branch: TrialRecord['branch']): void {
  const row = rowOf(branch)
  run(
    db,
    `DELETE FROM checkpoints
      WHERE branch = ? AND id < (SELECT MAX(id) FROM checkpoints WHERE branch = ?)
        AND NOT EXISTS (SELECT 1 FROM branches WHERE fork_checkpoint = checkpoints.id)`,
    row,
    row,
  )
  // This branch's own, and the one it forks from: it may have been the last that needed that.
  run(
    db,
    `DELETE FROM checkpoint_chunks WHERE checkpoint IN (
       SELECT id FROM checkpoints AS fork
        WHERE (branch = ? OR id = (SELECT fork_checkpoint FROM branches WHERE id = ?))
          AND id < (SELECT MAX(id) FROM checkpoints WHERE branch = fork.branch)
          AND NOT EXISTS (
            SELECT 1 FROM branches
             WHERE fork_checkpoint = fork.id
               AND NOT EXISTS (SELECT 1 FROM checkpoints WHERE branch = branches.id)))`,
    row,
    row,
  )
}

/** A trial as it is told. */
export const summaryOf = ({
  space: _,
  born: _born,
  measured,
  ...trial
}: TrialRecord): TrialSummary => ({
  ...trial,
  rung: measured.length,
})
