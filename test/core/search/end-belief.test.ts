import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import { endBelief } from '../../../core/search/end-belief.ts'
import { chooseHalving } from '../../../core/search/halving.ts'
import { importanceOf } from '../../../core/search/importance.ts'
import type { Outcome, Trialled } from '../../../core/search/methods/method.ts'
import { randomPoint } from '../../../core/search/methods/random.ts'
import type { UnitPoint } from '../../../core/search/space.ts'
import { surrogateLines } from '../../../core/search/surrogate-lines.ts'
import { tame } from '../../../core/search/tamed.ts'

const REAL = { type: 'real', low: 0, high: 1 } as const
const SPACE: SearchSpace = { idle: REAL, rate: REAL, width: REAL }
const BUDGETS = [1, 3, 9]
const RUNGS = BUDGETS.length

/**
 * The rate decides how fast it learns, the width what it comes to in the end, best at 0.7; and what is wide learns
 * slower.
 */
const learned = ([, rate = 0, width = 0]: UnitPoint, steps: number) =>
  0.1 + (width - 0.7) ** 2 + 0.9 * Math.exp(-(0.15 + 1.5 * rate) * (1.6 - 1.2 * width) * steps)

/** The history of so many random trials of which those that fall behind are stopped. */
function raised(count: number, seed: number): readonly Trialled[] {
  const units = Array.from({ length: count }, (_, i) => randomPoint(3, seed, i))
  const climbed: number[][] = []
  for (;;) {
    const climbers = climbed.map((measured, trial) => ({ trial, measured, isRunning: false }))
    const choice = chooseHalving({ eta: 3, rungs: BUDGETS }, climbers)
    const trial = choice.kind === 'promote' ? choice.trial : climbed.length
    const unit = units[trial]
    if (unit === undefined) break
    const seen = (climbed[trial] ??= [])
    seen.push(learned(unit, BUDGETS[seen.length] ?? NaN))
  }
  return units.map((unit, i) => {
    const seen = climbed[i] ?? []
    return { unit, climbed: seen, outcome: { kind: 'measured', value: seen.at(-1) ?? NaN } }
  })
}

/** What is believed of a history; with one rung, of what trials came to last as if all had come to the end. */
function believed(history: readonly Trialled[], rungs: number, seed: number) {
  const tamed = tame(history, rungs)
  const belief = endBelief(SPACE, tamed, seed)
  if (belief === null) throw new Error('too few trials')
  return { tamed, belief }
}

/** How much each dimension matters, the most important first. */
function mattering(history: readonly Trialled[], rungs: number, seed: number) {
  const { tamed, belief } = believed(history, rungs, seed)
  return importanceOf(SPACE, tamed, seed, belief.ends) ?? []
}
const widthIn = (importance: ReturnType<typeof mattering>) =>
  importance.find(({ path }) => path === 'width')

/** Where along the width the best is believed to lie. */
function bottomOf(history: readonly Trialled[], rungs: number, seed: number): number {
  const { tamed, belief } = believed(history, rungs, seed)
  const line = surrogateLines(SPACE, tamed, belief).find(({ path }) => path === 'width')
  return Number(line?.values[line.mean.indexOf(Math.min(...line.mean))])
}

describe('where trials are stopped early', () => {
  const seeds = [1, 2, 3, 4, 5, 6]

  test('what decides the end matters most, not what decides the start', () => {
    const firstOf = (rungs: number) =>
      seeds.map((seed) => mattering(raised(60, seed), rungs, seed)[0]?.path)

    expect(firstOf(RUNGS)).toEqual(seeds.map(() => 'width'))
    // Taken for the end, what was seen early says something else.
    expect(firstOf(1)).toEqual(seeds.map(() => 'rate'))
  })

  test('the best is believed to lie where the end has it', () => {
    const offs = (rungs: number) =>
      seeds.map((seed) => Math.abs(bottomOf(raised(60, seed), rungs, seed) - 0.7))
    const mean = (all: readonly number[]) => all.reduce((sum, off) => sum + off, 0) / all.length

    expect(mean(offs(RUNGS))).toBeLessThan(0.05)
    expect(mean(offs(1))).toBeGreaterThan(0.08)
  })

  test('importance says by its range how much is not known of the end', () => {
    const history = raised(60, 1)
    const whole = history.map(({ unit }): Trialled => {
      const climbed = BUDGETS.map((steps) => learned(unit, steps))
      return { unit, climbed, outcome: { kind: 'measured', value: climbed.at(-1) ?? NaN } }
    })

    const [few, all] = [mattering(history, RUNGS, 1), mattering(whole, 1, 1)].map(widthIn)

    const { low = 1, high = 0 } = few ?? {}
    expect(high - low).toBeGreaterThan(2 * ((all?.high ?? 1) - (all?.low ?? 0)))
    expect(low).toBeLessThan(all?.share ?? 0)
    expect(high).toBeGreaterThan(all?.share ?? 1)
  })

  test('it is asked of the last rung that anybody reached, and says the same each time', () => {
    const history = raised(40, 1)

    expect(mattering(history, RUNGS + 2, 1)).toEqual(mattering(history, RUNGS, 1))
    expect(bottomOf(history, RUNGS + 2, 1)).toBe(bottomOf(history, RUNGS, 1))
  })

  test('while nobody has climbed, all goes by what was measured', () => {
    const early = raised(40, 1).map(({ unit, climbed = [] }): Trialled => {
      const value = climbed[0] ?? NaN
      return { unit, climbed: [value], outcome: { kind: 'measured', value } }
    })

    expect(endBelief(SPACE, tame(early, RUNGS), 1)?.ends).toBeNull()
    expect(mattering(early, RUNGS, 1)).toEqual(mattering(early, 1, 1))
    expect(bottomOf(early, RUNGS, 1)).toBe(bottomOf(early, 1, 1))
  })

  test('one that diverged after a good start is believed to be bad in the end', () => {
    const whole = raised(40, 1)
    const unit = [0.5, 0.9, 0.7]
    const climbed = [learned(unit, 1), Infinity]
    const asked = (history: readonly Trialled[]) =>
      endBelief(SPACE, tame(history, RUNGS), 1)?.believe(unit).mean ?? NaN

    const after = asked([...whole, { unit, climbed, outcome: { kind: 'failed' } }])

    expect(after).toBeGreaterThan(asked(whole) + 0.1)
  })

  test('trials at the very same place can be told of together', () => {
    const history = raised(20, 1).flatMap((trial) => [trial, trial, trial])

    const width = widthIn(mattering(history, RUNGS, 1))

    expect(width?.share).toBeGreaterThan(0)
    expect(width?.share).toBeLessThanOrEqual(1)
  })

  test('whatever trials came to, all that is said are numbers', () => {
    const cost = fc.double({ min: 0, max: 3.4e38 })
    const value = fc.oneof(cost, fc.constantFrom(0, 1, 1, 0.1, 3e38, Infinity, NaN))
    // Few places, so that some trials stand at the very same one.
    const unit = fc.array(fc.constantFrom(0, 1e-12, 0.5, 1), { minLength: 3, maxLength: 3 })
    const trial = fc.record({
      unit,
      climbed: fc.array(value, { minLength: 1, maxLength: RUNGS }),
      outcome: fc.oneof(
        fc.constantFrom<Outcome>({ kind: 'running' }, { kind: 'failed' }, { kind: 'given-up' }),
        value.map((one): Outcome => ({ kind: 'measured', value: one })),
      ),
    })
    fc.assert(
      fc.property(fc.array(trial, { minLength: 30, maxLength: 40, size: 'max' }), (history) => {
        const tamed = tame(history, RUNGS)
        const belief = endBelief(SPACE, tamed, 1)
        if (belief === null) return
        const importance = importanceOf(SPACE, tamed, 1, belief.ends) ?? []
        const lines = surrogateLines(SPACE, tamed, belief)

        const numbers = [
          ...importance.flatMap(({ share, low, high }) => [share, low, high]),
          ...lines.flatMap(({ mean, deviation }) => [...mean, ...deviation]),
        ]
        expect(numbers.filter((number) => !Number.isFinite(number))).toEqual([])
      }),
      { numRuns: 15 },
    )
  })
})
