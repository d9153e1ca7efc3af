import { createHash } from 'node:crypto'
import { PandaError } from '../errors.ts'
import type { BranchId, CheckpointId, CheckpointKind, CheckpointSummary } from '../protocol/run.ts'
import { chunksOf, joinChunks } from './chunks.ts'
import { all, durably, one, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { corrupt } from './failures.ts'
import { branchId, checkpointId, rowOf } from './ids.ts'
import { fromJson, toJson } from './json.ts'
import { lineageOf } from './lineage.ts'

export interface NewCheckpoint extends Omit<CheckpointSummary, 'checkpoint' | 'sha256' | 'bytes'> {
  /** The small part of the state, as JSON. No time of day belongs here: replays are compared by it. */
  readonly meta: unknown
  /** The large part: parameters and moments. */
  readonly payload: Uint8Array
}

export interface LoadedCheckpoint {
  readonly summary: CheckpointSummary
  /** The newest journal entry there was when it was taken; 0 for none. */
  readonly journalId: number
  readonly meta: unknown
  readonly payload: Uint8Array
}

interface Row {
  readonly id: number
  readonly branch: number
  readonly step: number
  readonly kind: CheckpointKind
  readonly createdAt: number
  readonly cost: number | null
  readonly devCost: number | null
  readonly devAccuracy: number | null
  readonly parametersSha256: string
  readonly sha256: string
  readonly bytes: number
}

const COLUMNS = `id, branch, step, kind, created_at AS createdAt, cost, dev_cost AS devCost,
  dev_accuracy AS devAccuracy, parameters_sha256 AS parametersSha256, sha256, bytes`

const summaryOf = ({ id, branch, ...rest }: Row): CheckpointSummary => ({
  checkpoint: checkpointId(id),
  branch: branchId(branch),
  ...rest,
})

/** SHA-256 of a whole state. Two replays that end in the same state have the same. */
export const stateSha256 = (meta: unknown, payload: Uint8Array): string =>
  digest(toJson(meta), payload)

function digest(metaText: string, payload: Uint8Array): string {
  const meta = Buffer.from(metaText)
  return createHash('sha256')
    .update(`panda-state-1 ${meta.length} ${payload.length}\n`)
    .update(meta)
    .update(payload)
    .digest('hex')
}

/** Saves a state in pieces of a megabyte, all or none. On disk when this returns. */
export function insertCheckpoint(db: WritableDb, checkpoint: NewCheckpoint): CheckpointSummary {
  const { meta, payload, ...given } = checkpoint
  const metaText = toJson(meta)
  const sha256 = digest(metaText, payload)
  return durably(db, () => {
    const id = run(
      db,
      `INSERT INTO checkpoints (branch, step, kind, created_at, cost, dev_cost, dev_accuracy,
                                parameters_sha256, sha256, bytes, meta, journal_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM journal))`,
      rowOf(given.branch),
      given.step,
      given.kind,
      given.createdAt,
      given.cost,
      given.devCost,
      given.devAccuracy,
      given.parametersSha256,
      sha256,
      payload.length,
      metaText,
    )
    let ordinal = 0
    for (const chunk of chunksOf(payload)) {
      run(
        db,
        'INSERT INTO checkpoint_chunks (checkpoint, ordinal, body) VALUES (?, ?, ?)',
        id,
        ordinal++,
        chunk,
      )
    }
    return { ...given, checkpoint: checkpointId(id), sha256, bytes: payload.length }
  })
}

/** A state as it was saved, checked against its SHA-256. */
export function loadCheckpoint(db: ReadableDb, id: CheckpointId): LoadedCheckpoint {
  const row = one<Row & { journalId: number; meta: string }>(
    db,
    `SELECT ${COLUMNS}, journal_id AS journalId, meta FROM checkpoints WHERE id = ?`,
    rowOf(id),
  )
  if (row === undefined) throw missing(id)
  const chunks = all<{ body: Uint8Array }>(
    db,
    'SELECT body FROM checkpoint_chunks WHERE checkpoint = ? ORDER BY ordinal',
    rowOf(id),
  )
  const { journalId, meta, ...summary } = row
  const payload = joinChunks(
    chunks.map(({ body }) => body),
    row.bytes,
  )
  if (payload === null || digest(meta, payload) !== row.sha256) {
    throw corrupt(db.file, `checkpoint ${id} is not what was saved`)
  }
  return { summary: summaryOf(summary), journalId, meta: fromJson(db.file, meta), payload }
}

/** What lies beside a state's tensors, unchecked: they are read and hashed by `loadCheckpoint` alone. */
export function readCheckpointMeta(
  db: ReadableDb,
  id: CheckpointId,
): Pick<LoadedCheckpoint, 'journalId' | 'meta'> {
  const row = one<{ journalId: number; meta: string }>(
    db,
    'SELECT journal_id AS journalId, meta FROM checkpoints WHERE id = ?',
    rowOf(id),
  )
  if (row === undefined) throw missing(id)
  return { journalId: row.journalId, meta: fromJson(db.file, row.meta) }
}

const missing = (id: CheckpointId) =>
  new PandaError('store/missing-checkpoint', `there is no checkpoint ${id}`)

/** Every checkpoint, oldest first, without their states: those are large and no list shows them. */
export const listCheckpoints = (db: ReadableDb): CheckpointSummary[] =>
  all<Row>(db, `SELECT ${COLUMNS} FROM checkpoints ORDER BY id`).map(summaryOf)

export function findCheckpoint(db: ReadableDb, id: CheckpointId): CheckpointSummary | null {
  const row = one<Row>(db, `SELECT ${COLUMNS} FROM checkpoints WHERE id = ?`, rowOf(id))
  return row === undefined ? null : summaryOf(row)
}

/** The checkpoints that the tip of a branch descends from, oldest first. */
export const lineageCheckpoints = (db: ReadableDb, branch: BranchId): CheckpointSummary[] =>
  lineageOf(db, branch).flatMap((segment) =>
    all<Row>(
      db,
      `SELECT ${COLUMNS} FROM checkpoints WHERE branch = ? AND id <= ? ORDER BY id`,
      rowOf(segment.branch),
      segment.checkpointLimit,
    ).map(summaryOf),
  )

/** The newest checkpoint of a branch's lineage at `step` or before it. */
export const checkpointAt = (
  db: ReadableDb,
  branch: BranchId,
  step: number,
): CheckpointSummary | null =>
  lineageCheckpoints(db, branch).findLast((checkpoint) => checkpoint.step <= step) ?? null

/**
 * Deletes the older checkpoints that a timer took on a branch, all but the newest `keep`. One that a branch
 * forks from, a day ends with or the journal names stays, whoever took it.
 */
export function thinTimerCheckpoints(db: WritableDb, branch: BranchId, keep: number): void {
  durably(db, () =>
    run(
      db,
      `DELETE FROM checkpoints
        WHERE branch = ? AND kind = 'timer'
          AND id NOT IN (SELECT id FROM checkpoints WHERE branch = ? AND kind = 'timer'
                          ORDER BY id DESC LIMIT ?)
          AND id NOT IN (SELECT fork_checkpoint FROM branches WHERE fork_checkpoint IS NOT NULL)
          AND id NOT IN (SELECT checkpoint FROM days)
          AND NOT EXISTS (SELECT 1 FROM journal WHERE body LIKE '%"c' || checkpoints.id || '"%')`,
      rowOf(branch),
      rowOf(branch),
      keep,
    ),
  )
}
