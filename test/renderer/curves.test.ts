import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MetricSeries, RunEvent } from '../../core/protocol/run.ts'
import { createBuckets } from '../../renderer/chart/buckets.ts'
import { createCurveData } from '../../renderer/chart/curve-data.ts'
import { placeFlags } from '../../renderer/chart/place-flags.ts'
import { smoothed } from '../../renderer/chart/smooth.ts'
import { logTicks, niceTicks } from '../../renderer/chart/ticks.ts'
import { movedInside, zoomedRange } from '../../renderer/chart/use-zoom.ts'
import { yRangeOf } from '../../renderer/chart/y-range.ts'
import { FakeHost } from './fake-host.ts'
import { FakeRun } from './fake-run.ts'

const costs = fc.array(fc.float({ noNaN: true, min: -10, max: 10 }), {
  minLength: 1,
  maxLength: 900,
})

describe('a curve of bounded size', () => {
  test('never grows past its limit, never loses an extreme, and keeps the mean', () => {
    fc.assert(
      fc.property(costs, fc.integer({ min: 2, max: 60 }), (values, limit) => {
        const buckets = createBuckets(limit)
        buckets.append(1, Float32Array.from(values))

        const { points } = buckets
        const count = points.reduce((sum, point) => sum + point.count, 0)
        const total = points.reduce((sum, point) => sum + point.mean * point.count, 0)
        expect(points.length).toBeLessThanOrEqual(limit)
        expect(Math.max(...points.map(({ max }) => max))).toBe(Math.max(...values))
        expect(Math.min(...points.map(({ min }) => min))).toBe(Math.min(...values))
        expect(count).toBe(values.length)
        expect(total).toBeCloseTo(
          values.reduce((sum, value) => sum + value, 0),
          3,
        )
      }),
    )
  })

  test('is the same whatever the pieces it arrived in, overlaps included', () => {
    const cut = fc.integer({ min: 1, max: 50 })
    fc.assert(
      fc.property(costs, cut, fc.integer({ min: 0, max: 20 }), (values, size, overlap) => {
        const whole = createBuckets(32)
        whole.append(1, Float32Array.from(values))
        const pieces = createBuckets(32)
        for (let at = 0; at < values.length; at += size) {
          const from = Math.max(0, at - overlap)
          pieces.append(from + 1, Float32Array.from(values.slice(from, at + size)))
        }
        expect(pieces.points).toEqual(whole.points)
      }),
    )
  })
})

/** A client of a host with one run, and its curves. */
async function openCurves() {
  const host = new FakeHost()
  const run = host.add('digits')
  const client = host.client()
  const curves = createCurveData({
    series: (query) => client.call('run:series', 'digits', query),
    onFailure: (error) => {
      throw error
    },
  })
  client.on('run:event', ({ event }) => curves.take(event, run.snapshot))
  return { run, curves }
}

describe('the curves of a run', () => {
  test('go on from what was fetched with what is heard', async () => {
    const { run, curves } = await openCurves()
    run.train(100)
    await curves.load(run.snapshot)

    run.train(30)

    await expect.poll(() => curves.train().at(-1)?.step).toBe(130)
    expect(curves.train().reduce((sum, { count }) => sum + count, 0)).toBe(130)
    expect(curves.dev()).toHaveLength(1)
  })

  test('keep what was heard while an older answer was on its way', async () => {
    const events: RunEvent[] = []
    const run = new FakeRun('digits', (event) => events.push(event))
    const answers: ((series: MetricSeries) => void)[] = []
    const curves = createCurveData({
      series: () => new Promise((resolve) => answers.push(resolve)),
      onFailure: (error) => {
        throw error
      },
    })
    const loading = curves.load(run.snapshot)

    run.train(40)
    for (const event of events) curves.take(event, run.snapshot)
    const step = Float64Array.of(1, 2)
    const old = { metric: 'cost', branch: 'b1', step, min: step, max: step, mean: step } as const
    for (const answer of answers) answer(old)
    await loading

    expect(curves.train().map((point) => point.step)).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    )
  })

  test('show the stretch that was left behind as a ghost', async () => {
    const { run, curves } = await openCurves()
    run.train(300)
    run.rollback(run.targetOf('1'), null, 'rollback')

    await curves.load(run.snapshot)

    expect(curves.train().at(-1)?.step).toBe(125)
    expect(curves.ghosts()).toHaveLength(1)
    expect(curves.ghosts()[0]?.points.at(-1)?.x).toBe(300)
  })

  test('leave the dev set’s points of an abandoned future behind', async () => {
    const { run, curves } = await openCurves()
    await curves.load(run.snapshot)
    run.train(300)
    await expect.poll(() => curves.dev().at(-1)?.x).toBe(250)
    run.rollback(run.targetOf('1'), null, 'rollback')

    await curves.load(run.snapshot)

    expect(curves.dev().at(-1)?.x).toBe(125)
  })

  test('show finer grain where one looks closer', async () => {
    const { run, curves } = await openCurves()
    run.train(3_000)
    await curves.load(run.snapshot)
    const within = () => curves.train().filter(({ step }) => step > 1_000 && step <= 1_200).length
    const before = within()

    await curves.look({ from: 1_000, to: 1_200 })

    expect(within()).toBe(200)
    expect(before).toBeLessThan(30)
  })
})

describe('scales', () => {
  test('ticks are round, in order and inside', () => {
    expect(niceTicks(0, 1_040, 6)).toEqual([0, 200, 400, 600, 800, 1_000])
    expect(logTicks(0.02, 3)).toEqual([0.03, 0.1, 0.3, 1, 3])
    expect(niceTicks(3, 3, 5)).toEqual([])
  })

  test('a spike stays in view, and what a log scale cannot place does not bend it', () => {
    const { min, max } = yRangeOf([0.1, 0, Number.NaN, 145], true)

    expect(max).toBeGreaterThan(145)
    expect(min).toBeGreaterThan(0.05)
    expect(yRangeOf([], true).min).toBeGreaterThan(0)
  })

  test('zooming stays inside the whole, and zooming out far enough shows all', () => {
    const whole = { from: 0, to: 1_000 }

    expect(zoomedRange(whole, whole, 0, 0.5)).toEqual({ from: 0, to: 500 })
    expect(zoomedRange({ from: 0, to: 600 }, whole, 300, 2)).toBeNull()
    expect(movedInside({ from: 900, to: 1_100 }, whole)).toEqual({ from: 800, to: 1_000 })
  })
})

test('smoothing keeps a constant line as it is, stays between the extremes and skips what is no number', () => {
  const cost = fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0.01, max: 10, noNaN: true }))
  fc.assert(
    fc.property(fc.array(cost, { minLength: 1, maxLength: 80 }), (values) => {
      const points = values.map((y, i) => ({ x: (i + 1) * 4, y }))
      const finite = values.filter(Number.isFinite)
      for (const [i, { y }] of smoothed(points).entries()) {
        expect(Number.isNaN(y)).toBe(Number.isNaN(values[i]))
        if (Number.isNaN(y)) continue
        expect(y).toBeGreaterThanOrEqual(Math.min(...finite) * (1 - 1e-9))
        expect(y).toBeLessThanOrEqual(Math.max(...finite) * (1 + 1e-9))
      }
    }),
  )
  const flat = Array.from({ length: 50 }, (_, i) => ({ x: i + 1, y: 0.25 }))
  for (const { y } of smoothed(flat)) expect(y).toBeCloseTo(0.25, 12)
})

test('flags that land close together stand below each other, and those out of view are left out', () => {
  const plot = { area: () => ({ left: 0, right: 800 }), xOf: (step: number) => step }
  const flagAt = (step: number) => {
    const label = 'α 0.01 → 0.02'
    return { id: String(step), kind: 'nudge', step, label, detail: label } as const
  }

  const placed = placeFlags([10, 20, 30, 40, 300, 795, 900].map(flagAt), plot)

  expect(placed.map(({ row, isRoomy }) => [row, isRoomy])).toEqual([
    [0, true],
    [1, true],
    [2, true],
    [0, false],
    [0, true],
    [0, false],
  ])
})
