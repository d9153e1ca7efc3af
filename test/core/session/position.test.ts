import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FIRST_DAY,
  START,
  dayOver,
  evaluationDue,
  nextBatch,
  goalOf,
  stopAfter,
} from '../../../core/session/position.ts'

const at = (step: number, samplesSeen: number) => ({ step, samplesSeen })

describe('the place in the data', () => {
  test('each epoch is covered exactly once, whatever the batch sizes on the way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 60 }),
        (examples, sizes) => {
          let samplesSeen = 0
          const seen = new Map<number, number>()
          for (const [step, size] of sizes.entries()) {
            const { epochIndex, from, count } = nextBatch(at(step, samplesSeen), examples, size)
            expect(from).toBe(seen.get(epochIndex) ?? 0)
            expect(count).toBeGreaterThan(0)
            expect(from + count).toBeLessThanOrEqual(examples)
            seen.set(epochIndex, from + count)
            samplesSeen += count
          }
          const epochs = [...seen.keys()]
          expect(epochs).toEqual(epochs.map((_, index) => index))
          expect(epochs.slice(0, -1).every((epoch) => seen.get(epoch) === examples)).toBe(true)
        },
      ),
    )
  })
})

describe('what falls due', () => {
  test('the dev set is measured once an epoch, after the step that completes it', () => {
    const every = { epochs: 1 }

    expect(evaluationDue(every, at(1, 64), at(2, 100), 100)).toBe(true)
    expect(evaluationDue(every, at(2, 100), at(3, 164), 100)).toBe(false)
  })

  test('the dev set is measured every N steps', () => {
    const due = Array.from({ length: 9 }, (_, step) =>
      evaluationDue({ steps: 4 }, at(step, step), at(step + 1, step + 1), 100),
    )

    expect(due).toEqual([false, false, false, true, false, false, false, true, false])
  })

  test.each([
    ['steps', { steps: 10 }, at(10, 0), FIRST_DAY],
    ['epochs', { epochs: 2 }, at(0, 200), FIRST_DAY],
    ['minutes', { minutes: 1.5 }, START, { ...FIRST_DAY, dayTrainedMs: 90_000 }],
    ['hours', { hours: 1 }, START, { ...FIRST_DAY, dayTrainedMs: 3_600_000 }],
  ] as const)(
    'a day counted in %s ends at its length and not before',
    (_, length, end, calendar) => {
      const before = {
        ...calendar,
        dayTrainedMs: calendar.dayTrainedMs - 1,
      }

      expect(dayOver(length, end, calendar, 100)).toBe(true)
      expect(dayOver(length, at(end.step - 1, end.samplesSeen - 1), before, 100)).toBe(false)
    },
  )

  test.each([
    ['steps', { steps: 5 }, at(15, 0), at(14, 1e9)],
    ['epochs', { epochs: 1 }, at(0, 150), at(1e9, 149)],
  ] as const)('an amount in %s counts from where the run is', (_, amount, reached, short) => {
    const isReached = stopAfter(amount, at(10, 50), FIRST_DAY, 100)

    expect(isReached(reached, FIRST_DAY)).toBe(true)
    expect(isReached(short, FIRST_DAY)).toBe(false)
  })

  test('an amount in days counts days that close, and no amount never ends', () => {
    const isReached = stopAfter({ days: 2 }, START, { ...FIRST_DAY, day: 3 }, 100)

    expect(isReached(START, { ...FIRST_DAY, day: 4 })).toBe(false)
    expect(isReached(START, { ...FIRST_DAY, day: 5 })).toBe(true)
    expect(stopAfter(null, START, FIRST_DAY, 100)(at(1e9, 1e9), FIRST_DAY)).toBe(false)
  })
})

test.each([
  [null, null],
  [{ steps: 5 }, { kind: 'step', step: 15 }],
  [{ epochs: 2 }, { kind: 'epoch', epoch: 2.5 }],
  [{ days: 1 }, { kind: 'day', day: 3 }],
  [{ days: 2 }, { kind: 'day', day: 4 }],
] as const)('the goal of %j counts from here; a day that is open is the first', (amount, goal) => {
  expect(goalOf(amount, at(10, 50), { ...FIRST_DAY, day: 3 }, 100)).toEqual(goal)
})
