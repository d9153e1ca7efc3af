import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseHalving, halvingOf, lastToClimb } from '../../../core/search/halving.ts'
import type { Climber, Halving } from '../../../core/search/halving.ts'

/** Plays a study of `count` trials whose values at every rung are their own, one worker. */
function play(halving: Halving, values: readonly number[]) {
  const climbers: Climber[] = []
  let steps = 0
  for (;;) {
    const choice = chooseHalving(halving, climbers)
    if (choice.kind === 'begin') {
      const value = values[climbers.length]
      if (value === undefined) break
      climbers.push({ trial: climbers.length, measured: [value], isRunning: false })
      steps += halving.rungs[0] ?? 0
    } else {
      const { trial, rung } = choice
      const climber = climbers[trial]
      if (climber === undefined) throw new Error(`trial ${trial} never began`)
      climbers[trial] = { ...climber, measured: [...climber.measured, values[trial] ?? 0] }
      steps += (halving.rungs[rung] ?? 0) - (halving.rungs[rung - 1] ?? 0)
    }
  }
  return { climbers, steps }
}

test('rungs rise by eta to the whole budget', () => {
  expect(halvingOf(100, 900)).toEqual({ eta: 3, rungs: [100, 300, 900] })
  expect(halvingOf(90, 450, 3).rungs).toEqual([90, 150, 450])
  expect(halvingOf(500, 500).rungs).toEqual([500])
})

test('rungs rise from the least to the whole budget, no two of them close together', () => {
  // 111 lies so near to 100 that two of three would be stopped twice, by nearly the same figures.
  expect(halvingOf(100, 1000, 3).rungs).toEqual([100, 333, 1000])
  expect(halvingOf(55, 500, 3).rungs).toEqual([55, 167, 500])
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 2, max: 10_000 }),
      fc.integer({ min: 2, max: 10 }),
      (least, times, eta) => {
        const most = least + times
        const { rungs } = halvingOf(least, most, eta)
        const isRising = rungs.every((rung, i) => i === 0 || rung > (rungs[i - 1] ?? 0))
        const isApart = rungs.length < 3 || (rungs[1] ?? 0) >= least * 1.5 - 0.5
        return isRising && isApart && rungs[0] === least && rungs.at(-1) === most
      },
    ),
  )
})

test('the best of many trials is trained to the end, for a fraction of the steps', () => {
  const halving = halvingOf(100, 2_700)
  const values = Array.from({ length: 81 }, (_, i) => ((i * 37) % 81) + 1)

  const { climbers, steps } = play(halving, values)

  const best = climbers.find(({ trial }) => values[trial] === 1)
  expect(best?.measured).toHaveLength(halving.rungs.length)
  expect(steps).toBeLessThan((81 * 2_700) / 3)
})

test('whoever goes on from a rung is among its best one in eta at that moment', () => {
  const climbers = fc.array(
    fc.record({
      measured: fc.array(fc.double(), { minLength: 1, maxLength: 4 }),
      isRunning: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(climbers, fc.integer({ min: 2, max: 5 }), (given, eta) => {
      const halving = halvingOf(10, 10 * eta ** 3, eta)
      const all = given.map((one, trial): Climber => ({ trial, ...one }))
      const choice = chooseHalving(halving, all)
      if (choice.kind === 'begin') return true
      const from = choice.rung - 1
      const value = all[choice.trial]?.measured[from] ?? Number.NaN
      const reached = all.flatMap(({ measured }) => measured.slice(from, from + 1))
      const better = reached.filter((other) => Number.isFinite(other) && other < value).length
      const chosen = all[choice.trial]
      return (
        Number.isFinite(value) &&
        better < reached.length / eta &&
        chosen?.isRunning === false &&
        chosen.measured.length === choice.rung
      )
    }),
    { numRuns: 500 },
  )
})

test('a failed trial is never promoted, and one that runs is not promoted twice', () => {
  const halving = halvingOf(10, 90)
  const climber = (trial: number, value: number, isRunning = false): Climber => ({
    trial,
    measured: [value],
    isRunning,
  })

  const failed = chooseHalving(halving, [climber(0, NaN), climber(1, 2), climber(2, 3)])
  const running = chooseHalving(halving, [climber(0, 1, true), climber(1, 2), climber(2, 3)])

  expect(failed).toEqual({ kind: 'promote', trial: 1, rung: 1 })
  expect(running).toEqual({ kind: 'begin' })
})

test('once one in eta has left a rung, only its very best follows', () => {
  const halving = halvingOf(10, 90)
  const left = (trial: number, value: number): Climber => ({
    trial,
    measured: [value, value],
    isRunning: false,
  })
  const waiting = (trial: number, value: number): Climber => ({
    trial,
    measured: [value],
    isRunning: false,
  })
  // Two of six may leave; trials 0 and 1 have, and both that came after them are better.
  const first = [left(0, 5), left(1, 6), waiting(2, 9), waiting(3, 9)]

  const best = chooseHalving(halving, [...first, waiting(4, 4), waiting(5, 3)])
  const second = chooseHalving(halving, [...first, waiting(4, 4), left(5, 3)])

  expect(best).toEqual({ kind: 'promote', trial: 5, rung: 1 })
  expect(second).toEqual({ kind: 'promote', trial: 5, rung: 2 })
  expect(chooseHalving(halving, [...first, waiting(4, 5.5), waiting(5, 9)]).kind).toBe('begin')
})

test('one that was given up leaves its place to the next best', () => {
  const halving = halvingOf(10, 90)
  const at = (trial: number, value: number, more: Partial<Climber> = {}): Climber => ({
    trial,
    measured: [value],
    isRunning: false,
    ...more,
  })
  const gone = { isRunning: true, isGone: true }
  // Two of six may leave. One has; two that would not have were given up.
  const climbers = [
    at(0, 1, { measured: [1, 1] }),
    at(1, 2),
    at(2, 3),
    at(3, 7),
    at(4, 8, gone),
    at(5, 9, gone),
  ]

  expect(chooseHalving(halving, climbers)).toEqual({ kind: 'promote', trial: 1, rung: 1 })
  // The second best was given up while it climbed.
  expect(chooseHalving(halving, climbers.with(1, at(1, 2, gone)))).toEqual({
    kind: 'promote',
    trial: 2,
    rung: 1,
  })
})

test('where nobody came to the end, the best of those that came farthest climbs last', () => {
  const halving = halvingOf(100, 900)
  const at = (trial: number, ...measured: number[]): Climber => ({
    trial,
    measured,
    isRunning: false,
  })

  expect(lastToClimb(halving, [at(1, 0.1), at(2, 0.4, 0.3), at(3, 0.5, 0.2)])).toBe(3)
  expect(lastToClimb(halving, [at(1, 0.1), { ...at(2, 0.4, 0.3), isGone: true }])).toBe(1)
  expect(lastToClimb(halving, [at(1, 0.1), at(2, 0.4, Infinity)])).toBe(1)
  expect(lastToClimb(halving, [at(1, 0.1), at(2, 0.4, 0.3, 0.2)])).toBeNull()
  expect(lastToClimb(halving, [at(1, 0.1), at(2, 0.4, 0.3, Infinity)])).toBe(1)
  expect(lastToClimb(halving, [at(1, Infinity)])).toBeNull()
  expect(lastToClimb(halving, [])).toBeNull()
})
