import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { thin } from '../../../core/series/index.ts'

const anyValue = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0))
/** A series with gaps in its steps, and how many points it is to have. */
const anySeries = fc.record({
  gaps: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 300 }),
  points: fc.integer({ min: 1, max: 40 }),
})

const stepsOf = (gaps: readonly number[]) => {
  let step = 0
  return gaps.map((gap) => (step += gap))
}

describe('thinning', () => {
  test('an outlier survives, wherever it is and however few points are left', () => {
    fc.assert(
      fc.property(anySeries, fc.nat(), fc.boolean(), ({ gaps, points }, where, isUp) => {
        const values = gaps.map((_, at) => Math.sin(at))
        const spike = isUp ? 1e9 : -1e9
        values[where % values.length] = spike

        const { min, max } = thin(stepsOf(gaps), values, points)

        expect(isUp ? Math.max(...max) : Math.min(...min)).toBe(spike)
      }),
    )
  })

  test('each bucket holds exactly the extremes and the mean of its own steps', () => {
    fc.assert(
      fc.property(anySeries, ({ gaps, points }) => {
        const steps = stepsOf(gaps)
        const values = gaps.map((gap, at) => gap * Math.cos(at))

        const thinned = thin(steps, values, points)

        expect(thinned.step.length).toBeLessThanOrEqual(Math.max(points, 1))
        expect(thinned.step.at(-1)).toBe(steps.at(-1))
        let from = -1
        thinned.step.forEach((last, bucket) => {
          const own = values.filter((_, at) => steps[at]! > from && steps[at]! <= last)
          expect(thinned.min[bucket]).toBe(Math.min(...own))
          expect(thinned.max[bucket]).toBe(Math.max(...own))
          const mean = own.reduce((sum, value) => sum + value, 0) / own.length
          expect(thinned.mean[bucket]).toBeCloseTo(mean, 9)
          from = last
        })
      }),
    )
  })

  test('buckets are equal stretches of steps, not of points', () => {
    const thinned = thin([0, 1, 2, 3, 99], [1, 2, 3, 4, 5], 2)

    expect([...thinned.step]).toEqual([3, 99])
    expect([...thinned.max]).toEqual([4, 5])
  })

  test('a NaN shows as the mean of its bucket, and hides no extreme', () => {
    const thinned = thin([0, 1, 2, 3], [1, NaN, 7, 8], 2)

    expect([...thinned.mean]).toEqual([NaN, 7.5])
    expect([...thinned.min]).toEqual([1, 7])
    expect([...thin([0, 1, 2, 3], [NaN, NaN, 7, 8], 2).max]).toEqual([NaN, 8])
  })

  test('infinities are extremes like any other', () => {
    const thinned = thin([0, 1, 2, 3], [1, Infinity, -Infinity, 8], 2)

    expect([...thinned.max]).toEqual([Infinity, 8])
    expect([...thinned.min]).toEqual([1, -Infinity])
  })

  test('no bucket is lost or invented by any value at all', () => {
    fc.assert(
      fc.property(
        fc.array(anyValue, { maxLength: 200 }),
        fc.integer({ min: 1, max: 9 }),
        (v, n) => {
          const thinned = thin(
            v.map((_, at) => at),
            v,
            n,
          )
          const nans = v.filter((value) => Number.isNaN(value)).length
          expect(thinned.mean.length).toBe(Math.min(v.length, n))
          if (nans > 0) expect(thinned.mean.some((mean) => Number.isNaN(mean))).toBe(true)
        },
      ),
    )
  })

  test('a constant line stays exactly on its value', () => {
    const thinned = thin(
      Array.from({ length: 1000 }, (_, at) => at),
      new Float64Array(1000).fill(0.1),
      7,
    )

    expect(new Set(thinned.mean)).toEqual(new Set([0.1]))
  })

  test('large finite values do not overflow their mean', () => {
    expect(thin([0, 1, 2], [1.7e308, 1.7e308, 1.7e308], 1).mean[0]).toBe(1.7e308)
  })

  test('without a number of points, every point comes as it is', () => {
    const thinned = thin([3, 5], [NaN, 2])

    expect(thinned).toEqual({
      step: Float64Array.of(3, 5),
      min: Float64Array.of(NaN, 2),
      max: Float64Array.of(NaN, 2),
      mean: Float64Array.of(NaN, 2),
    })
    expect(thin([], [], 5).step.length).toBe(0)
  })
})
