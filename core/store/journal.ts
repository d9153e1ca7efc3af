import type { BranchId, JournalDetail, JournalEntry } from '../protocol/run.ts'
import { all, durably, one, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { branchId, rowOf } from './ids.ts'
import { fromJson, toJson } from './json.ts'
import { lineageOf } from './lineage.ts'

export type NewJournalEntry = {
  readonly at: number
  readonly branch: BranchId
  readonly step: number
} & JournalDetail

interface Row {
  readonly id: number
  readonly at: number
  readonly branch: number
  readonly step: number
  readonly kind: string
  readonly body: string
}

const COLUMNS = 'id, at, branch, step, kind, body'

/** `kind` comes last, so that nothing in a stranger's `body` can pass for it. */
function entryOf(db: ReadableDb, { id, at, branch, step, kind, body }: Row): JournalEntry {
  const detail = fromJson(db.file, body) as JournalDetail
  return { ...detail, id, at, branch: branchId(branch), step, kind } as JournalEntry
}

/** Writes a line that is never changed again: there is no other way to write here. On disk when this returns. */
export function appendJournal(db: WritableDb, entry: NewJournalEntry): JournalEntry {
  const { at, branch, step, kind, ...body } = entry
  return durably(db, () => {
    const id = run(
      db,
      'INSERT INTO journal (at, branch, step, kind, body) VALUES (?, ?, ?, ?, ?)',
      at,
      rowOf(branch),
      step,
      kind,
      toJson(body),
    )
    return { ...entry, id }
  })
}

/** The whole record, of every branch, oldest first. */
export const listJournal = (db: ReadableDb): JournalEntry[] =>
  all<Row>(db, `SELECT ${COLUMNS} FROM journal ORDER BY id`).map((row) => entryOf(db, row))

/** The oldest line of a kind, on any branch. */
export function firstOfKind<K extends JournalEntry['kind']>(
  db: ReadableDb,
  kind: K,
): Extract<JournalEntry, { readonly kind: K }> | undefined {
  const sql = `SELECT ${COLUMNS} FROM journal WHERE kind = ? ORDER BY id LIMIT 1`
  const row = one<Row>(db, sql, kind)
  return row && (entryOf(db, row) as Extract<JournalEntry, { readonly kind: K }>)
}

/** What happened on the way to the tip of a branch: of a parent, what its fork checkpoint knew of. */
export const lineageJournal = (db: ReadableDb, branch: BranchId): JournalEntry[] =>
  lineageOf(db, branch)
    .flatMap((segment) =>
      all<Row>(
        db,
        `SELECT ${COLUMNS} FROM journal WHERE branch = ? AND id <= ?`,
        rowOf(segment.branch),
        segment.journalLimit,
      ),
    )
    .sort((a, b) => a.id - b.id)
    .map((row) => entryOf(db, row))
