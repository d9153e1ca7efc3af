import type { RunSnapshot, RunSummary } from '../protocol/run.ts'
import { standingOf } from '../protocol/standing.ts'
import { readCurve } from '../store/curves.ts'
import type { ReadableDb } from '../store/db.ts'
import type { RunPlace } from './runs-folder.ts'

/** Enough points for a curve the size of a thumbnail. */
const SPARKLINE_POINTS = 48

/** One line of the home view, from what is known of a run in care. */
export function summarise(db: ReadableDb, place: RunPlace, snapshot: RunSnapshot): RunSummary {
  const { state, branch, journal, facts } = snapshot
  const alert = journal.findLast((entry) => entry.kind === 'alert')
  return {
    ...place,
    ok: true,
    state,
    createdAt: facts.createdAt,
    updatedAt: journal.at(-1)?.at ?? facts.createdAt,
    ...standingOf(snapshot),
    ...(alert === undefined ? {} : { alert }),
    sparkline: readCurve(db, { branch, metric: 'cost' }, SPARKLINE_POINTS).mean,
  }
}
