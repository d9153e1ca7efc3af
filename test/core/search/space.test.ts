import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import { searchSpace } from '../../../core/protocol/space.ts'
import type { Dimension, SearchSpace } from '../../../core/protocol/space.ts'
import { randomPoint } from '../../../core/search/methods/random.ts'
import {
  checkSpace,
  pathsOf,
  placeOf,
  pointAt,
  scaleOf,
  unitOf,
  valueAt,
} from '../../../core/search/space.ts'

const DRAWS = 100_000

/** Values of one dimension over many random draws. */
const draws = (path: string, dimension: Dimension): number[] =>
  Array.from({ length: DRAWS }, (_, i) =>
    Number(valueAt(path, dimension, randomPoint(1, 7, i)[0] ?? 0)),
  )
const shareWithin = (values: readonly number[], low: number, high: number) =>
  values.filter((value) => value >= low && value < high).length / values.length

const scale = fc.constantFrom('linear', 'logarithmic', 'one-minus')
const real: fc.Arbitrary<Dimension> = fc
  .tuple(
    fc.double({ min: 1e-6, max: 0.4, noNaN: true }),
    fc.double({ min: 0.5, max: 0.999, noNaN: true }),
    scale,
  )
  .map(([low, high, how]) => ({ type: 'real', low, high, scale: how as 'linear' }))
const integer: fc.Arbitrary<Dimension> = fc
  .tuple(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 51, max: 5_000 }),
    fc.constantFrom('linear', 'logarithmic'),
  )
  .map(([low, high, how]) => ({ type: 'integer', low, high, scale: how as 'linear' }))
const choice: fc.Arbitrary<Dimension> = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 })
  .map((values) => ({ type: 'choice', values }))
const anyDimension = fc.oneof(real, integer, choice)
const place = fc.double({ min: 0, max: 1, noNaN: true })

describe('scales', () => {
  test('on the log scale each decade of [10⁻⁴, 1] gets a quarter of the draws', () => {
    const values = draws('a', { type: 'real', low: 1e-4, high: 1, scale: 'logarithmic' })

    for (const from of [1e-4, 1e-3, 1e-2, 1e-1]) {
      expect(Math.abs(shareWithin(values, from, from * 10) - 0.25)).toBeLessThan(0.006)
    }
  })

  test('a linear scale puts nine tenths of [10⁻⁴, 1] into [0.1, 1]', () => {
    const values = draws('a', { type: 'real', low: 1e-4, high: 1, scale: 'linear' })

    expect(Math.abs(shareWithin(values, 0.1, 1) - 0.9)).toBeLessThan(0.005)
  })

  test('on the scale of 1 − β [0.9, 0.99] and [0.99, 0.999] get the same share', () => {
    const values = draws('b', { type: 'real', low: 0.9, high: 0.999, scale: 'one-minus' })

    expect(Math.abs(shareWithin(values, 0.9, 0.99) - 0.5)).toBeLessThan(0.006)
  })

  test('every whole number of a linear range is as likely as every other', () => {
    const values = draws('units', { type: 'integer', low: 50, high: 59 })

    for (let n = 50; n < 60; n++) {
      expect(Math.abs(shareWithin(values, n, n + 1) - 0.1)).toBeLessThan(0.005)
    }
  })

  test('a hyperparameter has its own scale where its range allows it', () => {
    const alpha: Dimension = { type: 'real', low: 1e-4, high: 1 }

    expect(scaleOf('hyperparameters.learning_rate', alpha)).toBe('logarithmic')
    expect(scaleOf('hyperparameters.momentum', { type: 'real', low: 0.9, high: 0.999 })).toBe(
      'one-minus',
    )
    expect(scaleOf('hyperparameters.l2', { type: 'real', low: 0, high: 1 })).toBe('linear')
    expect(scaleOf('network.layers.0.units', alpha)).toBe('linear')
  })
})

describe('a dimension', () => {
  test('never gives a value outside itself', () => {
    fc.assert(
      fc.property(anyDimension, place, (dimension, u) => {
        const value = valueAt('x', dimension, u)
        if (dimension.type === 'choice') return dimension.values.includes(value)
        const isWhole = dimension.type === 'real' || Number.isInteger(value)
        return isWhole && Number(value) >= dimension.low && Number(value) <= dimension.high
      }),
    )
  })

  test('gives the same value again at the place where that value lies', () => {
    fc.assert(
      fc.property(anyDimension, place, (dimension, u) => {
        const value = valueAt('x', dimension, u)
        const again = valueAt('x', dimension, placeOf('x', dimension, value))
        if (dimension.type !== 'real') return again === value
        return Math.abs(Number(again) - Number(value)) < 1e-9
      }),
    )
  })
})

describe('a space', () => {
  const conditional: SearchSpace = {
    optimizer: { type: 'choice', values: ['momentum', 'adam'] },
    'hyperparameters.momentum': {
      type: 'real',
      low: 0.9,
      high: 0.999,
      when: { optimizer: ['momentum'] },
    },
  }

  test('leaves a dimension out where its condition does not hold', () => {
    const points = Array.from({ length: 100 }, (_, i) => pointAt(conditional, randomPoint(2, 1, i)))

    for (const point of points) {
      expect('hyperparameters.momentum' in point).toBe(point['optimizer'] === 'momentum')
    }
    expect(new Set(points.map(({ optimizer }) => optimizer)).size).toBe(2)
  })

  test('comes back from its values to the same values', () => {
    const point = pointAt(conditional, [0.3, 0.7])

    expect(pathsOf(conditional)[0]).toBe('optimizer')
    expect(Object.keys(pointAt(conditional, unitOf(conditional, point)))).toEqual(
      Object.keys(point),
    )
  })

  const refusals: readonly (readonly [string, SearchSpace, RegExp])[] = [
    ['an empty space', {}, /empty/],
    ['an empty range', { a: { type: 'real', low: 1, high: 1 } }, /empty range 1 to 1/],
    ['an inverted range', { a: { type: 'real', low: 2, high: 1 } }, /inverted range 2 to 1/],
    [
      'a log scale through zero',
      { a: { type: 'real', low: 0, high: 1, scale: 'logarithmic' } },
      /through zero/,
    ],
    [
      'a 1 − β scale up to one',
      { a: { type: 'real', low: 0.9, high: 1, scale: 'one-minus' } },
      /1 − β/,
    ],
    [
      'a condition on what is not searched',
      { a: { type: 'real', low: 0, high: 1, when: { b: [1] } } },
      /"b", which is not searched/,
    ],
    [
      'a condition on what is only a word of the language',
      { a: { type: 'real', low: 0, high: 1, when: { constructor: [1] } } },
      /"constructor", which is not searched/,
    ],
    ['a range too wide', { a: { type: 'real', low: -1e308, high: 1e308 } }, /too wide/],
    [
      'conditions in a circle',
      {
        a: { type: 'integer', low: 0, high: 1, when: { b: [1] } },
        b: { type: 'integer', low: 0, high: 1, when: { a: [1] } },
      },
      /depend on each other/,
    ],
  ]
  test.each(refusals)('%s is refused, naming what is wrong', (_name, space, words) => {
    expect(() => checkSpace(searchSpace.parse(space))).toThrow(PandaError)
    expect(() => checkSpace(space)).toThrow(words)
  })
})
