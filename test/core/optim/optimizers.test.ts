import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { clipScale } from '../../../core/optim/optimizers.ts'
import { OPTIMIZER_NAMES } from '../../../core/protocol/hyperparameters.ts'
import { defaultHyperparameters } from '../../../core/protocol/recipe.ts'
import type {
  HyperparameterName,
  Hyperparameters,
  OptimizerName,
} from '../../../core/protocol/hyperparameters.ts'
import { KERNELS, startTraining } from './flat.ts'

const defaultsOf = (optimizer: OptimizerName): Hyperparameters =>
  defaultHyperparameters({ optimizer, schedule: 'constant', hasLiveDropout: false })

/** What acts outside the update: in the cost, the batches, clipping and the schedule. */
const ELSEWHERE = ['learning_rate', 'l2', 'batch_size', 'clip_norm', 'warmup_steps']

describe('optimizers', () => {
  test.each(OPTIMIZER_NAMES)(
    '%s reads exactly the hyperparameters that it can be nudged by',
    (name) => {
      const read = new Set<string>()
      const knobs = new Proxy(defaultsOf(name), {
        get(target, key: HyperparameterName) {
          read.add(key)
          return target[key]
        },
      })

      startTraining(name, [1]).step(knobs)

      const own = Object.keys(defaultsOf(name)).filter((knob) => !ELSEWHERE.includes(knob))
      expect([...read].toSorted()).toEqual(own.toSorted())
    },
  )

  test('momentum averages: under one constant gradient a step is never longer than α times it', () => {
    const training = startTraining('momentum', [0])
    training.gradients[0] = 2

    for (let step = 0; step < 200; step++) {
      training.step({ momentum: 0.9 }, 0)
      expect(training.slots.velocity![0]).toBeLessThanOrEqual(2)
    }

    expect(training.slots.velocity![0]).toBeCloseTo(2, 5)
  })

  test.each(['adam', 'adamw', 'rmsprop'] as const)(
    '%s leaves a parameter without a gradient where it is, under the smallest ε that a config takes',
    (name) => {
      const training = startTraining(name, [3])

      training.step({ ...defaultsOf(name), epsilon: Number.MIN_VALUE, weight_decay: 0 })

      expect(training.parameters[0]).toBe(3)
    },
  )

  test('bias correction stays exact when the betas are nudged on the way', () => {
    // Under one constant gradient every corrected average equals it, so each step is α · sign(g).
    const beta = fc.double({ min: 0, max: 0.9999, noNaN: true })
    const property = fc.property(fc.array(fc.tuple(beta, beta), { minLength: 1 }), (betas) => {
      const training = startTraining('adam', [0])
      training.gradients[0] = 0.25

      for (const [beta1, beta2] of betas) training.step({ beta1, beta2, epsilon: 1e-8 }, 0.5)

      const travelled = -training.parameters[0]! / (0.5 * betas.length)
      // Moments are float32: where 1 − β is 1e-4, a rounding of the moment weighs 1e4 times as much.
      expect(Math.abs(travelled - 1)).toBeLessThan(2e-3)
    })

    fc.assert(property)
  })

  test('a beta that float32 cannot tell from 1 still gives a step', () => {
    const training = startTraining('adam', [0])
    training.gradients[0] = 1

    training.step({ beta1: 1 - 1e-12, beta2: 1 - 1e-12, epsilon: 1e-8 }, 0.5)

    expect(training.parameters[0]).toBeCloseTo(-0.5, 4)
  })

  test.each(OPTIMIZER_NAMES)('%s leaves a parameter without a gradient where it is', (name) => {
    const training = startTraining(name, [3, -4])

    training.step({ ...defaultsOf(name), weight_decay: 0 })

    expect([...training.parameters]).toEqual([3, -4])
  })

  test('weight decay shrinks what decays by α · decay, and nothing else', () => {
    const training = startTraining('adamw', [1, 2, 3, 4, 5, 6], { decayed: 5 })

    training.step({ ...defaultsOf('adamw'), weight_decay: 0.5 }, 0.25)

    expect([...training.parameters]).toEqual([0.875, 1.75, 2.625, 3.5, 4.375, 6])
  })

  test('the gradients stay as they were, whatever they are scaled by', () => {
    for (const name of OPTIMIZER_NAMES) {
      const training = startTraining(name, [1, 2, 3, 4, 5])
      training.gradients.set([5, 4, 3, 2, 1])

      training.step(defaultsOf(name), 0.1, 0.5)

      expect([...training.gradients]).toEqual([5, 4, 3, 2, 1])
    }
  })

  test('an update whose hyperparameter is missing says which, and changes nothing', () => {
    const training = startTraining('adam', [1])
    training.gradients[0] = 1

    expect(() => training.step({ beta1: 0.9, epsilon: 1e-8 })).toThrow('beta2')

    expect(training.parameters[0]).toBe(1)
    expect(training.scalars).toEqual({ beta1_product: 1, beta2_product: 1 })
  })
})

interface Fixture {
  readonly knobs: Hyperparameters
  readonly initial: readonly number[]
  readonly gradients: readonly (readonly number[])[]
  readonly cases: readonly {
    readonly name: OptimizerName
    readonly learning_rate: number
    readonly clip_norm: number
    readonly norms: readonly number[]
    readonly path: readonly (readonly number[])[]
  }[]
}

const FIXTURE = JSON.parse(
  readFileSync(new URL('../../fixtures/optimizers.json', import.meta.url), 'utf8'),
) as Fixture

describe('against PyTorch', () => {
  const rows = FIXTURE.cases.flatMap((row) => KERNELS.map((kernels) => ({ ...row, kernels })))

  test('the fixture has every optimizer', () => {
    expect([...new Set(FIXTURE.cases.map(({ name }) => name))]).toEqual([...OPTIMIZER_NAMES])
  })

  test.each(rows)(
    '$name clipped at $clip_norm takes the same 25 steps ($kernels)',
    ({ name, learning_rate, clip_norm, path, kernels }) => {
      const training = startTraining(name, FIXTURE.initial, { kernels })

      for (const [step, gradient] of FIXTURE.gradients.entries()) {
        training.gradients.set(gradient)
        const scale = clipScale(Math.hypot(...gradient), clip_norm)
        training.step(FIXTURE.knobs, learning_rate, scale)

        const expected = path[step]!
        const gap = Math.hypot(...expected.map((value, i) => value - training.parameters[i]!))
        expect(gap / Math.hypot(...expected)).toBeLessThan(1e-5)
      }
    },
  )
})

describe('clipping by the global norm', () => {
  test('brings a norm down to the clip and leaves a smaller one alone', () => {
    expect(clipScale(4, 2) * 4).toBeCloseTo(2, 5)
    expect(clipScale(1, 2)).toBe(1)
    expect(clipScale(0, 2)).toBe(1)
  })

  test('a clip of 0 does not clip', () => {
    expect(clipScale(1e30, 0)).toBe(1)
  })
})
