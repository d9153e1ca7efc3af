import path from 'node:path'
import { expect, test } from 'vitest'
import { querySeries } from '../../../core/session/series-query.ts'
import type { WritableDb } from '../../../core/store/db.ts'
import { appendMetrics } from '../../../core/store/metrics.ts'
import { closeRun } from '../../../core/store/open.ts'
import { freshRun, writing } from '../store/places.ts'
import { newBench } from './harness.ts'

const COUNT = 20_000

/** A flat line with one spike. */
function recordLongCost(db: WritableDb): void {
  const steps = Float64Array.from({ length: COUNT }, (_, at) => at + 1)
  appendMetrics(db, 'b1', 'cost', {
    steps,
    values: steps.map((step) => (step === 9_999 ? 70 : 0.25)),
  })
}

function longRun(): WritableDb {
  const db = freshRun()
  recordLongCost(db)
  return db
}

const spoil = (db: WritableDb, level: number) =>
  db.connection
    .prepare('UPDATE metric_rollups SET body = zeroblob(length(body)) WHERE level = ?')
    .run(level)

test('a long curve comes in as many points as asked for, its spike among them', () => {
  const db = longRun()

  const { metric, branch, step, min, max, damage } = querySeries(db, { metric: 'cost', points: 20 })

  expect([metric, branch, damage]).toEqual(['cost', 'b1', undefined])
  expect(step.length).toBe(20)
  expect(step.at(-1)).toBe(COUNT)
  expect([...max].filter((value) => value === 70)).toHaveLength(1)
  expect(new Set(min)).toEqual(new Set([0.25]))
})

test('a damaged summary is said, and the curve is the one that its points make', () => {
  const db = longRun()
  const points = querySeries(db, { metric: 'cost', from: 5_000, to: 15_000, points: 20 })
  spoil(db, 1)

  const { damage, ...curve } = querySeries(db, {
    metric: 'cost',
    from: 5_000,
    to: 15_000,
    points: 20,
  })

  expect(damage).toMatch(/^2 summaries of cost within steps 1 to 16384 cannot be read/)
  expect(Math.max(...curve.max)).toBe(70)
  expect(points.damage).toBeUndefined()
  expect(new Set(curve.min)).toEqual(new Set([0.25]))
})

test('a run’s line in the list has the curve of its whole life', async () => {
  const { create, host, folder } = newBench()
  await create('r')
  const db = writing(path.join(folder, 'r.panda'))
  recordLongCost(db)
  closeRun(db)

  const [line] = await host.handlers['runs:list']()

  const sparkline = line?.ok === true ? line.sparkline : new Float64Array()
  expect(sparkline).toHaveLength(48)
  expect([...sparkline].filter((mean) => mean > 0.25)).toHaveLength(1)
})
