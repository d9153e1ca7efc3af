import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import { fewestForImportance } from '../../../core/search/fewest-trials.ts'
import { importanceOf } from '../../../core/search/importance.ts'
import type { Trialled } from '../../../core/search/methods/method.ts'
import { randomPoint } from '../../../core/search/methods/random.ts'
import { pathsOf, pointAt, unitOf } from '../../../core/search/space.ts'
import type { UnitPoint } from '../../../core/search/space.ts'
import { ceilingOf, tame } from '../../../core/search/tamed.ts'
import { uniform } from '../../../core/random/index.ts'

const REAL = { type: 'real', low: 0, high: 1 } as const
const THREE: SearchSpace = { a: REAL, b: REAL, c: REAL }

/** Random trials of a function of the unit cube. */
const trials = (
  space: SearchSpace,
  count: number,
  value: (unit: UnitPoint, i: number) => number,
  seed = 1,
): readonly Trialled[] =>
  Array.from({ length: count }, (_, i) => {
    const drawn = randomPoint(pathsOf(space).length, seed, i)
    const unit = unitOf(space, pointAt(space, drawn))
    return { unit, outcome: { kind: 'measured', value: value(unit, i) } }
  })

const sharesIn = (space: SearchSpace, history: readonly Trialled[], seed = 1) =>
  Object.fromEntries(
    (importanceOf(space, tame(history), seed) ?? []).map(({ path, share }) => [path, share]),
  )

describe('importance', () => {
  test.each([1, 2, 3])('the one of three dimensions that matters has it (seed %d)', (seed) => {
    const history = trials(
      THREE,
      30,
      ([a = 0], i) => (a - 0.3) ** 2 + 0.01 * uniform(seed, 9, i),
      seed,
    )

    const { a, b, c } = sharesIn(THREE, history, seed)

    expect(a).toBeGreaterThan(0.8)
    expect(b).toBeLessThan(0.05)
    expect(c).toBeLessThan(0.05)
  })

  test('two dimensions that matter only together share it', () => {
    const history = trials(THREE, 100, ([a = 0, b = 0]) => (a - 0.5) * (b - 0.5))

    const { a = 0, b = 0, c = 1 } = sharesIn(THREE, history)

    expect(Math.min(a, b)).toBeGreaterThan(0.3)
    expect(c).toBeLessThan(0.15)
  })

  test('a choice that decides everything is seen, even where it leaves nothing to explain', () => {
    const space: SearchSpace = { a: REAL, which: { type: 'choice', values: ['x', 'y', 'z'] } }
    const history = trials(space, 20, (unit) => Number(pointAt(space, unit)['which'] === 'y'))

    expect(sharesIn(space, history)['which']).toBeGreaterThan(0.95)
  })

  test('a conditional dimension counts for where it is asked for', () => {
    const space: SearchSpace = {
      optimizer: { type: 'choice', values: ['adam', 'momentum'] },
      beta: { ...REAL, when: { optimizer: ['momentum'] } },
      idle: REAL,
    }
    const value = (point: Readonly<Record<string, unknown>>) =>
      point['optimizer'] === 'adam' ? 0.5 : Number(point['beta'])
    const history = trials(space, 60, (unit) => value(pointAt(space, unit)))

    const { beta = 0, idle = 1 } = sharesIn(space, history)

    expect(beta).toBeGreaterThan(0.5)
    expect(idle).toBeLessThan(0.05)
  })

  test('there is none with too few trials, or where all came to the same', () => {
    const enough = fewestForImportance(3)
    const value = ([a = 0]: UnitPoint) => a

    expect(importanceOf(THREE, tame(trials(THREE, enough - 1, value)), 1)).toBeNull()
    expect(importanceOf(THREE, tame(trials(THREE, enough, value)), 1)).not.toBeNull()
    expect(importanceOf(THREE, tame(trials(THREE, 30, () => 0.5)), 1)).toBeNull()
  })

  test('shares lie in [0, 1] within their range, add up to 1, fall, and come again from the seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0xffff_ffff }),
        fc.integer({ min: fewestForImportance(3), max: 24 }),
        fc.array(fc.double({ min: -1, max: 1e6, noNaN: true }), { minLength: 24, maxLength: 24 }),
        (seed, count, values) => {
          const tamed = tame(trials(THREE, count, (_, i) => values[i] ?? 0, seed))

          const importance = importanceOf(THREE, tamed, seed)

          expect(importanceOf(THREE, tamed, seed)).toEqual(importance)
          const shares = (importance ?? []).map(({ share }) => share)
          expect(shares).toEqual(shares.toSorted((a, b) => b - a))
          for (const { low, share, high } of importance ?? []) {
            expect(low).toBeGreaterThanOrEqual(0)
            expect(low).toBeLessThanOrEqual(share)
            expect(share).toBeLessThanOrEqual(high)
            expect(high).toBeLessThanOrEqual(1)
          }
          if (importance !== null) {
            expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
          }
        },
      ),
      { numRuns: 8 },
    )
  })
})

describe('taming', () => {
  const measured = (value: number): Trialled => ({
    unit: [0],
    outcome: { kind: 'measured', value },
  })

  test('wreckage counts as thirty times what is usual; error rates stay as they are', () => {
    const costs = tame([0.1, 0.2, 0.3, 0.4, 1e6].map(measured)).map(({ value }) => value)

    expect(costs.slice(0, 4)).toEqual([0.1, 0.2, 0.3, 0.4])
    expect(costs[4]).toBeCloseTo(9)
    expect(tame([0.05, 0.06, 0.07, 0.9].map(measured)).at(-1)?.value).toBe(0.9)
  })

  test('where most went wrong, what is usual is found among those that did not', () => {
    expect(ceilingOf([0.1, 0.2, 0.3, 1e6, 1e6, 1e6, 1e6, 1e6])).toBeCloseTo(9)
  })

  test('one that failed has the worst value; one that runs has none', () => {
    const history: Trialled[] = [
      measured(0.2),
      { unit: [1], outcome: { kind: 'failed' } },
      { unit: [1], outcome: { kind: 'running' } },
      measured(0.7),
      { unit: [1], outcome: { kind: 'measured', value: Infinity } },
    ]

    expect(tame(history).map(({ value }) => value)).toEqual([0.2, 0.7, 0.7, 0.7])
    expect(tame([{ unit: [1], outcome: { kind: 'failed' } }])).toEqual([])
  })

  test('each rung has a ceiling of its own, and one that failed is bad from there on', () => {
    const climbing = (...climbed: number[]): Trialled => ({
      unit: [0],
      climbed,
      outcome: { kind: 'measured', value: climbed.at(-1) ?? NaN },
    })
    const history: Trialled[] = [
      climbing(0.9, 0.01),
      climbing(0.8, 0.02),
      climbing(1e6),
      climbing(1, 0.03),
      climbing(0.9, 1e6),
      { unit: [1], climbed: [0.7, Infinity], outcome: { kind: 'failed' } },
      { unit: [1], climbed: [], outcome: { kind: 'failed' } },
      { unit: [1], climbed: [], outcome: { kind: 'given-up' } },
    ]

    const tamed = tame(history, 3)

    expect(tamed.map(({ climbed }) => climbed)).toEqual([
      [0.9, 0.01],
      [0.8, 0.02],
      [expect.closeTo(27)],
      [1, 0.03],
      [0.9, expect.closeTo(0.9)],
      [0.7, expect.closeTo(0.9)],
      [expect.closeTo(27), expect.closeTo(0.9)],
    ])
    expect(tamed.map(({ value }) => value).slice(-2)).toEqual([
      expect.closeTo(0.9),
      expect.closeTo(27),
    ])
  })
})
