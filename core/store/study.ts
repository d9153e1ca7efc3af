import { z } from 'zod'
import { STUDY_STATES, studyConfig } from '../protocol/study.ts'
import type { Measure, StudyConfig, StudyEntry, StudyState } from '../protocol/study.ts'
import { all, durably, one, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { corrupt } from './failures.ts'
import { fromJson, toJson } from './json.ts'

export interface StudyRecord {
  readonly config: StudyConfig
  readonly measure: Measure
  /** How often the space was changed. */
  readonly space: number
  readonly state: StudyState
}

interface Row {
  readonly config: string
  readonly measure: Measure
  readonly space: number
  readonly state: string
}

const studyState = z.enum(STUDY_STATES)

/** The study's own row. Part of the transaction that makes its file. */
export function insertStudy(db: WritableDb, study: StudyRecord): void {
  run(
    db,
    'INSERT INTO study (id, config, measure, space, state) VALUES (1, ?, ?, ?, ?)',
    toJson(study.config),
    study.measure,
    study.space,
    study.state,
  )
}

/** What the file says of its study. Throws `store/corrupt` where that can't be understood. */
export function readStudy(db: ReadableDb): StudyRecord {
  const row = one<Row>(db, 'SELECT config, measure, space, state FROM study')
  if (row === undefined) throw corrupt(db.file, 'it does not say which study it holds')
  const config = studyConfig.safeParse(fromJson(db.file, row.config))
  const state = studyState.safeParse(row.state)
  if (!config.success || !state.success) {
    throw corrupt(db.file, 'its study cannot be understood', config.error ?? state.error)
  }
  return { config: config.data, measure: row.measure, space: row.space, state: state.data }
}

/** On disk when this returns. */
export function setStudyState(db: WritableDb, state: StudyState): void {
  durably(db, () => run(db, 'UPDATE study SET state = ?', state))
}

/** Replaces config and count of spaces. On disk when this returns. */
export function setStudyConfig(db: WritableDb, config: StudyConfig, space: number): void {
  durably(db, () => run(db, 'UPDATE study SET config = ?, space = ?', toJson(config), space))
}

/** Writes a line that is never changed again. On disk when this returns. */
export function appendStudyJournal(db: WritableDb, entry: StudyEntry): void {
  const { at, kind, ...body } = entry
  durably(db, () =>
    run(
      db,
      'INSERT INTO journal (at, branch, step, kind, body) VALUES (?, 1, 0, ?, ?)',
      at,
      kind,
      toJson(body),
    ),
  )
}

/** The study's journal, oldest first. */
export const listStudyJournal = (db: ReadableDb): readonly StudyEntry[] =>
  all<{ at: number; kind: string; body: string }>(
    db,
    // Its first line is the one that every file has: when it was created.
    "SELECT at, kind, body FROM journal WHERE kind != 'created' ORDER BY id",
  ).map(
    ({ at, kind, body }) => ({ ...(fromJson(db.file, body) as object), at, kind }) as StudyEntry,
  )
