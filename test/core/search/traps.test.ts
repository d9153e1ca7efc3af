import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { METHOD_NAMES } from '../../../core/protocol/space.ts'
import type { Dimension, SearchSpace } from '../../../core/protocol/space.ts'
import { worthFitting } from '../../../core/search/gaussian-process.ts'
import { expectedImprovement } from '../../../core/search/methods/bayesian.ts'
import { roundsOf } from '../../../core/search/methods/coarse-to-fine.ts'
import { METHODS } from '../../../core/search/methods/index.ts'
import type { Outcome, Trialled } from '../../../core/search/methods/method.ts'
import { pathsOf, pointAt } from '../../../core/search/space.ts'
import type { UnitPoint } from '../../../core/search/space.ts'
import { surrogateOf } from '../../../core/search/surrogate.ts'
import { tame } from '../../../core/search/tamed.ts'

const SPACE: SearchSpace = {
  'hyperparameters.learning_rate': { type: 'real', low: 1e-5, high: 1 },
  'network.layers.0.units': { type: 'integer', low: 4, high: 12 },
  optimizer: { type: 'choice', values: ['adam', 'momentum', 'rmsprop'] },
  'hyperparameters.momentum': {
    type: 'real',
    low: 0.5,
    high: 0.999,
    when: { optimizer: ['momentum'] },
  },
}
const PATHS = pathsOf(SPACE)
const at = (path: string) => PATHS.indexOf(path)

const measured = (unit: UnitPoint, value: number): Trialled => ({
  unit,
  outcome: { kind: 'measured', value },
})

describe('whatever trials came to', () => {
  const outcome: fc.Arbitrary<Outcome> = fc.oneof(
    fc.constantFrom<Outcome>({ kind: 'running' }, { kind: 'failed' }, { kind: 'given-up' }),
    fc
      .oneof(fc.double(), fc.constantFrom(0, 1, 1, 1e-300, 3e38, Infinity, NaN))
      .map((value): Outcome => ({ kind: 'measured', value })),
  )
  // Few places, so that some trials stand at the very same one.
  const place = fc.constantFrom(0, 1e-12, 0.25, 0.5, 0.7, 1)
  const history = fc.array(
    fc.record({
      unit: fc.array(place, { minLength: PATHS.length, maxLength: PATHS.length }),
      outcome,
      climbed: fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constant(Infinity)), {
        maxLength: 3,
      }),
    }),
    { minLength: 12, maxLength: 24, size: 'max' },
  )
  const isWithin = (dimension: Dimension | undefined, value: unknown): boolean => {
    if (dimension === undefined) return false
    if (dimension.type === 'choice') return dimension.values.some((one) => one === value)
    const number = Number(value)
    return number >= dimension.low && number <= dimension.high
  }

  test.each(METHOD_NAMES)('%s proposes a point of the space, or waits', (method) => {
    fc.assert(
      fc.property(history, fc.nat(9), fc.constantFrom(1, 3), (given, seed, rungs) => {
        const unit = METHODS[method]({ space: SPACE, seed, trials: 30, history: given, rungs })
        if (unit === 'wait') return given.some((one) => one.outcome.kind === 'running')
        if (unit === null) return method === 'grid'
        const point = Object.entries(pointAt(SPACE, unit))
        return point.every(([path, value]) => isWithin(SPACE[path], value))
      }),
      { numRuns: 25 },
    )
  })
})

test('a grid tries no combination twice where a dimension is asked for only sometimes', () => {
  const points: string[] = []
  const history: Trialled[] = []
  for (;;) {
    const unit = METHODS.grid({ space: SPACE, seed: 1, trials: 81, history })
    if (unit === null || unit === 'wait') break
    points.push(JSON.stringify(pointAt(SPACE, unit)))
    history.push(measured(unit, 0))
  }

  // 3 rates × 3 counts of units: three times with momentum, once with each other optimizer.
  expect(points).toHaveLength(9 * (3 + 1 + 1))
  expect(new Set(points).size).toBe(points.length)
})

describe('coarse to fine, of a dimension that is asked for only sometimes', () => {
  const [optimizer, momentum] = [at('optimizer'), at('hyperparameters.momentum')]
  const ADAM = 1 / 6
  const MOMENTUM = 1 / 2
  /** Ten trials, of which `best` says how good those are that have the dimension, by their place in it. */
  const roundAfter = (trials: readonly Trialled[]) =>
    roundsOf({ space: SPACE, seed: 1, trials: 30, history: trials }, 3).at(-1)?.box
  const trialWith = (chosen: number, place: number, value: number): Trialled =>
    measured(
      Array.from({ length: PATHS.length }, (_, d) =>
        d === optimizer ? chosen : d === momentum ? place : 0.3,
      ),
      value,
    )

  test('leaves its range as it was where no trial had it', () => {
    const box = roundAfter(Array.from({ length: 10 }, (_, i) => trialWith(ADAM, 0.5, i)))

    expect([box?.low[momentum], box?.high[momentum]]).toEqual([0, 1])
  })

  test('closes in on the best of those that had it, though others were better', () => {
    const box = roundAfter([
      ...Array.from({ length: 5 }, (_, i) => trialWith(ADAM, 0.5, i)),
      ...[0.9, 0.92, 0.3, 0.2, 0.1].map((place, i) => trialWith(MOMENTUM, place, 10 + i)),
    ])

    expect(box?.low[momentum]).toBeGreaterThan(0.7)
    expect(box?.high[momentum]).toBeGreaterThan(0.95)
  })
})

describe('expected improvement', () => {
  const far = fc.double({ min: -40, max: 40, noNaN: true })

  test('is never negative, and the more the lower the mean, however little there is to hope for', () => {
    fc.assert(
      fc.property(far, far, (a, b) => {
        const [lower, higher] = [Math.min(a, b), Math.max(a, b)].map((mean) =>
          expectedImprovement({ mean, deviation: 1 }, 0),
        )
        return (higher ?? NaN) >= 0 && (lower ?? NaN) >= (higher ?? NaN) * (1 - 1e-12)
      }),
      { numRuns: 2_000 },
    )
    const [near, farther] = [7.2, 8].map((mean) => expectedImprovement({ mean, deviation: 1 }, 0))
    expect(near).toBeGreaterThan((farther ?? NaN) * 100)
  })

  test('is that of the normal distribution to the last digits', () => {
    const at = (mean: number) => expectedImprovement({ mean, deviation: 1 }, 0)

    // φ(z) + zΦ(z), from tables of thirty digits.
    expect(at(0)).toBeCloseTo(0.398942280401433, 14)
    expect(at(1)).toBeCloseTo(0.0833154705876862, 14)
    expect(at(-2)).toBeCloseTo(2.00849070261682, 13)
    expect(at(5) / 5.34616553101e-8).toBeCloseTo(1, 6)
  })

  test('does not depend on the unit that is measured in', () => {
    const of = (unit: number) =>
      expectedImprovement({ mean: 1.5 * unit, deviation: unit }, unit) / unit

    expect(of(1e-15)).toBeCloseTo(of(1), 12)
    expect(of(1e15)).toBeCloseTo(of(1), 12)
  })
})

describe('the Gaussian process of a search', () => {
  const LINE: SearchSpace = { x: { type: 'real', low: 0, high: 1 } }
  const bowl = (x: number) => 0.1 + (x - 0.3) ** 2
  const history = [0.45, 0.75, 0.2, 0.6, 0.9, 0.1, 0].map((x) => measured([x], bowl(x)))
  const believed = (trials: readonly Trialled[], x: number) =>
    surrogateOf({ space: LINE, seed: 1, trials: 40, history: trials })?.believe([x]).mean ?? NaN

  test('still tells good from better where one cost was beyond all others', () => {
    const trials = [...history, measured([1], 1e9)]

    expect(believed(trials, 0.6)).toBeGreaterThan(bowl(0.6) - 0.03)
    expect(believed(trials, 0.3)).toBeLessThan(bowl(0.3) + 0.03)
  })

  test('takes a trial that was given up unmeasured for no worse than its neighbours', () => {
    const gone = { unit: [0.3], outcome: { kind: 'given-up' } } as const

    expect(believed([...history, gone], 0.3)).toBe(believed(history, 0.3))
    expect(tame([...history, gone])).toEqual(tame(history))
  })

  test('is fitted to so many points at the most, the best and the newest', () => {
    const all = Array.from({ length: 1_000 }, (_, i) => ({ value: Math.abs(i - 400) }))

    const chosen = worthFitting(all)

    expect(chosen).toHaveLength(300)
    expect(chosen).toContain(all[400])
    expect(chosen.at(-1)).toBe(all[999])
    expect(worthFitting(all.slice(0, 300))).toHaveLength(300)
  })
})
