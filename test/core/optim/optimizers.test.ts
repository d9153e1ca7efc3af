import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OPTIMIZERS } from '../../../core/optim/optimizers.ts'
import type { UpdateState } from '../../../core/optim/optimizers.ts'
import { scheduledLearningRate } from '../../../core/optim/schedule.ts'
import {
  HYPERPARAMETER_NAMES,
  OPTIMIZER_DEFAULTS,
  OPTIMIZER_NAMES,
} from '../../../core/protocol/hyperparameters.ts'
import type { HyperparameterName, OptimizerName } from '../../../core/protocol/hyperparameters.ts'

function stateOf(optimizer: OptimizerName, parameters: readonly number[]): UpdateState {
  const { slots, scalars } = OPTIMIZERS[optimizer]
  return {
    parameters: Float32Array.from(parameters),
    gradients: new Float32Array(parameters.length),
    slots: Object.fromEntries(slots.map((name) => [name, new Float32Array(parameters.length)])),
    scalars: { ...scalars },
  }
}

describe('optimizers', () => {
  test.each(OPTIMIZER_NAMES)(
    '%s reads exactly the hyperparameters that it can be nudged by',
    (name) => {
      const read = new Set<string>()
      const knobs = new Proxy(OPTIMIZER_DEFAULTS[name], {
        get(target, key: HyperparameterName) {
          read.add(key)
          return target[key]
        },
      })

      OPTIMIZERS[name].update(stateOf(name, [1]), knobs, 0.1)

      // The rest act outside the update: in the cost, the batches and the schedule.
      const elsewhere = ['learning_rate', 'l2', 'batch_size', 'learning_rate_decay']
      const own = HYPERPARAMETER_NAMES.filter((knob) =>
        Object.hasOwn(OPTIMIZER_DEFAULTS[name], knob),
      )
      expect([...read].toSorted()).toEqual(
        own.filter((knob) => !elsewhere.includes(knob)).toSorted(),
      )
    },
  )

  test('momentum averages: under one constant gradient a step is never longer than α times it', () => {
    const state = stateOf('momentum', [0])
    state.gradients[0] = 2

    for (let step = 0; step < 200; step++) {
      OPTIMIZERS.momentum.update(state, { momentum: 0.9 }, 0)
      expect(state.slots.velocity?.[0]).toBeLessThanOrEqual(2)
    }

    expect(state.slots.velocity?.[0]).toBeCloseTo(2, 5)
  })

  test('bias correction stays exact when the betas are nudged on the way', () => {
    // Under one constant gradient every corrected average equals it, so each step is α · sign(g).
    const beta = fc.double({ min: 0, max: 0.9999, noNaN: true })
    const property = fc.property(fc.array(fc.tuple(beta, beta), { minLength: 1 }), (betas) => {
      const state = stateOf('adam', [0])
      state.gradients[0] = 0.25

      for (const [beta1, beta2] of betas) {
        OPTIMIZERS.adam.update(state, { beta1, beta2, epsilon: 1e-8 }, 0.5)
      }

      const travelled = -(state.parameters[0] ?? NaN) / (0.5 * betas.length)
      // Moments are float32: where 1 − β is 1e-4, a rounding of the moment weighs 1e4 times as much.
      expect(Math.abs(travelled - 1)).toBeLessThan(2e-3)
    })

    fc.assert(property)
  })

  test('a parameter without a gradient stays where it is', () => {
    for (const name of OPTIMIZER_NAMES) {
      const state = stateOf(name, [3, -4])
      OPTIMIZERS[name].update(state, OPTIMIZER_DEFAULTS[name], 0.1)
      expect([...state.parameters]).toEqual([3, -4])
    }
  })

  test('an update whose hyperparameter is missing says which', () => {
    expect(() => OPTIMIZERS.adam.update(stateOf('adam', [1]), { beta1: 0.9 }, 0.1)).toThrow('beta2')
  })
})

describe('the learning-rate schedule', () => {
  test('falls by whole epochs', () => {
    expect(scheduledLearningRate(0.1, 1, 0)).toBe(0.1)
    expect(scheduledLearningRate(0.1, 1, 0.99)).toBe(0.1)
    expect(scheduledLearningRate(0.1, 1, 1)).toBe(0.05)
    expect(scheduledLearningRate(0.1, 0.5, 4.2)).toBeCloseTo(0.1 / 3, 15)
  })

  test('without decay changes nothing', () => {
    expect(scheduledLearningRate(0.3, 0, 1_000)).toBe(0.3)
  })
})
