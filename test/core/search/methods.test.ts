import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { METHOD_NAMES } from '../../../core/protocol/space.ts'
import type { MethodName, SearchSpace } from '../../../core/protocol/space.ts'
import { nextBox, roundSizes, roundsOf } from '../../../core/search/methods/coarse-to-fine.ts'
import { expectedImprovement } from '../../../core/search/methods/bayesian.ts'
import { gridShape } from '../../../core/search/methods/grid.ts'
import { METHODS } from '../../../core/search/methods/index.ts'
import type { Trialled } from '../../../core/search/methods/method.ts'
import { SOBOL_DIMENSIONS, sobolPoint } from '../../../core/search/methods/sobol.ts'
import { pathsOf, pointAt } from '../../../core/search/space.ts'
import type { UnitPoint } from '../../../core/search/space.ts'

const SQUARE: SearchSpace = {
  x: { type: 'real', low: 0, high: 1 },
  y: { type: 'real', low: 0, high: 1 },
}

/** Runs a method to its end on a function of the unit cube. */
function search(
  method: MethodName,
  f: (unit: UnitPoint) => number,
  { space = SQUARE, seed = 1, trials = 25 } = {},
): readonly Trialled[] {
  const history: Trialled[] = []
  while (history.length < trials) {
    const unit = METHODS[method]({ space, seed, trials, history })
    if (unit === null) break
    if (unit === 'wait') throw new Error('nothing runs that could be waited for')
    history.push({ unit, outcome: { kind: 'measured', value: f(unit) } })
  }
  return history
}
const bestOf = (history: readonly Trialled[]) =>
  Math.min(
    ...history.map(({ outcome }) => (outcome.kind === 'measured' ? outcome.value : Infinity)),
  )

describe.each(METHOD_NAMES)('%s', (method) => {
  test('proposes the same points from the same seed, all inside the cube', () => {
    const f = ([x = 0, y = 0]: UnitPoint) => (x - 0.3) ** 2 + (y - 0.6) ** 2

    const [once, again] = [search(method, f), search(method, f)]

    expect(once).toEqual(again)
    for (const { unit } of once) for (const u of unit) expect(u >= 0 && u <= 1).toBe(true)
  })

  test('goes on whatever trials fail', () => {
    const history: Trialled[] = []

    for (let i = 0; i < 20; i++) {
      const unit = METHODS[method]({ space: SQUARE, seed: 1, trials: 20, history })
      if (unit === null || unit === 'wait') break
      history.push({ unit, outcome: { kind: 'failed' } })
    }

    expect(history.length).toBeGreaterThanOrEqual(16)
  })
})

test('25 points of a grid try 5 values of each of two dimensions, 25 random ones 25', () => {
  const differing = (method: MethodName) =>
    [0, 1].map((d) => new Set(search(method, () => 0).map(({ unit }) => unit[d])).size)

  expect(differing('grid')).toEqual([5, 5])
  expect(differing('random')).toEqual([25, 25])
})

test('a grid tries every choice, and shares the rest of its points evenly', () => {
  const space: SearchSpace = {
    optimizer: { type: 'choice', values: ['adam', 'momentum', 'rmsprop'] },
    layers: { type: 'integer', low: 1, high: 2 },
    rate: { type: 'real', low: 1e-4, high: 1, scale: 'logarithmic' },
  }

  const shape = Object.fromEntries(pathsOf(space).map((path, i) => [path, gridShape(space, 60)[i]]))

  expect(shape).toEqual({ optimizer: 3, layers: 2, rate: 10 })
})

test('trials that are added to a grid fall between those there are, all over the space', () => {
  const history = [...search('grid', () => 0, { trials: 9 })]

  for (let i = 0; i < 4; i++) {
    const unit = METHODS.grid({ space: SQUARE, seed: 1, trials: 25, history })
    if (unit === null || unit === 'wait') throw new Error('the grid is not full')
    history.push({ unit, outcome: { kind: 'measured', value: 0 } })
  }

  const quarters = history.slice(9).map(({ unit: [x = 0, y = 0] }) => `${x < 0.5} ${y < 0.5}`)
  expect(new Set(quarters).size).toBe(4)
})

test('a grid that trials were added to tries each of its points once, and then is full', () => {
  const history = [...search('grid', () => 0, { trials: 9 })]

  for (;;) {
    const unit = METHODS.grid({ space: SQUARE, seed: 1, trials: 25, history })
    if (unit === null || unit === 'wait') break
    history.push({ unit, outcome: { kind: 'measured', value: 0 } })
  }

  // The middle of nine is the middle of 25.
  expect(history).toHaveLength(9 + 25 - 1)
  expect(new Set(history.map(({ unit }) => unit.join(' '))).size).toBe(history.length)
})

test('a grid of too many points is refused with their number', () => {
  const values = Array.from({ length: 10 }, (_, i) => i)
  const space = Object.fromEntries(
    Array.from({ length: 7 }, (_, i) => [`d${i}`, { type: 'choice' as const, values }]),
  )

  expect(() => gridShape(space, 40)).toThrow(/10000000 points/)
})

test('each dimension of the Sobol sequence meets every one of 256 equal shares once in 256 points', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat({ max: SOBOL_DIMENSIONS - 1 }), (seed, d) => {
      const met = Array.from({ length: 256 }, (_, i) =>
        Math.floor((sobolPoint(SOBOL_DIMENSIONS, seed, i)[d] ?? 0) * 256),
      )
      return new Set(met).size === 256
    }),
  )
})

test('neighbouring dimensions of the Sobol sequence fill the square evenly', () => {
  for (let d = 0; d + 1 < 6; d++) {
    const cells = Array.from({ length: 1_024 }, (_, i) => {
      const unit = sobolPoint(8, 3, i)
      return Math.floor((unit[d] ?? 0) * 8) * 8 + Math.floor((unit[d + 1] ?? 0) * 8)
    })
    const counts = Array.from({ length: 64 }, (_, cell) => cells.filter((c) => c === cell).length)

    expect(Math.min(...counts)).toBeGreaterThanOrEqual(8)
    expect(Math.max(...counts)).toBeLessThanOrEqual(24)
  }
})

describe('coarse to fine', () => {
  const tried = (points: readonly (readonly [UnitPoint, number])[]): readonly Trialled[] =>
    points.map(([unit, value]) => ({ unit, outcome: { kind: 'measured', value } }))

  test('shares the trials over its rounds, all of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 6 }), (n, rounds) => {
        return roundSizes(n, rounds).reduce((sum, size) => sum + size, 0) === n
      }),
    )
  })

  test('closes in on the best points', () => {
    const box = { low: [0], high: [1] }

    const next = nextBox(box, [[0.45], [0.55], [0.1], [0.9]])

    expect(next.widened).toEqual([])
    expect(next.box.low[0]).toBeGreaterThan(0.2)
    expect(next.box.high[0]).toBeLessThan(0.8)
  })

  test('widens where the best point lies at the border, and says so', () => {
    const box = { low: [0.4], high: [0.6] }

    const next = nextBox(box, [[0.599], [0.58], [0.42]])

    expect(next.widened).toEqual([0])
    expect(next.box.high[0]).toBeGreaterThan(0.6)
  })

  test('waits for a round before it begins the next', () => {
    const history = tried(Array.from({ length: 10 }, (_, i) => [[i / 10, 0.5], i]))
    const running: readonly Trialled[] = [
      ...history.slice(0, 9),
      { unit: [0.9, 0.5], outcome: { kind: 'running' } },
    ]
    const asked = { space: SQUARE, seed: 1, trials: 30 }

    expect(METHODS.coarse_to_fine({ ...asked, history: running })).toBe('wait')
    expect(METHODS.coarse_to_fine({ ...asked, history })).not.toBe('wait')
    expect(roundsOf({ ...asked, history }, 3)).toHaveLength(2)
  })

  test('of trials that were stopped early, closes in on what would have been best in the end', () => {
    // Early on a fast one leads; in the end those near 0.3 do, as the few that went on have shown.
    const early = (x: number) => 1 - x
    const late = (x: number) => (x - 0.3) ** 2
    const history = Array.from({ length: 15 }, (_, i): Trialled => {
      const x = (i + 0.5) / 15
      const climbed = i % 3 === 0 ? [early(x), late(x)] : [early(x)]
      return { unit: [x], outcome: { kind: 'measured', value: climbed.at(-1) ?? NaN }, climbed }
    })
    const space = { 'hyperparameters.learning_rate': { type: 'real', low: 0.1, high: 1 } } as const

    const box = roundsOf({ space, seed: 1, trials: 45, history, rungs: 2 }, 3).at(-1)?.box

    expect(box?.low[0]).toBeLessThan(0.3)
    expect(box?.high[0]).toBeGreaterThan(0.3)
    expect(box?.high[0]).toBeLessThan(0.7)
  })
})

describe('the Bayesian method', () => {
  test('closes in on a minimum that random search only comes near', () => {
    const bowl = ([x = 0, y = 0]: UnitPoint) => (x - 0.31) ** 2 + (y - 0.67) ** 2

    const [bayesian, random] = [search('bayesian', bowl), search('random', bowl)]

    expect(bestOf(bayesian)).toBeLessThan(1e-4)
    expect(bestOf(bayesian)).toBeLessThan(bestOf(random))
  })

  test('sends trials that run side by side to different places', () => {
    const bowl = ([x = 0, y = 0]: UnitPoint) => (x - 0.31) ** 2 + (y - 0.67) ** 2
    const history = [...search('bayesian', bowl, { trials: 12 })]
    const ask = () => METHODS.bayesian({ space: SQUARE, seed: 1, trials: 40, history }) as UnitPoint

    const first = ask()
    history.push({ unit: first, outcome: { kind: 'running' } })
    const second = ask()

    expect(
      Math.hypot((first[0] ?? 0) - (second[0] ?? 0), (first[1] ?? 0) - (second[1] ?? 0)),
    ).toBeGreaterThan(1e-3)
  })

  test('expects no improvement where it is sure of worse, and what it is sure of where it is better', () => {
    expect(expectedImprovement({ mean: 2, deviation: 0 }, 1)).toBe(0)
    expect(expectedImprovement({ mean: 0.25, deviation: 0 }, 1)).toBe(0.75)
    // ∫ of the standard normal below 0: 1/√(2π).
    expect(expectedImprovement({ mean: 1, deviation: 1 }, 1)).toBeCloseTo(0.39894, 4)
  })

  test('tries a failed place no second time', () => {
    const history: Trialled[] = [...search('bayesian', ([x = 0]) => x, { trials: 10 })]
    const at = METHODS.bayesian({ space: SQUARE, seed: 1, trials: 40, history }) as UnitPoint
    history.push({ unit: at, outcome: { kind: 'failed' } })

    const next = METHODS.bayesian({ space: SQUARE, seed: 1, trials: 40, history }) as UnitPoint

    expect(pointAt(SQUARE, next)).not.toEqual(pointAt(SQUARE, at))
  })
})
