import { PandaError } from '../errors.ts'
import type { MetricSeries, SeriesQuery } from '../protocol/run.ts'
import { isVitalSeries } from '../protocol/vitals.ts'
import { listBranches } from '../store/branches.ts'
import { readCurve } from '../store/curves.ts'
import type { ReadableDb } from '../store/db.ts'
import { readRun } from '../store/run.ts'
import { METRIC_NAMES } from './recorder.ts'

/** A recorded curve, thinned on request: each point keeps its bucket's extremes. */
export function querySeries(db: ReadableDb, query: SeriesQuery): MetricSeries {
  const { metric, from, to, scope } = query
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
  const { damaged, ...curve } = readCurve(db, { branch, metric, scope, from, to }, query.points)
  const [first] = damaged
  const last = damaged.at(-1)
  if (first === undefined || last === undefined) return { metric, branch, ...curve }
  const what = damaged.length === 1 ? 'a summary' : `${damaged.length} summaries`
  const damage =
    `${what} of ${metric} within steps ${first[0] + 1} to ${last[1]} cannot be read; ` +
    'the curve was drawn from its points'
  return { metric, branch, ...curve, damage }
}
