import type { JournalEntry } from '../protocol/run.ts'
import type { ReadableDb } from '../store/db.ts'
import { latestPoints } from '../store/latest-points.ts'
import type { EngineFacts } from '../store/run.ts'
import { latestVitals, unlessRotten } from './latest-vitals.ts'
import type { StepOutcome } from './learner.ts'
import type { Position } from './position.ts'
import { settingsAfter } from './ramps.ts'
import type { Settings } from './ramps.ts'
import type { Standing } from './saved-state.ts'

/** Where a run stands after a step that reached the weights and took `elapsedMs`. */
export function afterStep(
  standing: Standing,
  outcome: Extract<StepOutcome, { readonly kind: 'applied' }>,
  elapsedMs: number,
  engine: EngineFacts | null,
): Standing {
  const { calendar } = standing
  return {
    ...standing,
    calendar: {
      ...calendar,
      dayTrainedMs: calendar.dayTrainedMs + elapsedMs,
      trainedMs: calendar.trainedMs + elapsedMs,
    },
    engine,
    cost: outcome.cost,
    vitals: outcome.vitals ?? standing.vitals,
    checkpoint: null,
  }
}

/** Where a run stands once a line of the journal took force. */
export function afterEntry(standing: Standing, settings: Settings, entry: JournalEntry): Standing {
  const { knobs, ramps } = settingsAfter(settings, entry)
  return { ...standing, state: { ...standing.state, knobs, ramps }, checkpoint: null }
}

/** Where a run stands after recorded steps were taken again up to `position`; `cost` is the last one's. */
export function afterReplay(
  db: ReadableDb,
  standing: Standing,
  position: Position,
  cost: number | null,
  engine: EngineFacts | null,
): Standing {
  return {
    ...standing,
    calendar: calendarAfterReplay(db, standing, position),
    engine,
    cost: cost ?? standing.cost,
    vitals: latestVitals(db, standing.branch, position.step),
    checkpoint: null,
  }
}

/** Time that was trained after the checkpoint counts, though its steps were taken twice: the records know it. */
function calendarAfterReplay(db: ReadableDb, standing: Standing, position: Position) {
  const { calendar, branch } = standing
  const latest = unlessRotten(() =>
    latestPoints(db, branch, position.step, (metric) => metric === 'trained_seconds'),
  )
  const recordedMs = (latest?.points[0]?.[1] ?? 0) * 1_000
  const missingMs = Math.max(0, recordedMs - calendar.trainedMs)
  // Where a day ended within the stretch, how much of it belongs to which day is not on record.
  const isOneDay = calendar.dayFromStep <= standing.state.position.step
  return {
    ...calendar,
    trainedMs: calendar.trainedMs + missingMs,
    dayTrainedMs: calendar.dayTrainedMs + (isOneDay ? missingMs : 0),
  }
}
