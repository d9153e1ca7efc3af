import type { BranchId } from '../protocol/run.ts'
import { all, one, run, together } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { rowOf } from './ids.ts'
import { lineageOf } from './lineage.ts'
import { BLOCK_LENGTH, decodeBlock, encodeBlock } from './metric-block.ts'
import type { DecodedBlock, MetricBlock, Points } from './metric-block.ts'
import { extendRollups, truncateRollups } from './rollups.ts'

type Row = MetricBlock & { readonly id: number }

const COLUMNS = `id, branch, metric, first_step AS firstStep, last_step AS lastStep, count, crc32,
  steps, body`

/** Adds points to a series; steps ascend. Safe when this returns, except from a loss of power. */
export function appendMetrics(
  db: WritableDb,
  branch: BranchId,
  metric: string,
  points: Points,
): void {
  if (points.steps.length !== points.values.length) {
    throw new Error(`${points.steps.length} steps but ${points.values.length} values of ${metric}`)
  }
  if (points.steps.length === 0) return
  together(db, () => {
    const tail = one<Row>(
      db,
      `SELECT ${COLUMNS} FROM metric_blocks WHERE branch = ? AND metric = ?
        ORDER BY last_step DESC LIMIT 1`,
      rowOf(branch),
      metric,
    )
    refuseDisorder(metric, tail?.lastStep ?? -1, points.steps)
    const isOpen = tail !== undefined && tail.count < BLOCK_LENGTH
    const series = isOpen ? joined([decodeBlock(db.file, tail), decoded(points)]) : decoded(points)
    if (isOpen) run(db, 'DELETE FROM metric_blocks WHERE id = ?', tail.id)
    for (let from = 0; from < series.steps.length; from += BLOCK_LENGTH) {
      insertBlock(db, rowOf(branch), metric, sliced(series, from, from + BLOCK_LENGTH))
    }
    if (series.steps.length >= BLOCK_LENGTH) extendRollups(db, branch, metric)
  })
}

/** The points of one branch with steps in (from, to], each block checked against its checksum. */
export function readMetrics(
  db: ReadableDb,
  branch: BranchId,
  metric: string,
  from = -1,
  to = Number.MAX_SAFE_INTEGER,
): DecodedBlock {
  // Blocks don't overlap, so the last one wanted is the first that reaches `to`.
  const rows = all<Row>(
    db,
    `SELECT ${COLUMNS} FROM metric_blocks
      WHERE branch = ? AND metric = ? AND last_step > ?
        AND last_step <= COALESCE((SELECT MIN(last_step) FROM metric_blocks
                                    WHERE branch = ? AND metric = ? AND last_step >= ?), ?)
      ORDER BY last_step`,
    rowOf(branch),
    metric,
    from,
    rowOf(branch),
    metric,
    to,
    to,
  )
  return within(joined(rows.map((row) => decodeBlock(db.file, row))), from, to)
}

/** The steps (from, to] of one branch. */
export interface SeriesPart {
  readonly branch: BranchId
  readonly from: number
  readonly to: number
}

/** The parts of branches that the steps (from, to] of a lineage are made of, oldest first. */
export const segmentsOf = (
  db: ReadableDb,
  branch: BranchId,
  from: number,
  to: number,
): readonly SeriesPart[] =>
  lineageOf(db, branch).map((segment) => ({
    branch: segment.branch,
    // What is recorded at step 0 belongs to the first branch, which starts there.
    from: Math.max(from, segment.fromStep === 0 ? -1 : segment.fromStep),
    to: Math.min(to, segment.toStep),
  }))

/** The same along a branch's whole lineage. */
export const readLineageMetrics = (
  db: ReadableDb,
  branch: BranchId,
  metric: string,
  from = -1,
  to = Number.MAX_SAFE_INTEGER,
): DecodedBlock =>
  joined(
    segmentsOf(db, branch, from, to).map((part) =>
      readMetrics(db, part.branch, metric, part.from, part.to),
    ),
  )

/** Forgets what a branch recorded after a step, so that recovery can record it again. */
export function truncateMetrics(db: WritableDb, branch: BranchId, afterStep: number): void {
  together(db, () => {
    const rows = all<Row>(
      db,
      `SELECT ${COLUMNS} FROM metric_blocks
        WHERE branch = ? AND last_step > ? AND first_step <= ?`,
      rowOf(branch),
      afterStep,
      afterStep,
    )
    const kept = rows.map((row) => within(decodeBlock(db.file, row), -1, afterStep))
    run(
      db,
      'DELETE FROM metric_blocks WHERE branch = ? AND last_step > ?',
      rowOf(branch),
      afterStep,
    )
    rows.forEach((row, at) => insertBlock(db, row.branch, row.metric, kept[at]!))
    truncateRollups(db, branch, afterStep)
  })
}

function insertBlock(db: WritableDb, branch: number, metric: string, points: DecodedBlock): void {
  const block = encodeBlock(branch, metric, points)
  run(
    db,
    `INSERT INTO metric_blocks (branch, metric, first_step, last_step, count, crc32, steps, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    branch,
    metric,
    block.firstStep,
    block.lastStep,
    block.count,
    block.crc32,
    block.steps,
    block.body,
  )
}

function refuseDisorder(metric: string, last: number, steps: ArrayLike<number>): void {
  let before = last
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!
    if (!Number.isSafeInteger(step) || step <= before) {
      throw new Error(`${metric} of step ${step} after that of step ${before}`)
    }
    before = step
  }
}

const decoded = ({ steps, values }: Points): DecodedBlock => ({
  steps: Float64Array.from(steps),
  values: Float64Array.from(values),
})

const sliced = ({ steps, values }: DecodedBlock, from: number, to: number): DecodedBlock => ({
  steps: steps.slice(from, to),
  values: values.slice(from, to),
})

function within(series: DecodedBlock, from: number, to: number): DecodedBlock {
  const first = series.steps.findIndex((step) => step > from)
  const last = series.steps.findLastIndex((step) => step <= to)
  return first < 0 ? sliced(series, 0, 0) : sliced(series, first, Math.max(first, last + 1))
}

function joined(parts: readonly DecodedBlock[]): DecodedBlock {
  const length = parts.reduce((total, { steps }) => total + steps.length, 0)
  const whole = { steps: new Float64Array(length), values: new Float64Array(length) }
  let at = 0
  for (const { steps, values } of parts) {
    whole.steps.set(steps, at)
    whole.values.set(values, at)
    at += steps.length
  }
  return whole
}
