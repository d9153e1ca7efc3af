import { accessSync, constants, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { asReadable, asWritable } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { corrupt, explained } from './failures.ts'
import { inspectFile, refuseForeignSchema } from './inspect.ts'
import type { FileKind } from './inspect.ts'
import { loadMigrations, migrate, newestVersion, versionOf } from './migrations.ts'
import { completeRollups } from './rollups.ts'

export interface OpenOptions {
  readonly migrationsDir: string
  /** What the file is to hold. Default: a run. */
  readonly kind?: FileKind | undefined
}

/** A full -wal is cut back to this, so that one long night does not leave a second file as large. */
const JOURNAL_SIZE_LIMIT = 64 * 2 ** 20

/**
 * A check of every page takes 1 ms a megabyte, and more from a cold disk. What lies in a larger file that was
 * closed in order is checked where it is read: series and checkpoints have sums of their own.
 */
const QUICKLY_CHECKED_BYTES = 64 * 2 ** 20

/** Opens a run for queries alone. It may be trained meanwhile, by this process or another. */
export function openForReading(file: string, { migrationsDir, kind }: OpenOptions): ReadableDb {
  const migrations = loadMigrations(migrationsDir)
  inspectFile(file, migrations, kind)
  // Opened for writing where that is allowed, though `query_only` forbids it: the last connection to
  // close takes the -wal away, and one that is read-only cannot.
  const readonly = !isWritable(file)
  return opening(file, readonly, (connection) => {
    if (!readonly && versionOf(connection) < newestVersion(migrations)) {
      migrate(connection, migrations)
    }
    connection.pragma('query_only = ON')
    return asReadable(connection, file)
  })
}

/** Opens a run for its one writer, who holds the run's lock. Brings an older file forward. */
export function openForWriting(file: string, { migrationsDir, kind }: OpenOptions): WritableDb {
  const migrations = loadMigrations(migrationsDir)
  inspectFile(file, migrations, kind)
  // Closed in order, a file has neither beside it.
  const endedBadly = existsSync(`${file}-wal`) || existsSync(`${file}-journal`)
  return opening(file, false, (connection) => {
    if (endedBadly || statSync(file).size <= QUICKLY_CHECKED_BYTES) refuseDamaged(connection, file)
    migrate(connection, migrations)
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = NORMAL')
    connection.pragma(`journal_size_limit = ${JOURNAL_SIZE_LIMIT}`)
    connection.pragma('wal_autocheckpoint = 0') // `tidyWal` does it, when nobody waits for a commit
    // SQLite 3.54 calls the table locked if a checkpoint is the first to read after these.
    versionOf(connection)
    const db = asWritable(connection, file)
    completeRollups(db)
    return db
  })
}

function refuseDamaged(connection: Database.Database, file: string): void {
  const verdict = connection.pragma('quick_check(1)', { simple: true })
  if (verdict !== 'ok') throw corrupt(file, String(verdict))
}

/** The driver's own default. */
const BUSY_TIMEOUT_MS = 5_000

/** From this size on the -wal is moved into its file: a pause in training of 10 to 20 ms each time. */
const WAL_TIDY_BYTES = 4 * 2 ** 20

/**
 * Moves a grown -wal into its file. Takes as long as writing that much, so it is called when no one waits:
 * as part of a commit it took every sixth nudge's acknowledgement from 15 ms to 80.
 */
export function tidyWal(db: WritableDb): void {
  const wal = statSync(`${db.file}-wal`, { throwIfNoEntry: false })
  if (wal === undefined || wal.size < WAL_TIDY_BYTES) return
  try {
    db.connection.pragma('busy_timeout = 0') // a reader in the way is no reason to wait: the next time will do
    db.connection.pragma('wal_checkpoint(TRUNCATE)')
  } catch (error) {
    throw explained(error, db.file)
  } finally {
    db.connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/** Closes a run. The writer leaves a single file that anyone can mail, and open where nothing can be written. */
export function closeRun(db: ReadableDb): void {
  const { connection } = db
  if (!connection.open) return
  try {
    if (db.mode === 'write') {
      connection.pragma('busy_timeout = 0')
      connection.pragma('synchronous = FULL')
      if (!leaveWal(connection)) connection.pragma('wal_checkpoint(TRUNCATE)')
    }
  } catch (error) {
    throw explained(error, db.file)
  } finally {
    connection.close()
  }
}

/** False where a reader in another thread or process is still connected: the -wal goes when it does. */
function leaveWal(connection: Database.Database): boolean {
  try {
    return connection.pragma('journal_mode = DELETE', { simple: true }) === 'delete'
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false
    throw error
  }
}

function opening<T>(
  file: string,
  readonly: boolean,
  prepare: (connection: Database.Database) => T,
): T {
  let connection: Database.Database | null = null
  try {
    connection = new Database(file, { readonly, fileMustExist: true })
    distrust(connection)
    refuseForeignSchema(connection, file)
    return prepare(connection)
  } catch (error) {
    connection?.close()
    throw explained(error, file)
  }
}

/** A file may come from a stranger: nothing in its schema is to run, and no page is to be believed. */
export function distrust(connection: Database.Database): void {
  connection.pragma('trusted_schema = OFF')
  connection.pragma('cell_size_check = ON')
  connection.pragma('mmap_size = 0')
  connection.pragma('foreign_keys = ON')
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK)
    accessSync(path.dirname(file), constants.W_OK)
    return true
  } catch {
    return false // what is wrong with it, opening it tells
  }
}
