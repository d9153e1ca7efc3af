import { describe, expect, test } from 'vitest'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import { endBelief } from '../../../core/search/end-belief.ts'
import { randomPoint } from '../../../core/search/methods/random.ts'
import { pathsOf, pointAt, unitOf } from '../../../core/search/space.ts'
import { surrogateLines } from '../../../core/search/surrogate-lines.ts'
import type { Tamed } from '../../../core/search/tamed.ts'
import type { Point } from '../../../core/protocol/space.ts'

const SPACE: SearchSpace = {
  rate: { type: 'real', low: 1e-5, high: 1, scale: 'logarithmic' },
  units: { type: 'integer', low: 4, high: 9 },
  optimizer: { type: 'choice', values: ['adam', 'momentum'] },
  momentum: {
    type: 'real',
    low: 0.5,
    high: 0.999,
    scale: 'one-minus',
    when: { optimizer: ['momentum'] },
  },
}

const RATE = pathsOf(SPACE).indexOf('rate')

const trials = (count: number, value: (point: Point) => number): readonly Tamed[] =>
  Array.from({ length: count }, (_, i) => {
    const point = pointAt(SPACE, randomPoint(pathsOf(SPACE).length, 5, i))
    return { unit: unitOf(SPACE, point), value: value(point), climbed: [value(point)] }
  })

/** Best at a rate of 0.01, with adam. */
const bowl = (point: Point) =>
  0.1 +
  0.05 * (Math.log10(Number(point['rate'])) + 2) ** 2 +
  (point['optimizer'] === 'adam' ? 0 : 0.3)

const linesOf = (tamed: readonly Tamed[]) => {
  const belief = endBelief(SPACE, tamed, 1)
  const lines = belief === null ? [] : surrogateLines(SPACE, tamed, belief)
  return new Map(lines.map((line) => [line.path, line]))
}
const lowest = (mean: Float64Array | undefined) => mean?.indexOf(Math.min(...mean)) ?? -1

describe('the surrogate along each dimension', () => {
  test('finds the bottom of a bowl on the scale of the dimension, and knows how sure it is', () => {
    const rate = linesOf(trials(40, bowl)).get('rate')

    expect(rate?.values).toHaveLength(60)
    expect(rate?.values[0]).toBeCloseTo(1e-5, 12)
    expect(rate?.values.at(-1)).toBeCloseTo(1, 12)
    expect(Math.log10(Number(rate?.values[lowest(rate.mean)]))).toBeCloseTo(-2, 0)
    expect(rate?.mean[lowest(rate.mean)]).toBeCloseTo(0.1, 1)
    expect(Math.max(...(rate?.deviation ?? []))).toBeLessThan(0.2)
  })

  test('shows every value of a choice and of a short range of whole numbers', () => {
    const lines = linesOf(trials(40, bowl))

    expect(lines.get('units')?.values).toEqual([4, 5, 6, 7, 8, 9])
    expect(lines.get('optimizer')?.values).toEqual(['adam', 'momentum'])
    expect(lowest(lines.get('optimizer')?.mean)).toBe(0)
  })

  test('goes through the best trial that has the dimension at all', () => {
    const value = (point: Point) =>
      point['optimizer'] === 'adam' ? 0.1 : 0.5 + Math.abs(Number(point['momentum']) - 0.9)

    const momentum = linesOf(trials(60, value)).get('momentum')

    expect(Number(momentum?.values[lowest(momentum.mean)])).toBeCloseTo(0.9, 0)
    expect(Math.max(...(momentum?.mean ?? []))).toBeGreaterThan(0.6)
  })

  test('believes nothing of fewer than five', () => {
    expect(endBelief(SPACE, trials(4, bowl), 1)).toBeNull()
    expect(linesOf(trials(5, bowl)).size).toBe(4)
  })

  test('of a study too long to fit whole it knows the best trials, however old', () => {
    const old = trials(60, bowl)
    const far = trials(340, bowl).map(({ unit, value }) => ({
      unit: unit.with(RATE, 0.9 + 0.1 * (unit[RATE] ?? 0)),
      value: 0.5 + value,
      climbed: [0.5 + value],
    }))

    const rate = linesOf([...old, ...far]).get('rate')

    expect(Math.log10(Number(rate?.values[lowest(rate.mean)]))).toBeCloseTo(-2, 0)
  })
})
