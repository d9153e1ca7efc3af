import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dimension } from '../../../core/protocol/space.ts'
import {
  cutsOf,
  drawsOf,
  linearShareOf,
  ownPlaces,
  sharesOf,
} from '../../../renderer/search/space/scale-shares.ts'
import { shareWords } from '../../../renderer/search/space/share-words.ts'

const real = (low: number, high: number, scale: 'linear' | 'logarithmic' | 'one-minus') =>
  ({ type: 'real', low, high, scale }) as const

const space = fc.oneof(
  fc
    .tuple(
      fc.double({ min: 1e-6, max: 0.4, noNaN: true }),
      fc.double({ min: 1.01, max: 1e5, noNaN: true }),
    )
    .map(([low, factor]): Dimension => real(low, low * factor, 'logarithmic')),
  fc
    .tuple(
      fc.double({ min: 0, max: 0.8, noNaN: true }),
      fc.double({ min: 0.81, max: 0.9999, noNaN: true }),
    )
    .map(([low, high]): Dimension => real(low, high, 'one-minus')),
  fc
    .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 5_000 }))
    .map(([low, more]): Dimension => ({
      type: 'integer',
      low,
      high: low + more,
      scale: 'logarithmic',
    })),
  fc
    .uniqueArray(fc.integer(), { minLength: 1, maxLength: 9 })
    .map((values): Dimension => ({ type: 'choice', values })),
)

describe('what a scale samples', () => {
  test('on a log scale each decade gets its equal share, where a linear one puts nine tenths into one', () => {
    const shares = sharesOf('x', real(1e-4, 1, 'logarithmic'))
    const linear = linearShareOf('x', real(1e-4, 1, 'logarithmic'))

    expect(shares.map(({ label }) => label)).toEqual([
      '0.0001 – 0.001',
      '0.001 – 0.01',
      '0.01 – 0.1',
      '0.1 – 1',
    ])
    for (const { share } of shares) expect(share).toBeCloseTo(0.25, 2)
    expect(linear?.label).toBe('0.1 – 1')
    expect(linear?.share).toBeCloseTo(0.9, 2)
  })

  test('on 1 − β the stretch from 0.9 to 0.99 gets as much as the one from 0.99 to 0.999', () => {
    const shares = sharesOf('x', real(0.9, 0.999, 'one-minus'))

    expect(shares.map(({ label }) => label)).toEqual(['0.9 – 0.99', '0.99 – 0.999'])
    for (const { share } of shares) expect(share).toBeCloseTo(0.5, 2)
  })

  test('less than two decades are cut into doublings', () => {
    expect(cutsOf('x', { type: 'integer', low: 16, high: 128, scale: 'logarithmic' })).toEqual([
      32, 64,
    ])
  })

  test('the draws of the picture are the same each time, and spread over all of the axis', () => {
    const dimension = real(1e-5, 1, 'logarithmic')
    const places = ownPlaces('x', dimension, drawsOf('x', dimension))
    const quarters = [0, 1, 2, 3].map(
      (quarter) => places.filter((place) => Math.floor(place * 4) === quarter).length / 400,
    )

    expect(drawsOf('x', dimension)).toEqual(drawsOf('x', dimension))
    for (const share of quarters) expect(Math.abs(share - 0.25)).toBeLessThan(0.08)
  })

  test('the shares of any dimension add up to 1, and draws and cuts lie within it', () => {
    fc.assert(
      fc.property(space, (dimension) => {
        const sum = sharesOf('x', dimension).reduce((total, { share }) => total + share, 0)
        const places = ownPlaces('x', dimension, drawsOf('x', dimension, 20))

        expect(sum).toBeCloseTo(1, 9)
        expect(places.every((place) => place >= 0 && place <= 1)).toBe(true)
        if (dimension.type === 'choice') return
        const { low, high } = dimension
        expect(cutsOf('x', dimension).every((cut) => cut > low && cut < high)).toBe(true)
      }),
    )
  })
})

describe('what a scale samples, in words', () => {
  test('says the share of a decade, and what linear draws would do', () => {
    expect(shareWords('x', real(1e-5, 1, 'logarithmic'))).toBe(
      'Each decade gets the same share: 20 % in 1e-5 – 0.0001, 20 % in 0.1 – 1, and so between.' +
        ' Linear draws would put 90 % into 0.1 – 1.',
    )
  })

  test('uneven stretches are told one by one', () => {
    expect(shareWords('x', real(0.5, 0.99, 'one-minus'))).toMatch(/^41 % in 0\.5 – 0\.9, 59 % in/)
  })

  test('a choice gives each value its share', () => {
    expect(shareWords('x', { type: 'choice', values: ['adam', 'momentum'] })).toBe(
      'Each of 2 values gets 50 %.',
    )
  })
})
