import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { PandaError } from '../errors.ts'
import { corrupt, explained, notA, notARun, unreadable } from './failures.ts'
import { versionOf } from './migrations.ts'
import type { Migration } from './migrations.ts'
import { newestVersion } from './migrations.ts'

/** What a file of ours holds. The two have the same tables, and are not opened for each other. */
export type FileKind = 'run' | 'study'

/** 'Pnda' and 'Pnds': what SQLite's header says of a file that is ours. */
export const APPLICATION_IDS: { readonly [K in FileKind]: number } = {
  run: 0x506e6461,
  study: 0x506e6473,
}

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100

/**
 * Refuses a file that is not a whole run of a version we know, and leaves no trace beside it: SQLite alone
 * would take an empty file for a database, and would put a -wal beside a stranger's.
 *
 * The header is read directly only while no -wal is there. Closing a file drops every POSIX lock that
 * this process holds on it, so a run that is being trained in another thread must be asked through SQLite.
 */
export function inspectFile(
  file: string,
  migrations: readonly Migration[],
  kind: FileKind = 'run',
): void {
  const size = sizeOf(file, kind)
  if (size === 0) throw notA(kind, file, 'it is empty')
  const expected = { kind, newest: newestVersion(migrations) }
  if (existsSync(`${file}-wal`)) inspectThroughSqlite(file, expected)
  else inspectHeader(file, size, expected)
}

interface Expected {
  readonly kind: FileKind
  readonly newest: number
}

function sizeOf(file: string, kind: FileKind): number {
  let stats
  try {
    stats = statSync(file)
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error), error)
  }
  if (!stats.isFile()) throw notA(kind, file, 'it is not a file')
  return stats.size
}

function inspectHeader(file: string, size: number, wanted: Expected): void {
  const header = readHeader(file)
  if (header.toString('latin1', 0, 16) !== MAGIC) {
    throw notA(wanted.kind, file, 'it is no SQLite database')
  }
  if (header.length < HEADER_BYTES) throw corrupt(file, 'it is cut off')
  judge(file, header.readUInt32BE(68), header.readUInt32BE(60), wanted)
  const pageSize = header.readUInt16BE(16)
  const expected = header.readUInt32BE(28) * (pageSize === 1 ? 65_536 : pageSize)
  // A transaction that was cut off is undone by SQLite, from the -journal beside the file.
  if (size < expected && !existsSync(`${file}-journal`)) {
    throw corrupt(file, `it is cut off at ${size} of ${expected} bytes`)
  }
}

function readHeader(file: string): Buffer {
  try {
    const handle = openSync(file, 'r')
    try {
      const header = Buffer.alloc(HEADER_BYTES)
      return header.subarray(0, readSync(handle, header, 0, HEADER_BYTES, 0))
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error), error)
  }
}

/** A read-only connection never moves a -wal into its file, nor removes it. */
function inspectThroughSqlite(file: string, wanted: Expected): void {
  let connection: Database.Database | null = null
  try {
    connection = new Database(file, { readonly: true, fileMustExist: true })
    const applicationId = Number(connection.pragma('application_id', { simple: true }))
    judge(file, applicationId, versionOf(connection), wanted)
  } catch (error) {
    throw explained(error, file)
  } finally {
    connection?.close()
  }
}

function judge(
  file: string,
  applicationId: number,
  version: number,
  { kind, newest }: Expected,
): void {
  if (applicationId !== APPLICATION_IDS[kind]) throw notA(kind, file, whatItIs(applicationId))
  if (version > newest) {
    throw new PandaError(
      'store/newer-version',
      `${file} was written by a newer Panda (version ${version} of the file, this one knows ${newest})`,
      'It was left as it is. Update Panda.',
    )
  }
  if (version === 0) throw notA(kind, file, 'it was never finished')
}

function whatItIs(applicationId: number): string {
  if (applicationId === APPLICATION_IDS.run) return 'it is a run'
  if (applicationId === APPLICATION_IDS.study) return 'it is a study of many trials'
  return 'another program made it'
}

/** Panda makes no trigger, view or virtual table, so one that is there came from somebody else. */
export function refuseForeignSchema(connection: Database.Database, file: string): void {
  const strange = connection
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_schema
        WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1`,
    )
    .get()
  if (strange !== undefined) throw notARun(file, `it holds "${strange.name}", which no Panda made`)
}
