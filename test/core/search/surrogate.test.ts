import { describe, expect, test } from 'vitest'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import { METHODS } from '../../../core/search/methods/index.ts'
import type { Asked, Trialled } from '../../../core/search/methods/method.ts'
import type { UnitPoint } from '../../../core/search/space.ts'
import { surrogateOf } from '../../../core/search/surrogate.ts'

const LINE: SearchSpace = { x: { type: 'real', low: 0, high: 1 } }
const asked = (history: readonly Trialled[], rungs?: number): Asked => ({
  space: LINE,
  seed: 1,
  trials: 60,
  history,
  ...(rungs === undefined ? {} : { rungs }),
})

/** Early on what learns fast looks best, at 0.2; in the end what learns well, at 0.7. */
const early = (x: number) => 2 + (x - 0.2) ** 2
const late = (x: number) => 1 + (x - 0.7) ** 2
const stopped = (x: number): Trialled => ({
  unit: [x],
  outcome: { kind: 'measured', value: early(x) },
  climbed: [early(x)],
})
const whole = (x: number): Trialled => ({
  unit: [x],
  outcome: { kind: 'measured', value: late(x) },
  climbed: [early(x), late(x)],
})

describe('the belief where trials are stopped early', () => {
  const history = [
    ...[0, 0.1, 0.3, 0.5, 0.6, 0.8, 0.9, 1].map(stopped),
    ...[0.15, 0.25, 0.4, 0.55].map(whole),
  ]

  test('is of the end: a few that got there say where the many would have come to', () => {
    const surrogate = surrogateOf(asked(history, 2))

    const [there, here] = [surrogate?.believe([0.7]), surrogate?.believe([0.2])]
    expect(there?.mean).toBeLessThan(1.05)
    expect(here?.mean).toBeGreaterThan(1.15)
  })

  test('is better than that of a process that takes what was stopped for the end', () => {
    const off = (surrogate: ReturnType<typeof surrogateOf>) =>
      Math.abs((surrogate?.believe([0.8]).mean ?? Infinity) - late(0.8))

    expect(off(surrogateOf(asked(history, 2)))).toBeLessThan(off(surrogateOf(asked(history))) / 5)
  })

  test('is surer where trials got to the end than where they were stopped', () => {
    const surrogate = surrogateOf(asked(history, 2))

    expect(surrogate?.believe([0.55]).deviation).toBeLessThan(
      surrogate?.believe([1]).deviation ?? 0,
    )
  })

  test('asks a new trial to be better than what it believes of any that was tried', () => {
    const target = surrogateOf(asked(history, 2))?.target ?? NaN

    // 0.6 was stopped: the best that was measured is late(0.55), 1.0225.
    expect(target).toBeLessThan(late(0.55))
    expect(target).toBeGreaterThan(late(0.7) - 0.02)
  })

  test('leads to where the end is best within a few trials', () => {
    const told = [...history]
    while (told.length < history.length + 5) {
      const next = METHODS.bayesian(asked(told, 2)) as UnitPoint
      told.push(whole(next[0] ?? NaN))
    }

    const found = told.slice(history.length).map(({ unit }) => Math.abs((unit[0] ?? NaN) - 0.7))
    expect(Math.min(...found)).toBeLessThan(0.05)
  })

  test('a trial that runs is supposed to be good, one that failed bad, at the rung they climb to', () => {
    const at = (outcome: Trialled['outcome']) =>
      surrogateOf(asked([...history, { unit: [0.7], outcome, climbed: [early(0.7)] }], 2))?.believe(
        [0.7],
      ).mean ?? NaN

    expect(at({ kind: 'running' })).toBeCloseTo(late(0.55), 1)
    expect(at({ kind: 'failed' })).toBeGreaterThan(1.2)
  })
})

test('with one rung the target is the best that was measured', () => {
  const history: readonly Trialled[] = [0.1, 0.4, 0.9].map((x) => ({
    unit: [x],
    outcome: { kind: 'measured', value: late(x) },
  }))

  expect(surrogateOf(asked(history))?.target).toBe(late(0.9))
  expect(surrogateOf(asked(history.slice(0, 1)))).toBeNull()
})
