import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import type { StoredDataset } from '../data/stored.ts'
import { PandaError } from '../errors.ts'
import { insertBranch } from './branches.ts'
import { insertDataset } from './dataset.ts'
import { asWritable, durably } from './db.ts'
import type { WritableDb } from './db.ts'
import { explained, unreadable } from './failures.ts'
import { APPLICATION_IDS } from './inspect.ts'
import { appendJournal } from './journal.ts'
import { loadMigrations, migrate } from './migrations.ts'
import { distrust } from './open.ts'
import type { OpenOptions } from './open.ts'
import { insertRun } from './run.ts'
import type { NewRun } from './run.ts'

/** 64 MB committed at 323 MB/s with it, at 168 with 4096; 449 with 65536, too much for the small rows. */
const PAGE_SIZE = 16_384

export interface CreateOptions extends OpenOptions {
  /** What else a run is born with, its initial checkpoint for one: in the same transaction. */
  readonly fill?: (db: WritableDb) => void
}

/**
 * Makes the file of a new run: its data, its first branch `b1`, the journal's first line ("created").
 * The file appears under its name whole or not at all, and never in the place of another.
 */
export function createRunFile(
  file: string,
  record: NewRun & { readonly dataset: StoredDataset },
  { migrationsDir, kind = 'run', fill }: CreateOptions,
): void {
  refuseTaken(file)
  const migrations = loadMigrations(migrationsDir)
  const name = `.${path.basename(file)}-${randomBytes(6).toString('hex')}.tmp`
  const temporary = path.join(path.dirname(file), name)
  try {
    writeRun(
      temporary,
      record,
      (connection) => {
        connection.pragma(`application_id = ${APPLICATION_IDS[kind]}`)
        migrate(connection, migrations)
      },
      fill,
    )
    publish(temporary, file)
  } catch (error) {
    throw explained(error, file)
  } finally {
    rmSync(temporary, { force: true })
    rmSync(`${temporary}-journal`, { force: true })
  }
}

function writeRun(
  temporary: string,
  { dataset, ...record }: NewRun & { readonly dataset: StoredDataset },
  prepare: (connection: Database.Database) => void,
  fill: CreateOptions['fill'],
): void {
  const connection = openNew(temporary)
  try {
    distrust(connection)
    connection.pragma(`page_size = ${PAGE_SIZE}`)
    connection.pragma('auto_vacuum = INCREMENTAL')
    connection.pragma('synchronous = FULL')
    prepare(connection)
    const db = asWritable(connection, temporary)
    durably(db, () => {
      const { branch } = insertFirst(db, record)
      insertDataset(db, dataset)
      appendJournal(db, { at: record.createdAt, branch, step: 0, kind: 'created' })
      fill?.(db)
    })
  } finally {
    connection.close()
  }
}

/** The run points to its branch and a branch is a row like any other, so references wait for the end. */
function insertFirst(db: WritableDb, record: NewRun) {
  db.connection.pragma('defer_foreign_keys = ON')
  insertRun(db, record)
  return insertBranch(db, { forkCheckpoint: null, reason: null, createdAt: record.createdAt })
}

function openNew(temporary: string): Database.Database {
  try {
    return new Database(temporary)
  } catch (error) {
    // better-sqlite3 throws a TypeError where the folder is missing.
    throw error instanceof TypeError ? unreadable(temporary, error.message, error) : error
  }
}

/** SQLite would take a -wal or -journal left by a deleted run for this one's, and mix the two. */
export function refuseTaken(file: string): void {
  if (existsSync(file)) throw taken(file)
  for (const rest of [`${file}-wal`, `${file}-journal`]) {
    if (!existsSync(rest)) continue
    throw new PandaError(
      'store/exists',
      `${rest} is left over from a run that was moved or deleted`,
      'Choose another name; or put the run back beside it, or delete it.',
    )
  }
}

const taken = (file: string) =>
  new PandaError('store/exists', `${file} exists already`, 'Choose another name.')

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

/** Gives a finished file its name. A link, unlike a rename, never replaces what has that name. */
export function publish(temporary: string, file: string): void {
  try {
    linkSync(temporary, file)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw taken(file)
    publishWithoutLinks(temporary, file)
  }
}

/** For file systems without links (FAT, some network shares): the name is claimed before it is replaced. */
function publishWithoutLinks(temporary: string, file: string): void {
  try {
    closeSync(openSync(file, 'wx'))
    renameSync(temporary, file)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw taken(file)
    throw unreadable(file, error instanceof Error ? error.message : String(error), error)
  }
}
