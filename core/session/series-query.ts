import { PandaError } from '../errors.ts'
import type { MetricSeries, SeriesQuery } from '../protocol/run.ts'
import { isVitalSeries } from '../protocol/vitals.ts'
import { thin } from '../series/thin.ts'
import { listBranches } from '../store/branches.ts'
import type { ReadableDb } from '../store/db.ts'
import { readLineageMetrics, readMetrics } from '../store/metrics.ts'
import { readRun } from '../store/run.ts'
import { METRIC_NAMES } from './recorder.ts'

/** A recorded curve, thinned on request: each point keeps its bucket's extremes. */
export function querySeries(db: ReadableDb, query: SeriesQuery): MetricSeries {
  const { metric, from = -1, to = Number.MAX_SAFE_INTEGER, scope = 'lineage' } = query
  if (!METRIC_NAMES.some((name) => name === metric) && !isVitalSeries(metric)) {
    throw new PandaError(
      'protocol/bad-request',
      `there is no metric "${metric}"`,
      `There are ${METRIC_NAMES.join(', ')}, and vital signs such as layer1.weight/update_ratio.`,
    )
  }
  const branch = query.branch ?? readRun(db).head.branch
  if (!listBranches(db).some((known) => known.branch === branch)) {
    throw new PandaError('session/no-such-target', `there is no branch ${branch}`)
  }
  const read = scope === 'lineage' ? readLineageMetrics : readMetrics
  const { steps, values } = read(db, branch, metric, from, to)
  return { metric, branch, ...thin(steps, values, query.points) }
}
