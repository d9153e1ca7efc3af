import { expect, test } from 'vitest'
import { insertBranch } from '../../../core/store/branches.ts'
import { latestPoints } from '../../../core/store/latest-points.ts'
import { appendMetrics } from '../../../core/store/metrics.ts'
import { freshRun, takeCheckpoint } from './places.ts'

const isWanted = (metric: string) => metric.includes('/')
const END = Number.MAX_SAFE_INTEGER

test('the newest points are those of the last step with any, of the metrics asked for', () => {
  const db = freshRun()
  appendMetrics(db, 'b1', 'cost', { steps: [1, 2, 3], values: [9, 8, 7] })
  appendMetrics(db, 'b1', 'layer1/a', { steps: [1, 2], values: [0.1, 0.2] })
  appendMetrics(db, 'b1', 'layer1/b', { steps: [1, 2], values: [0.5, Number.NaN] })
  appendMetrics(db, 'b1', 'layer1/gone', { steps: [1], values: [3] })

  expect(latestPoints(db, 'b1', END, isWanted)).toEqual({
    step: 2,
    points: [
      ['layer1/a', expect.closeTo(0.2, 12)],
      ['layer1/b', Number.NaN],
    ],
  })
})

test('points after the step asked for do not count, whatever block they lie in', () => {
  const db = freshRun()
  const steps = Array.from({ length: 1_200 }, (_, index) => (index + 1) * 10)
  appendMetrics(db, 'b1', 'layer1/a', { steps, values: steps.map((step) => step / 10) })

  for (const to of [10, 5_119, 5_120, 5_121, 11_999, 12_000]) {
    const step = Math.floor(to / 10) * 10
    expect(latestPoints(db, 'b1', to, isWanted)).toEqual({
      step,
      points: [['layer1/a', step / 10]],
    })
  }
  expect(latestPoints(db, 'b1', 9, isWanted)).toBeNull()
})

test('a branch without points of its own has those of its parent, up to where it left it', () => {
  const db = freshRun()
  appendMetrics(db, 'b1', 'layer1/a', { steps: [1, 5, 9], values: [1, 5, 9] })
  const { checkpoint } = takeCheckpoint(db, 'b1', 6)
  const { branch } = insertBranch(db, { forkCheckpoint: checkpoint, reason: null, createdAt: 1 })

  const inherited = latestPoints(db, branch, END, isWanted)
  appendMetrics(db, branch, 'layer1/a', { steps: [8], values: [8] })

  expect(inherited).toEqual({ step: 5, points: [['layer1/a', 5]] })
  expect(latestPoints(db, branch, END, isWanted)).toEqual({ step: 8, points: [['layer1/a', 8]] })
  expect(latestPoints(db, branch, 7, isWanted)).toEqual({ step: 5, points: [['layer1/a', 5]] })
})
