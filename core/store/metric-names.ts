import type { BranchId } from '../protocol/run.ts'
import { all } from './db.ts'
import type { ReadableDb } from './db.ts'
import { rowOf } from './ids.ts'

/** The names of what a branch recorded. Leaps from name to name: the index holds thousands of rows of each. */
export const metricNamesOf = (db: ReadableDb, branch: BranchId): readonly string[] =>
  all<{ metric: string }>(
    db,
    `WITH RECURSIVE names (metric) AS (
       SELECT MIN(metric) FROM metric_blocks WHERE branch = ?
       UNION ALL
       SELECT (SELECT MIN(metric) FROM metric_blocks WHERE branch = ? AND metric > names.metric)
         FROM names WHERE names.metric IS NOT NULL)
     SELECT metric FROM names WHERE metric IS NOT NULL`,
    rowOf(branch),
    rowOf(branch),
  ).map(({ metric }) => metric)
