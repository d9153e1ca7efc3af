import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCurve } from '../../../core/store/curves.ts'
import type { WritableDb } from '../../../core/store/db.ts'
import { appendMetrics, readMetrics, truncateMetrics } from '../../../core/store/metrics.ts'
import { decodeRollup, encodeRollup } from '../../../core/store/rollup-block.ts'
import { completeRollups } from '../../../core/store/rollups.ts'
import { expectTrueCurve, seriesOf, stepsWithGaps } from './curve-oracle.ts'
import type { Series } from './curve-oracle.ts'
import { freshRun } from './places.ts'

const upTo = (count: number) => Float64Array.from({ length: count }, (_, at) => at + 1)
const rows = (db: WritableDb) =>
  db.connection
    .prepare(
      `SELECT metric, level, from_step, last_step, count, crc32, steps, body FROM metric_rollups
        ORDER BY metric, level, last_step`,
    )
    .all()
const clear = (db: WritableDb) =>
  db.connection.exec('DELETE FROM metric_blocks; DELETE FROM metric_rollups')

const record = (db: WritableDb, { steps, values }: Series) =>
  appendMetrics(db, 'b1', 'cost', { steps, values })

/** What a curve of any size over any range would be judged by. */
function expectTrueCurves(db: WritableDb, series: Series): void {
  const last = series.steps.at(-1) ?? 0
  for (const points of [1, 7, 300]) {
    for (const from of [-1, Math.floor(last / 3)]) {
      const range = { branch: 'b1', metric: 'cost', from, to: last } as const
      expectTrueCurve(readCurve(db, range, points), series, { ...range, points })
    }
  }
}

const anyEntries = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.oneof(fc.float(), fc.double()),
    fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity)),
  ),
  { minLength: 1, maxLength: 512 },
)

describe('rows of rollups', () => {
  const entriesOf = (
    entries: readonly (readonly [number, number, number])[],
    firstStep: number,
  ) => {
    let step = firstStep - 1
    return {
      count: 16,
      firstStep,
      step: Float64Array.from(entries, ([gap]) => (step += gap)),
      min: Float64Array.from(entries, ([, min]) => min),
      max: Float64Array.from(entries, ([, min]) => -min),
      mean: Float64Array.from(entries, ([, , mean]) => mean),
    }
  }

  test('any entries come back exactly', () => {
    fc.assert(
      fc.property(anyEntries, fc.nat(1e9), (given, firstStep) => {
        const entries = entriesOf(given, firstStep)

        expect(decodeRollup(encodeRollup(1, 'cost', 1, entries))).toEqual(entries)
      }),
    )
  })

  test('a flipped bit anywhere, or a row that says something else of itself, is noticed', () => {
    fc.assert(
      fc.property(anyEntries, fc.nat(), fc.nat(7), fc.boolean(), (given, where, bit, inSteps) => {
        const row = encodeRollup(1, 'cost', 1, entriesOf(given, 5))
        const bytes = (inSteps ? row.steps : null) ?? row.body
        bytes[where % bytes.length]! ^= 1 << bit

        expect(decodeRollup(row)).toBeNull()
      }),
    )
    const row = encodeRollup(1, 'cost', 1, entriesOf([[16, 1, 1]], 5))
    expect(decodeRollup(row)).not.toBeNull()
    for (const wrong of [{ level: 2 }, { fromStep: 3 }, { lastStep: 9 }, { branch: 2 }]) {
      expect(decodeRollup({ ...row, ...wrong })).toBeNull()
    }
  })
})

describe('rollups', () => {
  test('are the same however the points were flushed', () => {
    const db = freshRun()
    const series = seriesOf(stepsWithGaps(9_000, 3, 50), (step) => Math.sin(step))
    record(db, series)
    const atOnce = rows(db)

    fc.assert(
      fc.property(fc.integer({ min: 40, max: 5_000 }), (flush) => {
        clear(db)
        for (let at = 0; at < series.steps.length; at += flush) {
          record(db, {
            steps: series.steps.subarray(at, at + flush),
            values: series.values.subarray(at, at + flush),
          })
        }

        expect(rows(db)).toEqual(atOnce)
      }),
      { numRuns: 8 },
    )
    expect(atOnce).toMatchObject([
      { level: 1, count: 512 },
      { level: 1, count: (17 - 16) * 32 },
      { level: 2, count: 32 },
    ])
  })

  test('forgetting what came after a step leaves those of what is left, and lets them go on', () => {
    const db = freshRun()
    const whole = seriesOf(stepsWithGaps(17_500, 1, 9), (step) => step % 977)
    const part = (from: number, to: number): Series => ({
      steps: whole.steps.subarray(from, to),
      values: whole.values.subarray(from, to),
    })
    record(db, whole)
    const allRows = rows(db)

    fc.assert(
      fc.property(fc.nat(17_499), (kept) => {
        clear(db)
        record(db, whole)

        truncateMetrics(db, 'b1', whole.steps[kept]!)
        const afterwards = rows(db)
        expectTrueCurves(db, part(0, kept + 1))

        clear(db)
        record(db, part(0, kept + 1))
        expect(afterwards).toEqual(rows(db))
        record(db, part(kept + 1, 17_500))
        expect(rows(db)).toEqual(allRows)
      }),
      { numRuns: 12, examples: [[511], [512], [8_191], [8_192], [0]] },
    )
  })

  test('points and their summaries are written together, or neither', () => {
    const db = freshRun()
    const series = seriesOf(upTo(600), (step) => step)
    record(db, { steps: series.steps.subarray(0, 500), values: series.values.subarray(0, 500) })
    db.connection.exec('ALTER TABLE metric_rollups RENAME TO mislaid')

    expect(() =>
      record(db, { steps: series.steps.subarray(500), values: series.values.subarray(500) }),
    ).toThrow()

    expect(readMetrics(db, 'b1', 'cost').steps).toHaveLength(500)
  })

  test('a damaged one is noticed, told, and done without', () => {
    const db = freshRun()
    const series = seriesOf(upTo(20_000), (step) => (step === 9_000 ? 1e6 : 1 / step))
    record(db, series)
    const range = { branch: 'b1', metric: 'cost', from: -1, to: 20_000 } as const
    const whole = readCurve(db, range, 20)
    for (const level of [1, 2]) {
      db.connection
        .prepare('UPDATE metric_rollups SET body = zeroblob(length(body)) WHERE level = ?')
        .run(level)

      const { damaged, ...curve } = readCurve(db, range, 10)

      expect(damaged.length).toBeGreaterThan(0)
      expectTrueCurve(curve, series, { ...range, points: 10 })
    }
    expect(whole.damaged).toEqual([])
  })

  test('a damaged last one is made again when the next block is full', () => {
    const db = freshRun()
    const series = seriesOf(upTo(3_000), (step) => step)
    record(db, series)
    const good = rows(db)
    db.connection.exec('UPDATE metric_rollups SET crc32 = crc32 + 1')

    completeRollups(db)

    expect(rows(db)).toEqual(good)
  })

  test('a damaged block of points leaves a hole in them, and keeps nothing from being recorded', () => {
    const db = freshRun()
    const first = seriesOf(upTo(20_000), (step) => step)
    record(db, first)
    db.connection.exec(`
      DELETE FROM metric_rollups;
      UPDATE metric_blocks SET crc32 = crc32 + 1 WHERE last_step = 2560`)

    record(
      db,
      seriesOf(upTo(40_000).subarray(20_000), (step) => step),
    )

    const lateRange = { branch: 'b1', metric: 'cost', from: 2_560, to: 40_000 } as const
    const late = readCurve(db, lateRange, 10)
    expectTrueCurve(late, readMetrics(db, 'b1', 'cost', 2_560), { ...lateRange, points: 10 })
    expect(() => readCurve(db, { branch: 'b1', metric: 'cost' }, 10)).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    )
  })
})
