import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scheduledLearningRate } from '../../../core/optim/schedule.ts'
import { SCHEDULE_NAMES } from '../../../core/protocol/hyperparameters.ts'
import type { Hyperparameters, ScheduleName } from '../../../core/protocol/hyperparameters.ts'

const at = (epoch: number, step = 1_000) => ({ epoch, step })

const KNOBS: Hyperparameters = {
  learning_rate: 0.3,
  learning_rate_decay: 0.5,
  decay_factor: 0.9,
  decay_epochs: 4,
  cosine_epochs: 8,
  learning_rate_floor: 0.1,
  warmup_steps: 0,
}

const knobs = fc.record({
  learning_rate: fc.double({ min: 0, max: 1e3, noNaN: true }),
  learning_rate_decay: fc.double({ min: 0, max: 1e3, noNaN: true }),
  decay_factor: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  decay_epochs: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  cosine_epochs: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  learning_rate_floor: fc.double({ min: 0, max: 1, noNaN: true }),
  warmup_steps: fc.nat(10_000),
})
const name = fc.constantFrom(...SCHEDULE_NAMES)
const epoch = fc.double({ min: 0, max: 1e5, noNaN: true })

describe('learning-rate schedules', () => {
  const rows: readonly [ScheduleName, epoch: number, expected: number][] = [
    ['constant', 9.5, 0.3],
    ['inverse_time', 0.99, 0.3],
    ['inverse_time', 1, 0.2],
    ['inverse_time', 4.2, 0.1],
    ['exponential', 0.99, 0.3],
    ['exponential', 2.5, 0.3 * 0.81],
    ['inverse_sqrt', 0.5, 0.3],
    ['inverse_sqrt', 3.9, 0.15],
    ['staircase', 3.9, 0.3],
    ['staircase', 8.1, 0.3 * 0.81],
    ['cosine', 0, 0.3],
    ['cosine', 2, 0.3 * (0.1 + (0.9 * (1 + Math.SQRT1_2)) / 2)],
    ['cosine', 4, 0.3 * 0.55],
    ['cosine', 8, 0.03],
    ['cosine', 80, 0.03],
  ]
  test.each(rows)('%s at epoch %d is %d', (schedule, when, expected) => {
    expect(scheduledLearningRate(schedule, KNOBS, at(when))).toBeCloseTo(expected, 12)
  })

  test.each(SCHEDULE_NAMES)('%s changes nothing where its parameters are missing', (schedule) => {
    const moves = schedule === 'inverse_sqrt' // the one that has none

    const rate = scheduledLearningRate(schedule, { learning_rate: 0.3 }, at(15))

    expect(rate).toBe(moves ? 0.3 / 4 : 0.3)
  })

  test('α is never negative, never above its base, and never NaN', () => {
    const property = fc.property(
      name,
      knobs,
      epoch,
      fc.nat(20_000),
      (schedule, values, e, step) => {
        const rate = scheduledLearningRate(schedule, values, { epoch: e, step })

        expect(rate).toBeGreaterThanOrEqual(0)
        expect(rate).toBeLessThanOrEqual(values.learning_rate * (1 + 1e-12))
      },
    )

    fc.assert(property)
  })

  test('α never rises from one epoch to a later one', () => {
    const property = fc.property(name, knobs, epoch, epoch, (schedule, values, e1, e2) => {
      const earlier = scheduledLearningRate(schedule, values, at(Math.min(e1, e2)))
      const later = scheduledLearningRate(schedule, values, at(Math.max(e1, e2)))

      expect(later).toBeLessThanOrEqual(earlier * (1 + 1e-12))
    })

    fc.assert(property)
  })

  test('the cosine ends at its floor exactly and stays there', () => {
    const property = fc.property(knobs, epoch, (values, after) => {
      const { learning_rate, learning_rate_floor, cosine_epochs } = values
      const rest = { ...values, warmup_steps: 0 }

      const rate = scheduledLearningRate('cosine', rest, at(cosine_epochs + after))

      expect(rate).toBe(learning_rate * learning_rate_floor)
    })

    fc.assert(property)
  })

  test('warm-up rises step by step in front of any schedule and ends at what that says', () => {
    const property = fc.property(name, knobs, fc.integer({ min: 1, max: 200 }), (s, values, n) => {
      const warm = { ...values, warmup_steps: n }
      const plain = scheduledLearningRate(s, { ...values, warmup_steps: 0 }, at(2.5))

      const rates = Array.from({ length: n + 2 }, (_, step) =>
        scheduledLearningRate(s, warm, { epoch: 2.5, step }),
      )

      expect(rates[0]).toBeCloseTo(plain / n, 10)
      rates.slice(1).forEach((rate, i) => expect(rate).toBeGreaterThanOrEqual(rates[i]!))
      expect(rates.slice(n - 1)).toEqual([plain, plain, plain])
    })

    fc.assert(property)
  })

  test('a learning rate that is missing is a bug and says so', () => {
    expect(() => scheduledLearningRate('constant', {}, at(0))).toThrow('learning_rate')
  })
})
