import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { thin } from '../../../core/series/index.ts'
import { insertBranch } from '../../../core/store/branches.ts'
import { readCurve, readMean } from '../../../core/store/curves.ts'
import { closeRun, openForReading, openForWriting } from '../../../core/store/open.ts'
import type { ReadableDb, WritableDb } from '../../../core/store/db.ts'
import { appendMetrics, readLineageMetrics, readMetrics } from '../../../core/store/metrics.ts'
import { expectTrueCurve, seriesOf, stepsWithGaps } from './curve-oracle.ts'
import type { Series } from './curve-oracle.ts'
import { freshRun, migrationsDir, newRunFile, takeCheckpoint } from './places.ts'

const upTo = (count: number) => Float64Array.from({ length: count }, (_, at) => at + 1)
const wave = (step: number) => Math.fround(Math.sin(step / 300) + ((step * 7919) % 101) / 50)

/** Long enough for three levels, with an unfinished block on each. */
const SERIES: Readonly<Record<string, Series>> = {
  dense: seriesOf(upTo(150_123), wave),
  sparse: seriesOf(
    upTo(20_000).map((step) => step * 100),
    (step) => step / 3,
  ),
  ragged: seriesOf(stepsWithGaps(30_000, 5, 3_000), (step) => 1 / step),
  troubled: seriesOf(upTo(20_000), (step) => {
    if (step % 3_001 === 0) return NaN
    if (step > 9_000 && step < 9_600) return NaN
    return step % 7_001 === 0 ? (step % 2 === 0 ? Infinity : -Infinity) : wave(step)
  }),
  short: seriesOf(upTo(700), wave),
}

const anyRange = (last: number) =>
  fc.record({
    from: fc.integer({ min: -1, max: last }),
    length: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 2 * last })),
    points: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_500 })),
  })

describe('a thinned curve', () => {
  let db: ReadableDb
  beforeAll(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'panda-test-'))
    const file = newRunFile(folder)
    const writer = openForWriting(file, { migrationsDir })
    for (const [metric, series] of Object.entries(SERIES)) {
      for (let at = 0; at < series.steps.length; at += 7_777) {
        appendMetrics(writer, 'b1', metric, {
          steps: series.steps.subarray(at, at + 7_777),
          values: series.values.subarray(at, at + 7_777),
        })
      }
    }
    closeRun(writer)
    db = openForReading(file, { migrationsDir })
    return () => {
      closeRun(db)
      rmSync(folder, { recursive: true })
    }
  })

  test.each(Object.entries(SERIES))(
    'of a %s series says of any range, at any size, what its points say',
    (metric, series) => {
      fc.assert(
        fc.property(anyRange(series.steps.at(-1)!), ({ from, length, points }) => {
          const range = { branch: 'b1', metric, from, to: from + length } as const

          const curve = readCurve(db, range, points)

          expect(curve.damaged).toEqual([])
          expectTrueCurve(curve, series, { ...range, points })
        }),
        { numRuns: 60 },
      )
    },
  )

  test.each(Object.keys(SERIES))('of a %s series is as it is where it has few points', (metric) => {
    const { steps, values } = readMetrics(db, 'b1', metric, 300, 900)

    expect(readCurve(db, { branch: 'b1', metric, from: 300, to: 900 }, 600)).toEqual({
      ...thin(steps, values),
      damaged: [],
    })
    expect(readCurve(db, { branch: 'b1', metric }).step).toEqual(SERIES[metric]!.steps)
  })

  test('is cut into buckets that are a quarter off their equal width at the most', () => {
    const { step } = readCurve(db, { branch: 'b1', metric: 'dense' }, 100)

    const width = 150_123 / 100
    step.forEach((last, bucket) => {
      expect(Math.abs(last - (bucket + 1) * width)).toBeLessThanOrEqual(width / 4)
    })
  })

  test('of a series that was never recorded is empty, and so is its mean', () => {
    expect(readCurve(db, { branch: 'b1', metric: 'nothing' }, 10).step).toHaveLength(0)
    expect(readMean(db, { branch: 'b1', metric: 'nothing' })).toBeNull()
    expect(readCurve(db, { branch: 'b1', metric: 'short', from: 700 }, 10).step).toHaveLength(0)
  })

  test('a mean over any range is that of its points', () => {
    fc.assert(
      fc.property(anyRange(150_123), ({ from, length }) => {
        const { values } = readMetrics(db, 'b1', 'dense', from, from + length)

        const mean = readMean(db, { branch: 'b1', metric: 'dense', from, to: from + length })

        if (values.length === 0) expect(mean).toBeNull()
        else expect(mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 10)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the chart never hides a spike', () => {
  test('one among two million steps shows at every zoom that holds it, and at no other', () => {
    const db = freshRun()
    const last = 2_000_000
    const spikes = [1, 17, 512, 513, 77_777, 1_048_576, 1_999_999, last]
    const values = new Float64Array(last).fill(0.5)
    for (const spike of spikes) values[spike - 1] = 1e6 + spike
    appendMetrics(db, 'b1', 'cost', { steps: upTo(last), values })

    for (const spike of spikes) {
      for (const width of [1, 30, 1_000, 40_000, 600_000, last]) {
        for (const points of [1, 48, 1_000]) {
          const from = Math.max(-1, spike - 1 - Math.floor(width / 3))
          const range = { branch: 'b1', metric: 'cost', from, to: from + width } as const
          const { step, max } = readCurve(db, range, points)
          const highest = spikes.filter((at) => at > from && at <= from + width).at(-1)!
          expect(max.reduce((a, b) => Math.max(a, b))).toBe(1e6 + highest)
          const bucket = step.findIndex((end) => end >= spike)
          expect(max[bucket]).toBeGreaterThanOrEqual(1e6 + spike)
        }
      }
    }
    expect(readCurve(db, { branch: 'b1', metric: 'cost', from: 513, to: 77_776 }, 5).max).toEqual(
      new Float64Array(5).fill(0.5),
    )
  })
})

describe('a lineage', () => {
  /** b1 to 20 000; b2 leaves it at 12 345; b3 leaves b2 at 12 345 + 9 000. */
  function family(): { db: WritableDb; series: Series } {
    const db = freshRun()
    const train = (branch: 'b1' | 'b2' | 'b3', from: number, to: number) => {
      const steps = upTo(to).subarray(from)
      const values = steps.map((step) => wave(step) + Number(branch.slice(1)))
      appendMetrics(db, branch, 'cost', { steps, values })
    }
    const fork = (branch: 'b1' | 'b2', step: number) =>
      insertBranch(db, {
        forkCheckpoint: takeCheckpoint(db, branch, step).checkpoint,
        reason: null,
        createdAt: 1,
      })
    train('b1', 0, 20_000)
    fork('b1', 12_345)
    train('b2', 12_345, 30_000)
    fork('b2', 21_345)
    train('b3', 21_345, 40_000)
    const { steps, values } = readLineageMetrics(db, 'b3', 'cost')
    return { db, series: { steps, values } }
  }

  test('is drawn from the summaries of each of its branches, up to its fork and no further', () => {
    const { db, series } = family()
    expect([...series.steps]).toEqual([...upTo(40_000)])

    fc.assert(
      fc.property(anyRange(40_000), ({ from, length, points }) => {
        const range = { branch: 'b3', metric: 'cost', from, to: from + length } as const
        expectTrueCurve(readCurve(db, range, points), series, { ...range, points })
      }),
      { numRuns: 60 },
    )
  })

  test('and a branch alone is drawn from its own', () => {
    const { db } = family()
    const range = { branch: 'b2', metric: 'cost', from: -1, to: 30_000 } as const

    const curve = readCurve(db, { ...range, scope: 'branch' }, 40)

    expect(curve.step[0]).toBeGreaterThan(12_345)
    expectTrueCurve(curve, readMetrics(db, 'b2', 'cost'), { ...range, points: 40 })
  })
})
