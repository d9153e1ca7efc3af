import { chmodSync, copyFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { createRunFile } from '../../../core/store/create.ts'
import { readCurve, readMean } from '../../../core/store/curves.ts'
import { asReadable, asWritable } from '../../../core/store/db.ts'
import type { ReadableDb } from '../../../core/store/db.ts'
import { encodeBlock } from '../../../core/store/metric-block.ts'
import { appendMetrics, readMetrics } from '../../../core/store/metrics.ts'
import { versionOf } from '../../../core/store/migrations.ts'
import { closeRun, openForReading, openForWriting } from '../../../core/store/open.ts'
import { completeRollups } from '../../../core/store/rollups.ts'
import { temporaryFolder } from '../data/places.ts'
import { expectTrueCurve, seriesOf } from './curve-oracle.ts'
import { dataset, freshRun, migrationsDir, newRun, reading, writing } from './places.ts'

const upTo = (count: number) => Float64Array.from({ length: count }, (_, at) => at + 1)
const COST = seriesOf(upTo(20_000), (step) => (step === 7_000 ? 500 : 1 / step))

/** The migrations up to a number. */
function migrationsUpTo(...names: string[]): string {
  const folder = temporaryFolder()
  for (const name of names) {
    copyFileSync(path.join(migrationsDir, name), path.join(folder, name))
  }
  return folder
}

/** A run as version 10 left it: 20 000 costs in blocks, and nothing that sums them up. */
function runOfVersion10(): string {
  const file = path.join(temporaryFolder(), 'old.panda')
  createRunFile(file, { ...newRun, dataset }, { migrationsDir: migrationsUpTo('010-runs.sql') })
  const connection = new Database(file)
  const insert = connection.prepare(
    `INSERT INTO metric_blocks (branch, metric, first_step, last_step, count, crc32, steps, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (let at = 0; at < 20_000; at += 512) {
    const { branch, metric, firstStep, lastStep, count, crc32, steps, body } = encodeBlock(
      1,
      'cost',
      { steps: COST.steps.slice(at, at + 512), values: COST.values.slice(at, at + 512) },
    )
    insert.run(branch, metric, firstStep, lastStep, count, crc32, steps, body)
  }
  connection.close()
  return file
}

const rows = ({ connection }: ReadableDb) =>
  connection
    .prepare(
      'SELECT metric, level, from_step, last_step, count, crc32, steps, body FROM metric_rollups ORDER BY level, last_step',
    )
    .all()

function expectItsCurve(db: ReadableDb): void {
  const range = { branch: 'b1', metric: 'cost', from: -1, to: 20_000 } as const
  expectTrueCurve(readCurve(db, range, 30), COST, { ...range, points: 30 })
}

describe('version 20 brings rollups', () => {
  test('a file of version 10 is opened for writing with all that a new file would have', () => {
    const file = runOfVersion10()
    const fresh = freshRun()
    appendMetrics(fresh, 'b1', 'cost', COST)

    const db = openForWriting(file, {
      migrationsDir: migrationsUpTo('010-runs.sql', '020-rollups.sql'),
    })

    expect(versionOf(db.connection)).toBe(20)
    expect(rows(db).length).toBeGreaterThan(2)
    expect(rows(db)).toEqual(rows(fresh))
    expect(readMetrics(db, 'b1', 'cost')).toEqual(COST)
    expectItsCurve(db)
    closeRun(db)
  })

  test('one that only a reader has opened since is drawn from its points, then summed up by a writer', () => {
    const file = runOfVersion10()

    const reader = reading(file)
    expect(versionOf(reader.connection)).toBe(40)
    expect(rows(reader)).toEqual([])
    expectItsCurve(reader)

    expect(rows(writing(file)).length).toBeGreaterThan(2)
  })

  test('one that cannot be written is read as it is', () => {
    const file = runOfVersion10()
    // As a superuser may write anyhow, opened as a file that cannot be written is.
    chmodSync(file, 0o444)
    const connection = new Database(file, { readonly: true })

    const db = asReadable(connection, file)

    expect(versionOf(connection)).toBe(10)
    expectItsCurve(db)
    expect(readMean(db, { branch: 'b1', metric: 'cost', from: 6_999, to: 7_000 })).toBe(500)
    closeRun(db)
  })

  test('an upgrade that was broken off anywhere is finished by the next writer', () => {
    const file = runOfVersion10()
    const whole = rows(writing(file))
    const connection = new Database(file)

    for (const left of ['level = 1', 'level = 1 AND last_step <= 8192', 'level = 2', '0']) {
      connection.exec(`DELETE FROM metric_rollups WHERE NOT (${left})`)
      expectItsCurve(asReadable(connection, file))

      completeRollups(asWritable(connection, file))

      expect(rows(asReadable(connection, file)), left).toEqual(whole)
    }
    connection.close()
  })

  test('a rotten block keeps nothing from being opened, and is told where it is read', () => {
    const file = runOfVersion10()
    const connection = new Database(file)
    connection.exec('UPDATE metric_blocks SET crc32 = crc32 + 1 WHERE first_step = 1025')
    connection.close()

    const db = openForReading(file, { migrationsDir })
    closeRun(writing(file))

    const late = { branch: 'b1', metric: 'cost', from: 1_536, to: 20_000 } as const
    expectTrueCurve(readCurve(db, late, 20), COST, { ...late, points: 20 })
    expect(() => readCurve(db, { ...late, from: -1 }, 20)).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    )
    closeRun(db)
  })
})
