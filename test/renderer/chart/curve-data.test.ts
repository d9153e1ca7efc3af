import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MetricSeries, RunEvent, SeriesQuery } from '../../../core/protocol/run.ts'
import { thin } from '../../../core/series/index.ts'
import { createBuckets } from '../../../renderer/chart/buckets.ts'
import { bucketsOf, columnsOf, oddOf, ODD } from '../../../renderer/chart/columns.ts'
import { createCurveData } from '../../../renderer/chart/curve-data.ts'
import { FakeHost } from '../fake-host.ts'
import { FakeRun } from '../fake-run.ts'

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

  test('keeps the extremes of what a NaN came among, and says that one was there', () => {
    const buckets = createBuckets(2)

    buckets.append(1, Float32Array.of(3, NaN, 5, 1, 2, 4, 2, 2))

    const [first] = buckets.points
    expect(first).toMatchObject({ min: 1, max: 5 })
    expect(first && oddOf(first)).toBe(ODD.nan)
  })
})

/** A client of a host with one run, and its curves. */
async function openCurves() {
  const host = new FakeHost()
  const run = host.add('digits')
  const client = host.client()
  const queries: SeriesQuery[] = []
  const curves = createCurveData({
    series: (query) => {
      queries.push(query)
      return client.call('run:series', 'digits', query)
    },
    onFailure: (error) => {
      throw error
    },
  })
  client.on('run:event', ({ event }) => curves.take(event, run.snapshot))
  return { run, curves, queries }
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

  test('ask for two series before the first picture', async () => {
    const { run, curves, queries } = await openCurves()
    run.train(100)

    await curves.load(run.snapshot)

    expect(queries.map(({ metric }) => metric).sort()).toEqual(['cost', 'dev_cost'])
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

  test('show finer grain where one looks closer, and keep it fresh at the newest end', async () => {
    const { run, curves } = await openCurves()
    run.train(9_900)
    await curves.load(run.snapshot)
    const within = (from: number, to: number) =>
      curves.train().filter(({ step }) => step > from && step <= to).length
    const before = within(9_800, 9_900)

    await curves.look({ from: 9_800, to: 9_920 }, 800)
    run.train(50)

    await expect.poll(() => curves.train().at(-1)?.step).toBe(9_950)
    expect(before).toBeLessThan(50)
    expect(within(9_800, 9_950)).toBe(150)
  })

  test('ask nothing where what is known is as fine as the screen', async () => {
    const { run, curves, queries } = await openCurves()
    run.train(9_900)
    await curves.load(run.snapshot)
    await curves.look({ from: 4_000, to: 4_400 }, 800)
    const asked = queries.length

    await curves.look({ from: 4_100, to: 4_500 }, 800)
    await curves.look({ from: 0, to: 9_900 }, 800)

    expect(queries).toHaveLength(asked)
  })
})

test('an outlier is in what is drawn, at every zoom that holds it', () => {
  const STEPS = 5_000
  const spikeAt = fc.integer({ min: 1, max: STEPS })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(spikeAt, share, share, fc.integer({ min: 50, max: 900 }), (spike, a, b, width) => {
      const steps = Float64Array.from({ length: STEPS }, (_, i) => i + 1)
      const values = Float64Array.from(steps, (step) => (step === spike ? 1e6 : Math.sin(step)))
      const from = Math.max(0, spike - 1 - Math.floor(a * STEPS))
      const to = Math.min(STEPS, spike + Math.floor(b * STEPS))
      const isIn = (step: number) => step > from && step <= to
      const seen = thin(
        steps.filter(isIn),
        values.filter((_, i) => isIn(i + 1)),
        width * 4,
      )
      const series = { metric: 'cost', branch: 'b1', ...seen } as const

      const columns = columnsOf(bucketsOf(series), { from, to }, (step) => {
        return ((step - from) / (to - from)) * width
      })

      expect(Math.max(...columns.map(({ max }) => max))).toBe(1e6)
      expect(columns.length).toBeLessThanOrEqual(width + 2)
      const nearest = columns.find(({ max }) => max === 1e6)
      const place = ((spike - from) / (to - from)) * width
      expect(Math.abs((nearest?.x ?? Infinity) - place)).toBeLessThanOrEqual(1.01)
    }),
    { numRuns: 60 },
  )
})

test('what is no number survives the store and the screen as a mark', () => {
  const values = [1, NaN, 2, Infinity, 3, -Infinity, 4, 5]
  const series = {
    metric: 'cost',
    branch: 'b1',
    ...thin([1, 2, 3, 4, 5, 6, 7, 8], values, 4),
  } as const

  const marks = columnsOf(bucketsOf(series), { from: 0, to: 8 }, (step) => step * 10)

  expect(marks.map(({ odd }) => odd)).toEqual([ODD.nan, ODD.up, ODD.down, 0])
  expect(marks.map(({ min }) => min).slice(0, 2)).toEqual([1, 2])
  const merged = columnsOf(bucketsOf(series), { from: 0, to: 8 }, (step) => step / 100)
  expect(merged).toHaveLength(1)
  expect(merged[0]?.odd).toBe(ODD.nan | ODD.up | ODD.down)
  expect(merged[0]?.mean).toBe(4.5)
})
