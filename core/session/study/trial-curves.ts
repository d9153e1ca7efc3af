import type { CurvesQuery, TrialCurve } from '../../protocol/study.ts'
import { readCurve } from '../../store/curves.ts'
import type { ReadableDb } from '../../store/db.ts'
import { listTrials } from '../../store/trials.ts'

/** More than any curve is asked for where a query leaves it open. */
const USUAL_POINTS = 200

/**
 * The curves of a metric, one for each trial that has recorded any of it, in the order of their numbers; of a
 * copied trial its own part alone. Each has at most `points` points, with the extremes that lie between them.
 */
export function curvesOf(
  db: ReadableDb,
  { metric, trials, points = USUAL_POINTS }: CurvesQuery,
): readonly TrialCurve[] {
  const wanted = trials && new Set(trials)
  return listTrials(db).flatMap(({ trial, branch }) => {
    if (wanted?.has(trial) === false) return []
    const { step, min, max, mean } = readCurve(db, { branch, metric, scope: 'branch' }, points)
    return step.length === 0 ? [] : [{ trial, step, min, max, mean }]
  })
}
