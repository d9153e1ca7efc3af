import type { TrialState } from '../protocol/study.ts'
import { all } from './db.ts'
import type { ReadableDb } from './db.ts'

/** What a list of studies needs of a trial. */
export interface TrialFigure {
  readonly trial: number
  readonly state: TrialState
  readonly value: number | null
}

/** Of every trial its state and its value, those that were measured first first: nothing is unpacked. */
export const listTrialFigures = (db: ReadableDb): readonly TrialFigure[] =>
  all<TrialFigure>(
    db,
    'SELECT id AS trial, state, value FROM trials ORDER BY ended_at IS NULL, ended_at, id',
  )
