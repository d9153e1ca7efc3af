import { describe, expect, test } from 'vitest'
import { fillInitial } from '../../../core/nn/initial.ts'
import { countParameters } from '../../../core/nn/plan.ts'
import type { NetworkPlan } from '../../../core/nn/plan.ts'
import { ACTIVATIONS } from '../../../core/protocol/network.ts'
import type { NetworkConfig } from '../../../core/protocol/network.ts'
import { planOf } from './networks.ts'

type Initialiser = NetworkConfig['initialiser']

const dense = (units: number, activation = 'linear') => ({ type: 'dense', units, activation })
const CONV = { type: 'conv', filters: 60, kernel: 3, activation: 'relu', batch_norm: true }
const ROWS = planOf([dense(100, 'relu'), dense(60)], [200])
const IMAGES = planOf(
  [CONV, { type: 'depthwise_conv', kernel: 9, activation: 'gelu' }, { type: 'flatten' }],
  [50, 9, 9],
)
const TEXT = planOf(
  [
    { type: 'embedding', units: 128, positions: true },
    { type: 'layer_norm' },
    { type: 'attention', heads: 4 },
  ],
  [64],
  61,
)

function valuesOf(
  plan: NetworkPlan,
  name: string,
  initialiser: Initialiser = 'he',
  seed = 1,
): Float32Array {
  const parameter = plan.parameters.find((row) => row.name === name)
  if (parameter === undefined) throw new Error(name)
  const values = new Float32Array(countParameters([parameter])).fill(9)
  fillInitial(values, parameter, initialiser, seed)
  return values
}

describe('initial values', () => {
  test.each<[string, NetworkPlan, string, Initialiser, number]>([
    ['dense before a ReLU', ROWS, 'layer1.weight', 'he', Math.sqrt(2 / 200)],
    ['dense before nothing', ROWS, 'layer2.weight', 'he', Math.sqrt(1 / 100)],
    ['dense', ROWS, 'layer1.weight', 'xavier', Math.sqrt(2 / 300)],
    ['conv', IMAGES, 'layer1.weight', 'he', Math.sqrt(2 / (50 * 9))],
    ['conv', IMAGES, 'layer1.weight', 'xavier', Math.sqrt(2 / (50 * 9 + 60 * 9))],
    ['depthwise conv', IMAGES, 'layer2.weight', 'he', Math.sqrt(2 / 81)],
    ['depthwise conv', IMAGES, 'layer2.weight', 'xavier', Math.sqrt(2 / (81 + 81))],
    ['embedding', TEXT, 'layer1.weight', 'he', 0.02],
    ['positions', TEXT, 'layer1.positions', 'xavier', 0.02],
    ['attention', TEXT, 'layer3.query_key_value', 'xavier', Math.sqrt(1 / 128)],
    ['attention', TEXT, 'layer3.output', 'he', Math.sqrt(1 / 128)],
  ])('%s: %# have the deviation of their initialiser', (_, plan, name, initialiser, deviation) => {
    const values = valuesOf(plan, name, initialiser)

    const mean = values.reduce((sum, w) => sum + w, 0) / values.length
    const variance = values.reduce((sum, w) => sum + w * w, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(values.length))
    expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(
      4 / Math.sqrt(2 * values.length),
    )
  })

  test('are larger by √2 in front of an activation that cuts half away, and of no other', () => {
    const cutting = ACTIVATIONS.filter((activation) => {
      const plan = planOf([dense(3, activation)], [4])
      const plain = planOf([dense(3)], [4])
      const [weight = NaN] = valuesOf(plan, 'layer1.weight')
      return weight / (valuesOf(plain, 'layer1.weight')[0] ?? NaN) > 1.4
    })

    expect(cutting).toEqual(['relu', 'leaky_relu', 'elu', 'gelu', 'silu'])
  })

  test.each([
    ['layer2.bias', ROWS, 0],
    ['layer1.gamma', IMAGES, 1],
    ['layer1.beta', IMAGES, 0],
    ['layer2.gamma', TEXT, 1],
    ['layer3.output_bias', TEXT, 0],
  ] as const)('%s: all the same, %#', (name, plan, value) => {
    expect(new Set(valuesOf(plan, name, 'he'))).toEqual(new Set([value]))
  })

  test('depend on the seed and on the name, and on nothing else', () => {
    const weights = valuesOf(ROWS, 'layer1.weight')

    expect(valuesOf(ROWS, 'layer1.weight')).toEqual(weights)
    expect(valuesOf(ROWS, 'layer1.weight', 'he', 2)).not.toEqual(weights)
    const ratios = valuesOf(ROWS, 'layer2.weight').map((w, index) => w / (weights[index] ?? NaN))
    expect(new Set(ratios).size).toBeGreaterThan(ratios.length / 2)
  })

  test('a seed means the same numbers for ever', () => {
    const [first, second, third] = valuesOf(ROWS, 'layer1.weight', 'he', 1)

    expect([first, second, third].map((w) => w?.toFixed(6))).toEqual([
      '0.042278',
      '0.039237',
      '-0.206267',
    ])
  })
})
