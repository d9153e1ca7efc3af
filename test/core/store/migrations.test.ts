import { copyFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { loadMigrations, migrate, versionOf } from '../../../core/store/migrations.ts'
import { listJournal } from '../../../core/store/journal.ts'
import { closeRun, openForReading, openForWriting } from '../../../core/store/open.ts'
import { temporaryFolder } from '../data/places.ts'
import { migrationsDir, newRunFile } from './places.ts'

/** The released migrations and one more, as a later version will have it. */
function withNext(sql: string): string {
  const folder = temporaryFolder()
  for (const { name } of loadMigrations(migrationsDir)) {
    copyFileSync(path.join(migrationsDir, name), path.join(folder, name))
  }
  writeFileSync(path.join(folder, '050-next.sql'), sql)
  writeFileSync(path.join(folder, 'README.md'), 'not a migration')
  return folder
}

const REBUILD = `
  CREATE TABLE days_new (id INTEGER PRIMARY KEY, note TEXT NOT NULL DEFAULT 'kept') STRICT;
  DROP TABLE days;
  ALTER TABLE days_new RENAME TO days;
  ALTER TABLE journal ADD COLUMN author TEXT NOT NULL DEFAULT 'somebody';`

describe('migrations', () => {
  test.each([
    ['writing', openForWriting],
    ['reading', openForReading],
  ])('a file of the version before is brought forward when opened for %s', (_, open) => {
    const file = newRunFile()
    const next = withNext(REBUILD)

    const db = open(file, { migrationsDir: next })

    expect(versionOf(db.connection)).toBe(50)
    expect(db.connection.prepare('SELECT author FROM journal').pluck().all()).toEqual(['somebody'])
    expect(listJournal(db)).toHaveLength(1)
    closeRun(db)
    expect(() => openForReading(file, { migrationsDir })).toThrow(
      expect.objectContaining({ code: 'store/newer-version' }),
    )
  })

  test.each([
    ['fails halfway', 'CREATE TABLE half (x) STRICT; INSERT INTO nowhere VALUES (1)'],
    ['leaves a row that refers to nothing', 'UPDATE journal SET branch = 99'],
  ])('one that %s leaves file and version as they were', (_, sql) => {
    const file = newRunFile()

    expect(() => openForWriting(file, { migrationsDir: withNext(sql) })).toThrow()

    const db = openForReading(file, { migrationsDir })
    expect(versionOf(db.connection)).toBe(40)
    expect(listJournal(db)).toMatchObject([{ branch: 'b1' }])
    expect(db.connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").all()).toEqual(
      [],
    )
    closeRun(db)
  })

  test('each is applied once, in the order of its number, with foreign keys back on', () => {
    const connection = new Database(':memory:')
    const steps = [
      { version: 10, name: 'a', sql: 'CREATE TABLE t (x INTEGER) STRICT' },
      { version: 20, name: 'b', sql: 'INSERT INTO t VALUES (1)' },
    ]

    migrate(connection, steps.slice(0, 1))
    migrate(connection, steps)
    migrate(connection, steps)

    expect(connection.prepare('SELECT x FROM t').pluck().all()).toEqual([1])
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1)
  })

  test('a folder without any, or with a number twice, is refused', () => {
    const twice = withNext('SELECT 1')
    writeFileSync(path.join(twice, '050-other.sql'), 'SELECT 1')

    expect(() => loadMigrations(temporaryFolder())).toThrow(/no migrations/)
    expect(() => loadMigrations(twice)).toThrow(/number/)
  })
})
