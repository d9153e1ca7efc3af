import { PandaError } from '../errors.ts'
import type { BranchId } from '../protocol/run.ts'
import { stretchOf } from '../series/index.ts'
import type { Stretch } from '../series/index.ts'
import { all, one, run, together } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { branchId, rowOf } from './ids.ts'
import { BLOCK_LENGTH, decodeBlock } from './metric-block.ts'
import type { MetricBlock } from './metric-block.ts'
import { metricNamesOf } from './metric-names.ts'
import {
  ROLLUP_LENGTH,
  chained,
  cut,
  decodeRollup,
  encodeRollup,
  rolledUp,
} from './rollup-block.ts'
import type { RollupBlock } from './rollup-block.ts'

export type RollupRow = RollupBlock & { readonly id: number }

export const ROLLUP_COLUMNS = `id, branch, metric, level, from_step AS fromStep,
  last_step AS lastStep, count, crc32, steps, body`

/** Full blocks summed up in one transaction: some 20 ms. An upgrade that is broken off goes on from there. */
const BATCH = 1_024

/** A level of one series. Level 0 are the points themselves. */
interface Level {
  readonly branch: BranchId
  readonly metric: string
  readonly level: number
}

/** Sums up, on every level, the full blocks of a series that are not yet. Part of a transaction, if in one. */
export function extendRollups(db: WritableDb, branch: BranchId, metric: string): void {
  for (let level = 0; level <= highestLevel(db, branch, metric); level++) {
    while (together(db, () => extendLevel(db, { branch, metric, level })) === BATCH);
  }
}

/**
 * Sums up what an earlier version recorded. Nothing else is touched, and what is done stays done wherever
 * it is broken off. A file that has nothing left to sum up costs a few look-ups per series.
 */
export function completeRollups(db: WritableDb): void {
  for (const { id } of all<{ id: number }>(db, 'SELECT id FROM branches ORDER BY id')) {
    const branch = branchId(id)
    for (const metric of metricNamesOf(db, branch)) extendRollups(db, branch, metric)
  }
}

/** The highest level that a series has; 0 where it has none above its points. */
export const highestLevel = (db: ReadableDb, branch: BranchId, metric: string): number =>
  one<{ level: number | null }>(
    db,
    'SELECT MAX(level) AS level FROM metric_rollups WHERE branch = ? AND metric = ?',
    rowOf(branch),
    metric,
  )?.level ?? 0

/** Forgets the summaries of what a branch no longer holds after a step. To be called once that is forgotten. */
export function truncateRollups(db: WritableDb, branch: BranchId, afterStep: number): void {
  const rows = all<RollupRow>(
    db,
    `SELECT ${ROLLUP_COLUMNS} FROM metric_rollups WHERE branch = ? AND last_step > ?
      ORDER BY metric, level, last_step`,
    rowOf(branch),
    afterStep,
  )
  for (const row of rows) {
    run(db, 'DELETE FROM metric_rollups WHERE id = ?', row.id)
    // A block that is no longer full will be summed up again as a whole, so nothing of it may stay.
    const limit = lastFullStep(db, { branch, metric: row.metric, level: row.level - 1 })
    const entries = row.fromStep < limit ? decodeRollup(row) : null
    if (entries === null) continue
    const kept = entries.step.findLastIndex((step) => step <= limit) + 1
    if (kept > 0) insertRollup(db, row, cut(entries, 0, kept))
  }
}

/** Where the last full block of a level ends; -1 if there is none. */
function lastFullStep(db: ReadableDb, { branch, metric, level }: Level): number {
  const inTable =
    level === 0
      ? `FROM metric_blocks WHERE branch = ? AND metric = ? AND count = ${BLOCK_LENGTH} AND 0 = ?`
      : `FROM metric_rollups WHERE branch = ? AND metric = ? AND count = ${ROLLUP_LENGTH} AND level = ?`
  return (
    one<{ last: number | null }>(
      db,
      `SELECT last_step AS last ${inTable} ORDER BY last_step DESC LIMIT 1`,
      rowOf(branch),
      metric,
      level,
    )?.last ?? -1
  )
}

/** Carries full blocks of a level to the next. Answers how many it went through: less than a batch are all. */
function extendLevel(db: WritableDb, { branch, metric, level }: Level): number {
  const above = { branch: rowOf(branch), metric, level: level + 1 }
  const { reach, open } = takeOpenTail(db, above)
  const full = readFull(db, { branch, metric, level }, reach)
  if (full.length === 0) return 0

  if (open !== null) run(db, 'DELETE FROM metric_rollups WHERE id = ?', open.id)
  let current: Stretch | null = open?.entries ?? null
  for (const block of full) {
    if (block === null) continue // rotten: whoever wants its points is told so where they are read
    const isNext = current !== null && block.firstStep === current.step.at(-1)! + 1
    if (current !== null && !isNext) insertRollup(db, above, current)
    const next = rolledUp(block)
    current = current !== null && isNext ? chained(current, next) : next
    if (current.step.length === ROLLUP_LENGTH) {
      insertRollup(db, above, current)
      current = null
    }
  }
  if (current !== null) insertRollup(db, above, current)
  return full.some((block) => block !== null) ? full.length : 0
}

/** How far a level reaches (null where it has nothing), and its last row where that has room for more. */
function takeOpenTail(
  db: WritableDb,
  { branch, metric, level }: { branch: number; metric: string; level: number },
): { reach: number | null; open: { id: number; entries: Stretch } | null } {
  const tail = one<RollupRow>(
    db,
    `SELECT ${ROLLUP_COLUMNS} FROM metric_rollups WHERE branch = ? AND metric = ? AND level = ?
      ORDER BY last_step DESC LIMIT 1`,
    branch,
    metric,
    level,
  )
  if (tail === undefined) return { reach: null, open: null }
  if (tail.count === ROLLUP_LENGTH) return { reach: tail.lastStep, open: null }
  const entries = decodeRollup(tail)
  if (entries !== null) return { reach: tail.lastStep, open: { id: tail.id, entries } }
  // Rotten: what it held is summed up again.
  run(db, 'DELETE FROM metric_rollups WHERE id = ?', tail.id)
  return takeOpenTail(db, { branch, metric, level })
}

/** The full blocks of a level that end after `reach`, a batch at most; null for each that is rotten. */
function readFull(
  db: ReadableDb,
  { branch, metric, level }: Level,
  reach: number | null,
): readonly (Stretch | null)[] {
  const after = reach ?? -1
  if (level > 0) {
    return all<RollupRow>(
      db,
      `SELECT ${ROLLUP_COLUMNS} FROM metric_rollups
        WHERE branch = ? AND metric = ? AND level = ? AND last_step > ? AND count = ${ROLLUP_LENGTH}
        ORDER BY last_step LIMIT ${BATCH}`,
      rowOf(branch),
      metric,
      level,
      after,
    ).map(decodeRollup)
  }
  // Sparse points leave steps between blocks in which there is nothing: they go with the block that follows.
  let before = reach
  return all<MetricBlock>(
    db,
    `SELECT branch, metric, first_step AS firstStep, last_step AS lastStep, count, crc32, steps, body
       FROM metric_blocks
      WHERE branch = ? AND metric = ? AND last_step > ? AND count = ${BLOCK_LENGTH}
      ORDER BY last_step LIMIT ${BATCH}`,
    rowOf(branch),
    metric,
    after,
  ).map((row) => {
    const firstStep = before === null ? row.firstStep : before + 1
    before = row.lastStep
    const points = tryDecode(db, row)
    return points && { ...points, firstStep }
  })
}

function tryDecode(db: ReadableDb, row: MetricBlock): Stretch | null {
  try {
    const { steps, values } = decodeBlock(db.file, row)
    return stretchOf(steps, values)
  } catch (error) {
    if (error instanceof PandaError && error.code === 'store/corrupt') return null
    throw error
  }
}

function insertRollup(
  db: WritableDb,
  { branch, metric, level }: { branch: number; metric: string; level: number },
  entries: Stretch,
): void {
  const block = encodeRollup(branch, metric, level, entries)
  run(
    db,
    `INSERT INTO metric_rollups
       (branch, metric, level, from_step, last_step, count, crc32, steps, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    branch,
    metric,
    level,
    block.fromStep,
    block.lastStep,
    block.count,
    block.crc32,
    block.steps,
    block.body,
  )
}
