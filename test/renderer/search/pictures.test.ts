import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSpace, valueAt } from '../../../core/search/space.ts'
import type { Dimension } from '../../../core/protocol/space.ts'
import { axisOf } from '../../../renderer/search/pictures/dimension-axis.ts'
import {
  formatShare,
  importanceSentence,
} from '../../../renderer/search/pictures/importance-words.ts'
import { orderedPaths } from '../../../renderer/search/pictures/order.ts'
import { frameOf, nearestPoint, spotsIn } from '../../../renderer/search/pictures/scatter-frame.ts'
import {
  bracketsOf,
  resultRange,
  scatterPoints,
  walkedPoints,
} from '../../../renderer/search/pictures/scatter.ts'
import { studyOf, trialOf } from './curves-study.ts'

const RATE = 'hyperparameters.learning_rate'
const labels = (path: string, dimension: Dimension) =>
  axisOf(path, dimension).ticks.map(({ label }) => label)

const anyReal = fc
  .record({
    type: fc.constant('real' as const),
    low: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    span: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  })
  .map(({ type, low, span }): Dimension => ({ type, low, high: low + span, scale: 'linear' }))
const anyLog = fc
  .record({
    low: fc.double({ min: -9, max: 3, noNaN: true }),
    span: fc.double({ min: 0.01, max: 12, noNaN: true }),
  })
  .map(({ low, span }): Dimension => ({
    type: 'real',
    low: 10 ** low,
    high: 10 ** (low + span),
    scale: 'logarithmic',
  }))
const anyOneMinus = fc
  .record({
    high: fc.double({ min: -8, max: -0.01, noNaN: true }),
    span: fc.double({ min: 0.01, max: 6, noNaN: true }),
  })
  .map(({ high, span }) => ({
    type: 'real' as const,
    low: 1 - 10 ** Math.min(0, high + span),
    high: 1 - 10 ** high,
    scale: 'one-minus' as const,
  }))
  .filter(({ low, high }) => low < high)
const anyInteger = fc
  .record({
    low: fc.integer({ min: 1, max: 500 }),
    span: fc.integer({ min: 1, max: 5000 }),
    scale: fc.constantFrom('linear' as const, 'logarithmic' as const),
  })
  .map(({ low, span, scale }): Dimension => ({ type: 'integer', low, high: low + span, scale }))
const anyChoice = fc
  .uniqueArray(fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.integer()), {
    minLength: 1,
    maxLength: 20,
  })
  .map((values): Dimension => ({ type: 'choice', values }))
const anyDimension = fc.oneof(anyReal, anyLog, anyOneMinus, anyInteger, anyChoice)

describe('the axis of a dimension', () => {
  test('has few ticks inside of it, increasing, and places its values inside', () => {
    fc.assert(
      fc.property(anyDimension, fc.double({ min: 0, max: 1, noNaN: true }), (dimension, unit) => {
        checkSpace({ x: dimension })
        const axis = axisOf('x', dimension)

        const places = axis.ticks.map(({ place }) => place)
        expect(places.length).toBeGreaterThan(0)
        expect(places.length).toBeLessThanOrEqual(6)
        expect(places.every((place) => place >= 0 && place <= 1)).toBe(true)
        expect(places.every((place, i) => i === 0 || place > places[i - 1]!)).toBe(true)
        const labels = axis.ticks.map(({ label }) => label)
        if (dimension.type !== 'choice') expect(new Set(labels).size).toBe(labels.length)
        const place = axis.placeOf(valueAt('x', dimension, unit))
        expect(place >= 0 && place <= 1).toBe(true)
      }),
    )
  })

  test('has powers of ten on a logarithmic scale', () => {
    expect(labels(RATE, { type: 'real', low: 1e-4, high: 1 })).toEqual([
      '1e−4',
      '0.001',
      '0.01',
      '0.1',
      '1',
    ])
  })

  test('skips powers of ten where there are many', () => {
    const wide = labels(RATE, { type: 'real', low: 1e-9, high: 10 })

    expect(wide).toEqual(['1e−9', '1e−7', '1e−5', '0.001', '0.1', '10'])
  })

  test('has 0.9, 0.99, 0.999 and the ends on the scale of 1 − β', () => {
    const beta: Dimension = { type: 'real', low: 0.5, high: 0.999, scale: 'one-minus' }

    expect(labels('x', beta)).toEqual(['0.5', '0.9', '0.99', '0.999'])
  })

  test('has round numbers on a linear one, and whole ones of whole numbers', () => {
    expect(labels('x', { type: 'real', low: 0, high: 0.5 })).toEqual([
      '0',
      '0.1',
      '0.2',
      '0.3',
      '0.4',
      '0.5',
    ])
    expect(labels('x', { type: 'integer', low: 1, high: 3 })).toEqual(['1', '2', '3'])
  })

  test('has each value of a choice in the middle of its share', () => {
    const axis = axisOf('optimizer', { type: 'choice', values: ['adam', 'momentum'] })

    expect(axis.isChoice).toBe(true)
    expect(axis.ticks).toEqual([
      { place: 0.25, label: 'adam' },
      { place: 0.75, label: 'momentum' },
    ])
  })
})

describe('the order of pictures', () => {
  const { config } = studyOf(
    0,
    {},
    {
      space: {
        a: { type: 'real', low: 0, high: 1 },
        b: { type: 'real', low: 0, high: 1 },
        c: { type: 'real', low: 0, high: 1 },
      },
    },
  )
  const share = (path: string) => ({ path, share: 0.5, low: 0.4, high: 0.6 })

  test('is that of the space until it is known what matters', () => {
    expect(orderedPaths({ config }, null)).toEqual(['a', 'b', 'c'])
    expect(orderedPaths({ config }, { importance: null })).toEqual(['a', 'b', 'c'])
  })

  test('puts what matters first, and leaves out what is not searched any more', () => {
    const importance = [share('c'), share('gone'), share('a')]

    expect(orderedPaths({ config }, { importance })).toEqual(['c', 'a', 'b'])
  })
})

describe('what matters, in a sentence', () => {
  const names = new Map([
    ['a', 'learning_rate'],
    ['b', 'batch_size'],
    ['c', 'units'],
    ['d', 'l2'],
  ])
  const of = (path: string, share: number, spread = 0.01) => ({
    path,
    share,
    low: share - spread,
    high: share + spread,
  })

  test('names what explains most, and what hardly explains anything', () => {
    const sentence = importanceSentence([of('a', 0.71), of('c', 0.26), of('b', 0.03)], names)

    expect(sentence).toBe('learning rate explains 71 % of the differences; batch size hardly any.')
  })

  test('does not rank two that the trials cannot tell apart', () => {
    const sentence = importanceSentence(
      [of('a', 0.5, 0.1), of('c', 0.48, 0.1), of('b', 0.02)],
      names,
    )

    expect(sentence).toMatch(/^learning rate and units explain 98 % .*tell which more; batch size/)
  })

  test('does not list all the others', () => {
    const rest = [of('b', 0.03), of('c', 0.02), of('d', 0.01)]

    expect(importanceSentence([of('a', 0.94), ...rest], names)).toContain('; the others hardly any')
  })

  test('does not call something nothing', () => {
    expect(formatShare(0.002)).toBe('< 1 %')
    expect(formatShare(0)).toBe('0 %')
    expect(formatShare(0.706)).toBe('71 %')
  })
})

describe('the points of a picture', () => {
  const dimension: Dimension = { type: 'real', low: 1e-4, high: 1 }
  const along = { path: RATE, dimension, axis: axisOf(RATE, dimension) }
  const done = (trial: number, rate: number, value: number) =>
    trialOf(trial, { state: 'done', point: { [RATE]: rate }, value })

  test('lie where the scale has their values, what is outside the space at the edge', () => {
    const study = studyOf([done(1, 0.01, 0.1), done(2, 5, 0.2)])

    const points = scatterPoints(study, null, along)

    expect(points.map(({ x, isOutside }) => ({ x, isOutside }))).toEqual([
      { x: expect.closeTo(0.5, 9) as number, isOutside: false },
      { x: 1, isOutside: true },
    ])
  })

  test('are those of trials that came to something, the best in front, broken ones at the top', () => {
    const study = studyOf(
      [
        done(1, 0.1, 0.03),
        done(2, 0.01, 0.1),
        trialOf(3, { state: 'diverged', value: 0.5, point: { [RATE]: 1 } }),
        trialOf(4, { state: 'running' }),
        trialOf(5, { state: 'done', value: 0.2, point: {} }),
      ],
      { best: 1 },
    )

    const points = scatterPoints(study, 2, along)

    expect(points.map(({ trial, look, y }) => [trial, look, y])).toEqual([
      [3, 'bad', Infinity],
      [2, 'selected', 0.1],
      [1, 'best', 0.03],
    ])
  })

  test('are walked from left to right', () => {
    const points = scatterPoints(studyOf([done(1, 1, 0.1), done(2, 0.001, 0.4)]), null, along)

    expect(walkedPoints(points).map(({ trial }) => trial)).toEqual([2, 1])
  })

  test('of a choice keep to its share, always in the same place', () => {
    const choice: Dimension = { type: 'choice', values: ['a', 'b', 'c', 'd'] }
    const across = { path: 'o', dimension: choice, axis: axisOf('o', choice) }
    const trials = Array.from({ length: 50 }, (_, i) =>
      trialOf(i + 1, { state: 'done', value: 0.1, point: { o: 'c' } }),
    )

    const places = scatterPoints(studyOf(trials), null, across).map(({ x }) => x)

    expect(Math.min(...places)).toBeGreaterThan(0.5)
    expect(Math.max(...places)).toBeLessThan(0.75)
    expect(new Set(places).size).toBe(50)
    expect(scatterPoints(studyOf(trials), null, across).map(({ x }) => x)).toEqual(places)
  })

  test('are found where they are drawn, and nothing far from them', () => {
    const study = studyOf([done(1, 0.1, 0.03), done(2, 0.01, 0.1)])
    const points = scatterPoints(study, null, along)
    const range = resultRange(study.trials)
    const frame = frameOf(320, 200, 0)

    for (const point of points) {
      const spot = spotsIn(frame, range)(point)
      expect(nearestPoint(points, { x: spot.x + 3, y: spot.y - 2 }, frame, range)).toBe(point)
    }
    expect(nearestPoint(points, { x: frame.left, y: frame.bottom }, frame, range)).toBeNull()
  })
})

describe('the range of results', () => {
  const results = (...values: (number | null)[]) =>
    values.map((value, i) => trialOf(i + 1, { state: 'done', value }))

  test('is logarithmic where results differ by more than ten times', () => {
    expect(resultRange(results(0.02, 0.9))?.isLog).toBe(true)
    expect(resultRange(results(0.2, 0.9))?.isLog).toBe(false)
    expect(resultRange(results(0, 0.9))?.isLog).toBe(false)
  })

  test('holds every finite result, and is not stretched by those that broke', () => {
    const trials = [
      ...results(0.2, 0.5, null, Infinity),
      trialOf(9, { state: 'diverged', value: 1e9 }),
    ]

    const range = resultRange(trials)

    expect(range?.min).toBeLessThan(0.2)
    expect(range?.max).toBeGreaterThan(0.5)
    expect(range?.max).toBeLessThan(1)
  })

  test('is none without a result, and has a height with a single one', () => {
    expect(resultRange(results(null))).toBeNull()
    const one = resultRange(results(0.3))
    expect((one?.max ?? 0) - (one?.min ?? 0)).toBeGreaterThan(0)
  })
})

describe('the brackets of coarse to fine', () => {
  const round = (low: number | string, high: number | string, isWidened = false) => ({
    from: 1,
    to: 2,
    sides: [{ path: 'x', low, high, isWidened }],
  })

  test('reach over the whole share of whole numbers and of choices', () => {
    const choice: Dimension = { type: 'choice', values: ['a', 'b'] }
    const integer: Dimension = { type: 'integer', low: 1, high: 4 }

    expect(bracketsOf([round('b', 'b')], 'x', choice)).toEqual([
      { from: 0.5, to: 1, isWidened: false },
    ])
    expect(bracketsOf([round(2, 3, true)], 'x', integer)).toEqual([
      { from: 0.25, to: 0.75, isWidened: true },
    ])
  })

  test('are only those of the dimension', () => {
    expect(bracketsOf([round(0, 1)], 'y', { type: 'real', low: 0, high: 1 })).toEqual([])
  })
})
