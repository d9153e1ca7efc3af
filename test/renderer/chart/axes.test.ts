import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MetricSeries } from '../../../core/protocol/run.ts'
import { axisThrough } from '../../../renderer/chart/axis-map.ts'
import { planeOf } from '../../../renderer/chart/plane.ts'
import { NO_TIMES, pausesOf } from '../../../renderer/chart/time-anchors.ts'
import { AXES, xAxisOf } from '../../../renderer/chart/x-axis.ts'
import { FakeRun } from '../fake-run.ts'

const seriesOf = (metric: string, pairs: readonly (readonly [number, number])[]): MetricSeries => {
  const step = Float64Array.from(pairs, ([at]) => at)
  const value = Float64Array.from(pairs, ([, seconds]) => seconds)
  return { metric, branch: 'b1', step, min: value, max: value, mean: value }
}

const anchors = fc.array(
  fc.record({
    step: fc.integer({ min: 0, max: 10_000 }),
    x: fc.double({ min: 0, max: 1e6, noNaN: true }),
  }),
  { maxLength: 30 },
)

describe('an axis through anchors', () => {
  test('never falls, however the anchors lie', () => {
    const step = fc.double({ min: -100, max: 20_000, noNaN: true })
    fc.assert(
      fc.property(anchors, step, step, (known, a, b) => {
        const axis = axisThrough(known, 0.5)
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        expect(axis.at(low)).toBeLessThanOrEqual(axis.at(high) + 1e-6)
        expect(axis.stepAt(low)).toBeLessThanOrEqual(axis.stepAt(high) + 1e-6)
      }),
    )
  })

  test('leads back to the step it came from, wherever it does not stand still', () => {
    const gap = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 5_000 }))
    const share = fc.double({ min: -0.5, max: 1.5, noNaN: true })
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 20 }), share, (gaps, at) => {
        let [step, x] = [0, 0]
        const known = gaps.map(([steps, units]) => ({ step: (step += steps), x: (x += units) }))
        const axis = axisThrough(known, 2)
        expect(axis.stepAt(axis.at(step * at))).toBeCloseTo(step * at, 5)
      }),
    )
  })
})

/** Two hours of training with a night between them. */
function pausedRun(): FakeRun {
  const run = new FakeRun('digits')
  const { createdAt } = run.snapshot.facts
  const write = (kind: 'started' | 'paused', step: number, seconds: number) => {
    const entry = { ...run.entry(), at: createdAt + seconds * 1000, step }
    run.say({
      branch: 'b1',
      step,
      type: 'journaled',
      entry:
        kind === 'started'
          ? { ...entry, kind, threads: 2, engine: 'x' }
          : { ...entry, kind, reason: 'asked' },
    })
  }
  write('started', 0, 100)
  run.train(500)
  write('paused', 500, 3_700)
  write('started', 500, 40_000)
  run.train(500)
  write('paused', 1_000, 43_600)
  return run
}

describe('the axes of a run', () => {
  test('each lead from a step to its place and back', () => {
    const { snapshot } = pausedRun()
    for (const kind of AXES) {
      const axis = xAxisOf(kind, snapshot, NO_TIMES)
      for (const step of [1, 250, 499, 600, 990]) {
        expect(axis.stepAt(axis.at(step)), kind).toBeCloseTo(step, 3)
      }
      const labels = axis.ticks({ from: 0, to: 1_040 }, 6).map(({ label }) => label)
      expect(labels.length, kind).toBeGreaterThan(1)
      expect(new Set(labels).size, kind).toBe(labels.length)
    }
  })

  test('training time leaves the night out; the wall clock holds it as a jump', () => {
    const { snapshot } = pausedRun()
    const trained = seriesOf('trained_seconds', [
      [250, 1_800],
      [500, 3_600],
      [750, 5_400],
      [1_000, 7_200],
    ])
    const wall = seriesOf('wall_seconds', [
      [250, 1_900],
      [500, 3_700],
      [750, 41_800],
      [1_000, 43_600],
    ])

    const time = xAxisOf('time', snapshot, { trained, wall })
    const clock = xAxisOf('clock', snapshot, { trained, wall })

    expect(pausesOf(snapshot)).toHaveLength(1)
    expect(time.pauses).toEqual([500])
    expect(time.isEstimated).toBe(false)
    expect(time.at(600)).toBeCloseTo(4_320)
    expect(clock.jumps).toContainEqual({ step: 500, from: 3_700, to: 40_000 })
    expect(clock.at(500)).toBeCloseTo(3_700)
    expect(clock.at(625)).toBeCloseTo(40_900)
    expect(clock.stepAt(20_000)).toBe(500)
  })

  test('the wall clock jumps where the run went back, from the old branch to the new', () => {
    const run = pausedRun()
    run.rollback(run.targetOf('6'), null, 'rollback')
    const { branch, step, facts } = run.snapshot
    const begun = { ...run.entry(), at: facts.createdAt + 50_000_000, step: 750 }
    const entry = { ...begun, kind: 'started' as const, threads: 2, engine: 'x' }
    run.say({ branch, step, type: 'journaled', entry })
    run.train(100)
    const wall = seriesOf('wall_seconds', [
      [500, 3_700],
      [600, 40_360],
      [740, 40_864],
      [800, 50_180],
    ])

    const clock = xAxisOf('clock', run.snapshot, { trained: null, wall })

    expect(step).toBe(750)
    expect(clock.at(750)).toBeCloseTo(40_900)
    expect(clock.jumps.at(-1)).toEqual({ step: 750, from: clock.at(750), to: 50_000 })
  })

  test('times of a run that recorded none are put together from the journal, and say so', () => {
    const { snapshot } = pausedRun()

    const time = xAxisOf('time', snapshot, NO_TIMES)
    const clock = xAxisOf('clock', snapshot, NO_TIMES)

    expect([time.isEstimated, clock.isEstimated]).toEqual([true, true])
    expect(xAxisOf('step', snapshot, NO_TIMES).isEstimated).toBe(false)
    expect(clock.jumps.some(({ step }) => step === 500)).toBe(true)
  })

  test('a plane leads from pixels to steps and back', () => {
    const { snapshot } = pausedRun()
    for (const kind of AXES) {
      const plane = planeOf(xAxisOf(kind, snapshot, NO_TIMES), { from: 100, to: 900 }, 800)
      expect(plane.xOf(100)).toBeCloseTo(plane.left)
      expect(plane.xOf(900)).toBeCloseTo(plane.right)
      expect(plane.stepAt(plane.xOf(300)), kind).toBeCloseTo(300, 3)
    }
  })
})
