import type { WireError } from '../../errors.ts'
import type { StudySummary, TrialState } from '../../protocol/study.ts'
import type { ReadableDb } from '../../store/db.ts'
import { readRun } from '../../store/run.ts'
import { readStudy } from '../../store/study.ts'
import { listTrialFigures } from '../../store/study-line.ts'
import type { TrialFigure } from '../../store/study-line.ts'
import type { StudyPlace } from './studies-folder.ts'
import { bestOf } from './study-snapshot.ts'

/** In any other state a trial has ended, in whatever way. */
const UNDER_WAY: ReadonlySet<TrialState> = new Set(['waiting', 'running', 'paused'])

/** One line of the home view. `isInCare`: does anybody have it now? What its file calls running else was cut short. */
export function summariseStudy(
  db: ReadableDb,
  place: StudyPlace,
  { isInCare, failure }: { readonly isInCare: boolean; readonly failure: WireError | null },
): StudySummary {
  const { config, measure, state } = readStudy(db)
  const figures = listTrialFigures(db)
  const best = bestOf(figures.toSorted((a, b) => a.trial - b.trial))
  const isRunning = isInCare && state === 'running'
  return {
    ...place,
    ok: true,
    state: state === 'running' && !isInCare ? 'paused' : state,
    createdAt: readRun(db).createdAt,
    method: config.method,
    measure,
    asked: Math.max(config.trials, figures.length), // a population comes to more than it has at once
    ended: figures.filter((trial) => !UNDER_WAY.has(trial.state)).length,
    running: isRunning ? figures.filter((trial) => trial.state === 'running').length : 0,
    best: best === null || best.value === null ? null : { trial: best.trial, value: best.value },
    progress: progressOf(figures),
    failure,
  }
}

/** The lowest value after each trial that was measured. */
function progressOf(figures: readonly TrialFigure[]): Float64Array {
  const values = figures.flatMap(({ state, value }) =>
    value === null || state === 'diverged' || state === 'failed' ? [] : [value],
  )
  let lowest = Infinity
  return Float64Array.from(values, (value) => (lowest = Math.min(lowest, value)))
}
