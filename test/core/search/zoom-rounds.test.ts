import { describe, expect, test } from 'vitest'
import type { Dimension, SearchSpace } from '../../../core/protocol/space.ts'
import type { Asked, Trialled } from '../../../core/search/methods/method.ts'
import { METHODS } from '../../../core/search/methods/index.ts'
import { placeOf, pointAt } from '../../../core/search/space.ts'
import { zoomRounds } from '../../../core/search/zoom-rounds.ts'

const RATE: Dimension = { type: 'real', low: 1e-4, high: 1, scale: 'logarithmic' }
const SPACE: SearchSpace = {
  rate: RATE,
  units: { type: 'integer', low: 10, high: 19 },
}
const TRIALS = 30

/** A study of `count` trials that measures how far each is from a best rate and 12 units. */
function study(count: number, best: number, running: readonly number[] = []): Asked {
  let history: readonly Trialled[] = []
  for (let i = 0; i < count; i++) {
    const unit = METHODS.coarse_to_fine({ space: SPACE, seed: 2, trials: TRIALS, history })
    if (unit === null || unit === 'wait') throw new Error('it waits')
    const { rate, units } = pointAt(SPACE, unit)
    const value = Math.abs(Math.log10(Number(rate) / best)) + 0.01 * Math.abs(Number(units) - 12)
    history = [...history, { unit, outcome: { kind: 'measured', value } }]
  }
  history = history.map((one, i) =>
    running.includes(i) ? { ...one, outcome: { kind: 'running' } } : one,
  )
  return { space: SPACE, seed: 2, trials: TRIALS, history }
}
const numbers = Array.from({ length: TRIALS }, (_, i) => i + 1)

describe('the rounds of coarse to fine', () => {
  test('begin with the whole space and close in on the best, in values of the dimensions', () => {
    const rounds = zoomRounds(study(30, 0.02), numbers)

    expect(rounds.map(({ from, to }) => [from, to])).toEqual([
      [1, 10],
      [11, 20],
      [21, 30],
    ])
    expect(rounds[0]?.sides).toEqual([
      { path: 'rate', low: expect.closeTo(1e-4, 12) as number, high: 1, isWidened: false },
      { path: 'units', low: 10, high: 19, isWidened: false },
    ])
    const [, , last] = rounds.map(({ sides }) => sides[0])
    expect(Number(last?.low)).toBeLessThan(0.02)
    expect(Number(last?.high)).toBeGreaterThan(0.02)
    expect(Number(last?.high) / Number(last?.low)).toBeLessThan(100)
  })

  test('hold what their trials tried, by their own numbers', () => {
    const asked = study(30, 0.02)
    const other = numbers.map((number) => number * 2)

    const rounds = zoomRounds(asked, other)

    expect(rounds[1]).toMatchObject({ from: 22, to: 40 })
    asked.history.slice(10, 20).forEach(({ unit }) => {
      const point = pointAt(SPACE, unit)
      for (const { path, low, high } of rounds[1]?.sides ?? []) {
        expect(Number(point[path])).toBeGreaterThanOrEqual(Number(low))
        expect(Number(point[path])).toBeLessThanOrEqual(Number(high))
      }
    })
  })

  test('are those that have trials, the last as far as it has come', () => {
    expect(zoomRounds(study(14, 0.02), numbers).map(({ from, to }) => [from, to])).toEqual([
      [1, 10],
      [11, 14],
    ])
    expect(zoomRounds(study(10, 0.02), numbers)).toHaveLength(1)
    expect(zoomRounds(study(0, 0.02), [])).toEqual([])
  })

  test('a box that trials still running may move is not told', () => {
    expect(zoomRounds(study(20, 0.02, [4]), numbers.slice(0, 20))).toHaveLength(1)
    expect(zoomRounds(study(20, 0.02, [15]), numbers.slice(0, 20))).toHaveLength(2)
  })

  test('a side that opened, as the best lay at its border, says so', () => {
    const asked = study(20, 0.02)
    const high = zoomRounds(asked, numbers)[1]?.sides[0]?.high ?? 1
    const edge = placeOf('rate', RATE, high)
    // Of the second round one lies at the very edge and is far better than all others.
    const history = asked.history.map((one, i): Trialled => {
      if (i < 10) return one
      if (i > 10) return { ...one, outcome: { kind: 'measured', value: 9 } }
      return { unit: [edge, 0.5], outcome: { kind: 'measured', value: 0 } }
    })
    const begun: readonly Trialled[] = [...history, { unit: [0, 0], outcome: { kind: 'running' } }]

    const rounds = zoomRounds({ ...asked, history: begun }, numbers)

    const [second, third] = [rounds[1]?.sides[0], rounds[2]?.sides[0]]
    expect(third?.isWidened).toBe(true)
    expect(Number(third?.high)).toBeGreaterThan(Number(second?.high))
  })
})
