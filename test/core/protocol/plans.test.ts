import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFlat, waitingPlans, watchCosts } from '../../../core/protocol/plans.ts'
import type { JournalDetail, JournalEntry } from '../../../core/protocol/run.ts'

const WHEN = { evaluations: 3, tolerance: 0.01 }
const CHANGES = [{ name: 'learning_rate', from: 0.1, to: 0.01 }] as const

const entry = (id: number, detail: JournalDetail): JournalEntry => ({
  id,
  at: id,
  branch: 'b1',
  step: id * 10,
  ...detail,
})
const planned = (id: number) => entry(id, { kind: 'planned', changes: CHANGES, when: WHEN })
const nudge = (id: number, plan?: number) =>
  entry(id, {
    kind: 'nudge',
    changes: CHANGES,
    checkpoint: 'c1',
    firstStep: id * 10 + 1,
    ...(plan !== undefined && { plan }),
  })

describe('planned nudges', () => {
  test('wait until they are fulfilled or dropped, oldest first', () => {
    const journal = [
      planned(1),
      planned(2),
      planned(3),
      nudge(4),
      nudge(5, 2),
      entry(6, { kind: 'plan-dropped', plan: 1 }),
      planned(7),
    ]

    expect(waitingPlans(journal).map(({ id }) => id)).toEqual([3, 7])
  })

  test('wait again where the nudge that fulfilled them was left behind', () => {
    const journal = [planned(1), nudge(2, 1)]

    expect(waitingPlans(journal)).toEqual([])
    expect(waitingPlans(journal.slice(0, 1)).map(({ id }) => id)).toEqual([1])
    expect(waitingPlans(journal.slice(1))).toEqual([])
  })
})

describe('a dev cost', () => {
  const flat = (costs: readonly number[], when = WHEN) => isFlat(watchCosts(costs, when), when)

  test.each([
    ['falls', [5, 4, 3, 2, 1], false],
    ['has just begun to be measured', [5, 5, 5], false],
    ['stays', [5, 5, 5, 5], true],
    ['rises', [1, 2, 3, 4], true],
    ['falls by less than the tolerance', [5, 4.99, 4.98, 4.96], true],
    ['falls by the tolerance', [5, 5, 5, 4.95], false],
    ['had one good measure among the recent ones', [5, 4, 6, 6], false],
    ['had its one good measure before them', [5, 4, 6, 6, 6], true],
    ['is no number any more', [5, NaN, NaN, NaN], true],
    ['came back from infinity', [Infinity, NaN, 3, 2], false],
    ['is 0', [0, 0, 0, 0], true],
  ] as const)('that %s: flat is %j → %s', (_, costs, expected) => {
    expect(flat(costs)).toBe(expected)
  })

  test('is judged by the best of the last measures against the best before, however many there are', () => {
    const when = fc.record({
      evaluations: fc.integer({ min: 2, max: 6 }),
      tolerance: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const costs = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { maxLength: 20 })
    fc.assert(
      fc.property(costs, when, (measured, condition) => {
        const before = measured.slice(0, -condition.evaluations)
        const best = Math.min(...measured.slice(-condition.evaluations))
        const bar = Math.min(...before)
        const isLower = best < bar && best <= bar - condition.tolerance * bar

        expect(flat(measured, condition)).toBe(before.length > 0 && !isLower)
      }),
    )
  })
})
