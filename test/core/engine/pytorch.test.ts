import { describe, expect, test } from 'vitest'
import type { Batch, Engine, EngineSpec, EngineState } from '../../../core/engine/engine.ts'
import type { OptimizerName } from '../../../core/protocol/hyperparameters.ts'
import fixture from '../../fixtures/pytorch.json' with { type: 'json' }
import { lossOf, networkOf, settings, withEngine } from './models.ts'

type Tensors = Readonly<Record<string, readonly number[]>>

const { features, count, steps, hyperparameters } = fixture
const { l2 } = hyperparameters

type Case = keyof typeof fixture.cases
type Trained = keyof (typeof fixture.cases)[Case]['trained']
const LOSSES = Object.keys(fixture.cases) as Case[]

const specOf = (loss: Case): Partial<EngineSpec> => {
  const { outputs, classes } = fixture.cases[loss]
  const layers = [...fixture.hidden, { units: outputs, activation: 'linear' }]
  return {
    network: networkOf(layers.map((layer) => ({ type: 'dense', ...layer }))),
    loss: lossOf(loss),
    input: { shape: [features], vocabulary: null },
    classes,
  }
}

const OPTIMIZERS = Object.keys(fixture.cases[LOSSES[0] as Case].trained) as (OptimizerName &
  Trained)[]

const batchOf = (loss: Case): Batch => {
  const { x, labels, targets } = fixture.cases[loss]
  return {
    count,
    x: Float32Array.from(x),
    labels: labels && Int32Array.from(labels),
    targets: targets && Float32Array.from(targets),
  }
}

/** Puts PyTorch's starting values into an engine. */
function startFrom(engine: Engine, initial: Tensors): void {
  const state = engine.exportState()
  const buffers = state.buffers.map((buffer) =>
    buffer.role === 'moment'
      ? buffer
      : { ...buffer, values: Float32Array.from(initial[buffer.name] ?? []) },
  )
  engine.importState({ ...state, buffers })
}

const norm = (values: readonly number[]): number => Math.hypot(...values)

/** ‖got − expected‖ / ‖expected‖ for each parameter. */
function relativeGaps(state: EngineState, expected: Tensors): readonly number[] {
  const parameters = state.buffers.filter(({ role }) => role === 'parameter')
  expect(parameters.map(({ name }) => name).toSorted()).toEqual(Object.keys(expected).toSorted())
  return parameters.map(({ name, values }) => {
    const right = expected[name] ?? []
    return norm(right.map((value, index) => (values[index] ?? NaN) - value)) / norm(right)
  })
}

describe.each(LOSSES)('%s', (loss) => {
  const { initial, gradients, cost, data_cost, trained } = fixture.cases[loss]

  test('costs and gradients are those of PyTorch', async () => {
    await withEngine({ ...specOf(loss), optimizer: 'gradient_descent' }, async (engine) => {
      startFrom(engine, initial)

      const result = await engine.computeGradients(batchOf(loss), settings({ l2 }))
      const evaluation = await engine.evaluate([batchOf(loss)], l2)
      // With α = 1 gradient descent takes off the gradient itself.
      engine.applyUpdate({ clip_norm: 0 }, 1)

      expect(result.cost / cost).toBeCloseTo(1, 5)
      expect(result.dataCost / data_cost).toBeCloseTo(1, 5)
      expect(evaluation.cost / cost).toBeCloseTo(1, 5)
      expect(evaluation.dataCost / data_cost).toBeCloseTo(1, 5)
      const all: Tensors = gradients
      expect(result.gradientNorm / norm(Object.values(all).flat())).toBeCloseTo(1, 5)
      const stepped = Object.entries(initial as Tensors).map(([name, values]) => [
        name,
        values.map((value, index) => value - (all[name]?.[index] ?? NaN)),
      ])
      for (const gap of relativeGaps(engine.exportState(), Object.fromEntries(stepped))) {
        expect(gap).toBeLessThan(1e-5)
      }
    })
  })

  test.each(OPTIMIZERS)(`${steps} steps of %s end where PyTorch's do`, async (optimizer) => {
    await withEngine({ ...specOf(loss), optimizer }, async (engine) => {
      const { learning_rate, parameters } = trained[optimizer]
      startFrom(engine, initial)

      for (let step = 0; step < steps; step++) {
        await engine.computeGradients(batchOf(loss), settings({ l2 }))
        engine.applyUpdate(hyperparameters, learning_rate)
      }

      for (const gap of relativeGaps(engine.exportState(), parameters)) {
        expect(gap).toBeLessThan(1e-4)
      }
      expect(engine.exportState().scalars.updates).toBe(steps)
    })
  })
})
