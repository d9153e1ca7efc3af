import { describe, expect, test } from 'vitest'
import { checkModel } from '../../../core/nn/check.ts'
import { countParameters, fillInitial, listParameters } from '../../../core/nn/parameters.ts'
import type { LossName, NetworkConfig } from '../../../core/protocol/config.ts'

type Layer = NetworkConfig['layers'][number]
const dense = (units: number, activation: Layer['activation'] = 'linear'): Layer => ({
  type: 'dense',
  units,
  activation,
})
const network = (...layers: Layer[]): NetworkConfig => ({ initialiser: 'he', layers })

const initial = (name: string, initialiser: 'he' | 'xavier', seed: number) => {
  const parameters = listParameters(network(dense(100, 'relu'), dense(60)), 200)
  const parameter = parameters.find((row) => row.name === name)
  if (parameter === undefined) throw new Error(name)
  const values = new Float32Array(countParameters([parameter])).fill(9)
  fillInitial(values, parameter, initialiser, seed)
  return values
}

describe('parameters', () => {
  test('every layer has a weight and a bias, named by its number', () => {
    const parameters = listParameters(network(dense(5, 'relu'), dense(3)), 4)

    expect(parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ['layer1.weight', [4, 5]],
      ['layer1.bias', [5]],
      ['layer2.weight', [5, 3]],
      ['layer2.bias', [3]],
    ])
    expect(countParameters(parameters)).toBe(4 * 5 + 5 + 5 * 3 + 3)
  })

  test.each([
    ['he', Math.sqrt(2 / 200)],
    ['xavier', Math.sqrt(2 / 300)],
  ] as const)('%s gives the weights its deviation', (initialiser, deviation) => {
    const values = initial('layer1.weight', initialiser, 1)

    const mean = values.reduce((sum, w) => sum + w, 0) / values.length
    const variance = values.reduce((sum, w) => sum + w * w, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(values.length))
    expect(Math.sqrt(variance) / deviation).toBeCloseTo(1, 1)
  })

  test('biases start at zero', () => {
    expect(initial('layer2.bias', 'he', 1).every((b) => b === 0)).toBe(true)
  })

  test('initial weights depend on the seed and on the name, and on nothing else', () => {
    const weights = initial('layer1.weight', 'he', 1)

    expect(initial('layer1.weight', 'he', 1)).toEqual(weights)
    expect(initial('layer1.weight', 'he', 2)).not.toEqual(weights)
    const ratios = initial('layer2.weight', 'he', 1).map((w, index) => w / (weights[index] ?? NaN))
    expect(new Set(ratios).size).toBeGreaterThan(ratios.length / 2)
  })
})

describe('checking a model', () => {
  const softmax = 'sparse_categorical_cross_entropy'

  test.each<[string, NetworkConfig, LossName, number | null, string]>([
    ['too many units', network(dense(9), dense(12)), softmax, 10, 'layer 2 (dense, 12 units)'],
    ['too few units', network(dense(1)), 'categorical_cross_entropy', 2, 'must have 2 units'],
    ['two logits for one', network(dense(2)), 'binary_cross_entropy', 2, 'must have 1 unit'],
    ['three classes for two', network(dense(1)), 'binary_cross_entropy', 3, 'has 3'],
    ['no classes', network(dense(1)), softmax, null, 'needs classes'],
    ['softmax twice', network(dense(3, 'sigmoid')), softmax, 3, 'must be linear, not sigmoid'],
    ['a giant', network(dense(1e6), dense(1e6), dense(3)), softmax, 3, 'parameters'],
  ])('%s is refused, with the layer or the cause named', (_, config, loss, classes, message) => {
    expect(() => checkModel(config, loss, 4, classes)).toThrow(
      expect.objectContaining({
        code: 'engine/invalid-model',
        message: expect.stringContaining(message) as string,
      }),
    )
  })

  test.each<[LossName, NetworkConfig, number | null]>([
    [softmax, network(dense(8, 'relu'), dense(3)), 3],
    ['categorical_cross_entropy', network(dense(3)), 3],
    ['binary_cross_entropy', network(dense(1)), 2],
    ['mean_squared_error', network(dense(2, 'sigmoid')), null],
  ])('%s takes a network that fits', (loss, config, classes) => {
    expect(() => checkModel(config, loss, 4, classes)).not.toThrow()
  })
})
