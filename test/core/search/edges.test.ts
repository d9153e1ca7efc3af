import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import { edgesOf } from '../../../core/search/edges.ts'
import { pathsOf, pointAt } from '../../../core/search/space.ts'

const RATE = 'hyperparameters.learning_rate'
const SPACE: SearchSpace = {
  [RATE]: { type: 'real', low: 1e-4, high: 1 },
  'network.layers.0.units': { type: 'integer', low: 1, high: 3 },
  optimizer: { type: 'choice', values: ['adam', 'momentum'] },
}
/** Trials at these places of the learning rate, worse from one to the next. */
const along = (...places: readonly number[]) =>
  places.map((place, i) => ({
    point: pointAt(SPACE, [place, 0.5, 0.1]),
    value: i,
    state: 'done' as const,
  }))
const REST = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]

describe('edges of a space', () => {
  test('are told where the best three crowd on a side, on its own scale', () => {
    expect(edgesOf(SPACE, along(0.95, 0.99, 0.91, ...REST))).toEqual([
      { path: RATE, side: 'high', end: 1 },
    ])
    expect(edgesOf(SPACE, along(0.01, 0, 0.09, ...REST))).toEqual([
      { path: RATE, side: 'low', end: 1e-4 },
    ])
  })

  test('are not told where one of the best lies elsewhere, or of few trials', () => {
    expect(edgesOf(SPACE, along(0.95, 0.5, 0.91, ...REST))).toEqual([])
    expect(edgesOf(SPACE, along(0.95, 0.99, 0.91, ...REST.slice(1)))).toEqual([])
  })

  test('leave out what was not measured', () => {
    const lost = along(0.5, 0.5).map((trial) => ({ ...trial, value: null }))

    expect(edgesOf(SPACE, [...lost, ...along(0.95, 0.99, 0.91, ...REST)])).toHaveLength(1)
    expect(edgesOf(SPACE, [...lost, ...along(0.95, 0.99, 0.91, ...REST.slice(1))])).toEqual([])
  })

  test('are not told by trials that did well early on and then diverged', () => {
    const trials = along(0.95, 0.99, 0.91, ...REST, 0.5, 0.5)
    const diverged = trials.map((trial, i) =>
      i === 1 ? { ...trial, state: 'diverged' as const } : trial,
    )

    expect(edgesOf(SPACE, trials)).toHaveLength(1)
    expect(edgesOf(SPACE, diverged)).toEqual([])
  })

  test('are those of whole numbers too, but not where nothing is less', () => {
    const units = (...places: readonly number[]) =>
      places.map((place, i) => ({
        point: pointAt(SPACE, [0.5, place, 0.9]),
        value: i,
        state: 'done' as const,
      }))

    expect(edgesOf(SPACE, units(0.9, 0.9, 0.9, ...REST))).toMatchObject([{ side: 'high', end: 3 }])
    expect(edgesOf(SPACE, units(0.1, 0.1, 0.1, ...REST))).toEqual([])
  })

  test('are said of dimensions that the best trials have', () => {
    const trials = along(0.95, 0.99, 0.91, ...REST)
    const without = trials.map((trial) => ({ ...trial, point: { optimizer: 'adam' } }))

    expect(edgesOf(SPACE, without)).toEqual([])
  })

  test('of a fair draw are seldom told', () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 9,
      maxLength: 9,
    })
    fc.assert(
      fc.property(places, (drawn) => {
        const told = edgesOf(SPACE, along(...drawn))
        const [a = 0, b = 0, c = 0] = drawn
        const isAtEdge = [a, b, c].every((u) => u < 0.1) || [a, b, c].every((u) => u > 0.9)
        // A place that is all but at a tenth may come back on the other side of it.
        fc.pre([a, b, c].every((u) => Math.abs(u - 0.1) > 1e-9 && Math.abs(u - 0.9) > 1e-9))
        return told.some(({ path }) => path === RATE) === isAtEdge
      }),
    )
    expect(pathsOf(SPACE)).toHaveLength(3)
  })
})
