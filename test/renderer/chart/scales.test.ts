import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryOf, smoothed } from '../../../renderer/chart/smooth.ts'
import { strideOf } from '../../../renderer/chart/ruler.ts'
import { yScaleOf } from '../../../renderer/chart/scales.ts'
import { logTicks, niceTicks, writeTick } from '../../../renderer/chart/ticks.ts'
import { clockTicks, durationTicks } from '../../../renderer/chart/time-ticks.ts'
import { movedInside, zoomedRange } from '../../../renderer/chart/use-zoom.ts'
import { yRangeOf } from '../../../renderer/chart/y-range.ts'

describe('ticks', () => {
  test('are round, in order and inside', () => {
    expect(niceTicks(0, 1_040, 6)).toEqual([0, 200, 400, 600, 800, 1_000])
    expect(logTicks(0.02, 3)).toEqual([0.03, 0.1, 0.3, 1, 3])
    expect(niceTicks(3, 3, 5)).toEqual([])
  })

  test('are eight at most on a logarithmic scale, and some, over any number of decades', () => {
    const power = fc.double({ min: -30, max: 30, noNaN: true })
    const decades = fc.double({ min: 0.1, max: 40, noNaN: true })
    fc.assert(
      fc.property(power, decades, (from, span) => {
        const ticks = logTicks(10 ** from, 10 ** (from + span))
        expect(ticks.length).toBeLessThanOrEqual(8)
        if (span > 1) expect(ticks.length).toBeGreaterThan(0)
        expect(ticks).toEqual([...ticks].sort((a, b) => a - b))
      }),
    )
  })

  test('of training time are lengths that a person would name', () => {
    const labels = (to: number) => durationTicks(0, to, 5).map(({ label }) => label)

    expect(labels(50)).toEqual(['0 s', '10 s', '20 s', '30 s', '40 s', '50 s'])
    expect(labels(3_000)).toEqual(['0 s', '10 min', '20 min', '30 min', '40 min', '50 min'])
    expect(labels(12 * 3_600)).toEqual(['0 s', '3 h', '6 h', '9 h', '12 h'])
    expect(labels(5 * 86_400)).toEqual(['0 s', '1 d', '2 d', '3 d', '4 d', '5 d'])
  })

  test('of the clock are round local times, and the date at midnight', () => {
    const zero = new Date(2026, 10, 22, 21, 40).getTime()

    const ticks = clockTicks(0, 6 * 3_600, zero, 6)

    expect(ticks.map(({ label }) => label).filter((label) => label.includes(':'))).toEqual([
      '22:00',
      '23:00',
      '01:00',
      '02:00',
      '03:00',
    ])
    expect(ticks[2]?.label).toMatch(/23/)
    expect(ticks[0]?.value).toBe(20 * 60)
  })

  test('are written short, with a real minus', () => {
    expect([0.02, 1e-5, -3, 2e6].map(writeTick)).toEqual(['0.02', '1e−5', '−3', '2e6'])
  })
})

describe('an upright scale', () => {
  test('keeps a spike in view, and what a log scale cannot place does not bend it', () => {
    const { min, max } = yRangeOf([0.1, 0, Number.NaN, 145], true)

    expect(max).toBeGreaterThan(145)
    expect(min).toBeGreaterThan(0.05)
    expect(yRangeOf([], true).min).toBeGreaterThan(0)
  })

  test('puts what has no place at its edges, and NaN nowhere', () => {
    const y = yScaleOf({ min: 0.1, max: 10 }, true, { top: 20, bottom: 120 })

    expect(y.at(1)).toBeCloseTo(70)
    expect([Infinity, 1e9, 0, -5].map(y.at)).toEqual([20, 20, 120, 120])
    expect(y.at(NaN)).toBeNaN()
  })
})

test('zooming stays inside the whole, and zooming out far enough shows all', () => {
  const whole = { from: 0, to: 1_000 }

  expect(zoomedRange(whole, whole, 0, 0.5)).toEqual({ from: 0, to: 500 })
  expect(zoomedRange({ from: 0, to: 600 }, whole, 300, 2)).toBeNull()
  expect(movedInside({ from: 900, to: 1_100 }, whole)).toEqual({ from: 800, to: 1_000 })
})

test('labels of days thin out to round numbers instead of vanishing', () => {
  expect([5, 50, 500, 5_000].map((days) => strideOf(700, days, 34))).toEqual([1, 5, 50, 500])
})

describe('smoothing', () => {
  test('keeps a constant line as it is, stays between the extremes and skips what is no number', () => {
    const cost = fc.oneof(fc.constant(NaN), fc.double({ min: 0.01, max: 10, noNaN: true }))
    const memory = fc.integer({ min: 1, max: 500 })
    fc.assert(
      fc.property(fc.array(cost, { minLength: 1, maxLength: 80 }), memory, (values, steps) => {
        const points = values.map((mean, i) => ({ step: (i + 1) * 4, mean }))
        const finite = values.filter(Number.isFinite)
        for (const [i, y] of smoothed(points, steps).entries()) {
          expect(Number.isNaN(y)).toBe(Number.isNaN(values[i]))
          if (Number.isNaN(y)) continue
          expect(y).toBeGreaterThanOrEqual(Math.min(...finite) * (1 - 1e-9))
          expect(y).toBeLessThanOrEqual(Math.max(...finite) * (1 + 1e-9))
        }
      }),
    )
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), memory, (value, steps) => {
        const flat = Array.from({ length: 50 }, (_, i) => ({ step: i * 3 + 1, mean: value }))
        for (const y of smoothed(flat, steps)) expect(y / value).toBeCloseTo(1, 9)
      }),
    )
  })

  test('looks back over the same steps at every zoom', () => {
    const fine = Array.from({ length: 4_000 }, (_, i) => ({ step: i + 1, mean: i < 2_000 ? 1 : 0 }))
    const coarse = Array.from({ length: 1_000 }, (_, i) => ({
      step: (i + 1) * 4,
      mean: i < 500 ? 1 : 0,
    }))

    const [a, b] = [smoothed(fine, 100), smoothed(coarse, 100)]

    expect(a[2_199]).toBeCloseTo(Math.exp(-2), 2)
    expect(b[549]).toBeCloseTo(a[2_199] ?? NaN, 2)
  })

  test('grows with the run, in round numbers, and is none where it is off', () => {
    expect(memoryOf('off', 1e7)).toBe(0)
    expect([100, 1e4, 1e5, 1e7].map((steps) => memoryOf('light', steps))).toEqual([
      10, 20, 200, 20_000,
    ])
    expect(memoryOf('strong', 1e5)).toBe(1_000)
  })
})
