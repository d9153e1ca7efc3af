import type { BranchId } from '../protocol/run.ts'
import { one } from './db.ts'
import type { ReadableDb } from './db.ts'
import { rowOf } from './ids.ts'
import { lineageOf } from './lineage.ts'
import { decodeBlock } from './metric-block.ts'
import type { MetricBlock } from './metric-block.ts'
import { metricNamesOf } from './metric-names.ts'

interface Point {
  readonly metric: string
  readonly step: number
  readonly value: number
}

/** The last point of a series at `to` or before it; null if there is none. */
function lastPoint(db: ReadableDb, branch: BranchId, metric: string, to: number): Point | null {
  const row = one<MetricBlock>(
    db,
    `SELECT branch, metric, first_step AS firstStep, last_step AS lastStep, count, crc32, steps, body
       FROM metric_blocks WHERE branch = ? AND metric = ? AND first_step <= ?
      ORDER BY last_step DESC LIMIT 1`,
    rowOf(branch),
    metric,
    to,
  )
  if (row === undefined) return null
  const { steps, values } = decodeBlock(db.file, row)
  const at = steps.findLastIndex((step) => step <= to)
  return { metric, step: steps[at] ?? 0, value: values[at] ?? NaN }
}

/** Values that were recorded together. */
export interface LatestPoints {
  readonly step: number
  readonly points: readonly (readonly [metric: string, value: number])[]
}

/** The newest points along a lineage, at `to` or before it, of the metrics wanted; null if there are none. */
export function latestPoints(
  db: ReadableDb,
  branch: BranchId,
  to: number,
  isWanted: (metric: string) => boolean,
): LatestPoints | null {
  for (const segment of lineageOf(db, branch).toReversed()) {
    const until = Math.min(to, segment.toStep)
    const points = metricNamesOf(db, segment.branch)
      .filter(isWanted)
      .map((metric) => lastPoint(db, segment.branch, metric, until))
      .filter((point) => point !== null)
    const step = Math.max(-1, ...points.map((point) => point.step))
    if (step < 0) continue
    return {
      step,
      points: points
        .filter((point) => point.step === step)
        .map(({ metric, value }) => [metric, value] as const),
    }
  }
  return null
}
