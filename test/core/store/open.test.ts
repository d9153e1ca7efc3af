import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../../core/errors.ts'
import { createRunFile } from '../../../core/store/create.ts'
import { readDataset } from '../../../core/store/dataset.ts'
import { appendJournal, listJournal } from '../../../core/store/journal.ts'
import { closeRun, openForReading, openForWriting } from '../../../core/store/open.ts'
import { readRun, setEngine, setHead } from '../../../core/store/run.ts'
import { temporaryFile, temporaryFolder } from '../data/places.ts'
import {
  besides,
  dataset,
  migrationsDir,
  newRun,
  newRunFile,
  reading,
  takeCheckpoint,
} from './places.ts'

const options = { migrationsDir }
const codeOf = (work: () => unknown): ErrorCode | 'no error' => {
  try {
    work()
  } catch (error) {
    return (error as { code: ErrorCode }).code
  }
  return 'no error'
}

describe('a new run file', () => {
  test('holds what it was made with, on its first branch, as one file', () => {
    const file = newRunFile()

    const db = reading(file)
    expect(readRun(db)).toEqual({ ...newRun, head: { branch: 'b1', step: 0 } })
    expect(readDataset(db)).toEqual(dataset)
    expect(listJournal(db)).toEqual([
      { id: 1, at: newRun.createdAt, branch: 'b1', step: 0, kind: 'created' },
    ])
    closeRun(db)
    expect(besides(file)).toEqual(['digits.panda'])
  })

  test('is set up as a run should be', () => {
    const { connection } = reading(newRunFile())
    const pragma = (name: string) => connection.pragma(name, { simple: true })

    expect(Buffer.from(Number(pragma('application_id')).toString(16), 'hex').toString()).toBe(
      'Pnda',
    )
    expect(pragma('page_size')).toBe(16_384)
    expect(pragma('user_version')).toBe(40)
    expect(pragma('foreign_keys')).toBe(1)
    expect(pragma('trusted_schema')).toBe(0)
    expect(pragma('integrity_check')).toBe('ok')
    const loose = connection
      .prepare("SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite_%'")
      .all()
    expect(loose).toEqual([])
  })

  test('never takes the place of a file that is there', () => {
    const file = temporaryFile('digits.panda', 'mine')

    expect(codeOf(() => createRunFile(file, { ...newRun, dataset }, options))).toBe('store/exists')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(besides(file)).toEqual(['digits.panda'])
  })

  test('never takes the place of a file that appears while it is made', () => {
    const file = path.join(temporaryFolder(), 'digits.panda')
    const fill = () => writeFileSync(file, 'mine')

    expect(codeOf(() => createRunFile(file, { ...newRun, dataset }, { ...options, fill }))).toBe(
      'store/exists',
    )
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(besides(file)).toEqual(['digits.panda'])
  })

  test('does not mix with what a deleted run left behind', () => {
    const folder = temporaryFolder()
    writeFileSync(path.join(folder, 'digits.panda-wal'), 'left over')

    expect(codeOf(() => newRunFile(folder))).toBe('store/exists')
  })

  test('leaves nothing where it could not be finished', () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'digits.panda')
    const fill = () => {
      throw new Error('no engine')
    }

    expect(() => createRunFile(file, { ...newRun, dataset }, { ...options, fill })).toThrow(
      'no engine',
    )
    expect(besides(file)).toEqual([])
    expect(codeOf(() => newRunFile(path.join(folder, 'nowhere')))).toBe('store/unreadable')
  })
})

describe('opening', () => {
  const foreign = (walMode: boolean) => {
    const file = path.join(temporaryFolder(), 'foreign.panda')
    const connection = new Database(file)
    if (walMode) connection.pragma('journal_mode = WAL')
    connection.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)')
    connection.close()
    return file
  }
  const stamped = (pragma: string) => {
    const file = newRunFile()
    const connection = new Database(file)
    connection.pragma(pragma)
    connection.close()
    return file
  }
  const spoilt = (bytes: number) => {
    const file = newRunFile()
    truncateSync(file, bytes)
    return file
  }
  const withView = () => {
    const file = newRunFile()
    const connection = new Database(file)
    connection.exec('CREATE VIEW spy AS SELECT 1')
    connection.close()
    return file
  }
  const withTrigger = () => {
    const file = newRunFile()
    const connection = new Database(file)
    connection.exec('CREATE TRIGGER spy AFTER INSERT ON journal BEGIN DELETE FROM days; END')
    connection.close()
    return file
  }

  test.each<[string, ErrorCode, () => string]>([
    ['an empty file', 'store/not-a-run', () => temporaryFile('a.panda', '')],
    ['a text', 'store/not-a-run', () => temporaryFile('a.panda', 'hello '.repeat(9999))],
    ['a short text', 'store/not-a-run', () => temporaryFile('a.panda', 'hello')],
    ['another program’s database', 'store/not-a-run', () => foreign(false)],
    ['another program’s database in WAL mode', 'store/not-a-run', () => foreign(true)],
    ['a run cut off in its header', 'store/corrupt', () => spoilt(50)],
    ['a run cut off after a page', 'store/corrupt', () => spoilt(16_384)],
    [
      'a run cut off by a byte',
      'store/corrupt',
      () => spoilt(readFileSync(newRunFile()).length - 1),
    ],
    ['a run from a newer version', 'store/newer-version', () => stamped('user_version = 41')],
    ['a run of no version', 'store/not-a-run', () => stamped('user_version = 0')],
    ['a run with a view', 'store/not-a-run', withView],
    ['a run with a trigger', 'store/not-a-run', withTrigger],
  ])('%s is refused and left exactly as it was', (_, code, make) => {
    const file = make()
    const before = readFileSync(file)
    const folder = besides(file)

    expect(codeOf(() => openForReading(file, options))).toBe(code)
    expect(codeOf(() => openForWriting(file, options))).toBe(code)
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(besides(file)).toEqual(folder)
  })

  test('a foreign database in use, with its -wal beside it, is refused and left as it was', () => {
    const file = foreign(true)
    const owner = new Database(file)
    owner.exec('INSERT INTO t VALUES (2)')
    const before = [readFileSync(file), readFileSync(`${file}-wal`)]

    expect(codeOf(() => openForWriting(file, options))).toBe('store/not-a-run')

    expect([readFileSync(file), readFileSync(`${file}-wal`)]).toEqual(before)
    owner.close()
  })

  test('a folder and a missing file are refused, and nothing is made', () => {
    const folder = temporaryFolder()
    mkdirSync(path.join(folder, 'a.panda'))

    expect(codeOf(() => openForReading(path.join(folder, 'a.panda'), options))).toBe(
      'store/not-a-run',
    )
    expect(codeOf(() => openForWriting(path.join(folder, 'b.panda'), options))).toBe(
      'store/unreadable',
    )
    expect(besides(path.join(folder, 'x'))).toEqual(['a.panda'])
  })

  test('a damaged page is noticed by the writer', () => {
    const file = newRunFile()
    const db = openForWriting(file, options)
    const root = db.connection
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'")
      .pluck()
      .get() as number
    closeRun(db)
    const bytes = readFileSync(file)
    bytes.fill(0xff, (root - 1) * 16_384, root * 16_384)
    writeFileSync(file, bytes)

    expect(codeOf(() => openForWriting(file, options))).toBe('store/corrupt')
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  test('a reader sees what a live writer commits, cannot write, and outlives it', () => {
    const file = newRunFile()
    const reader = openForReading(file, options)
    const writer = openForWriting(file, options)
    const note = { at: 1, branch: 'b1', step: 0, kind: 'note', text: 'hi' } as const

    appendJournal(writer, note)
    expect(listJournal(reader).at(-1)).toEqual({ ...note, id: 2 })
    expect(() => reader.connection.exec('DELETE FROM journal')).toThrow(/readonly/)

    closeRun(writer)
    expect(listJournal(reader)).toHaveLength(2)
    closeRun(reader)
    expect(besides(file)).toEqual(['digits.panda'])
  })

  test('reading alone changes not a byte', () => {
    const file = newRunFile()
    const before = readFileSync(file)

    const db = openForReading(file, options)
    listJournal(db)
    expect(besides(file)).toEqual(['digits.panda'])
    closeRun(db)

    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('what was written is there after closing, in one file', () => {
    const file = newRunFile()
    const db = openForWriting(file, options)
    const { checkpoint } = takeCheckpoint(db, 'b1', 7)
    setHead(db, { branch: 'b1', step: 7 })
    setEngine(db, { threads: 2, description: 'an engine' })
    closeRun(db)

    expect(besides(file)).toEqual(['digits.panda'])
    expect(checkpoint).toBe('c1')
    expect(readRun(reading(file))).toMatchObject({
      head: { branch: 'b1', step: 7 },
      engine: { threads: 2, description: 'an engine' },
    })
  })
})
