import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldBatchNorm } from '../../../core/nn/fold.ts'
import { network } from '../../../core/protocol/network.ts'
import type { NetworkConfig } from '../../../core/protocol/network.ts'

const EPSILON = 1e-3

const networkOf = (layers: readonly object[]): NetworkConfig =>
  network.parse({ layers, batch_norm: { epsilon: EPSILON } })

/** Numbers that differ from each other, in a range where float32 is exact enough to compare. */
const numbers = (length: number, from = 0) =>
  Float32Array.from({ length }, (_, i) => Math.sin(from + 1.7 * i))

/** The tensors of a normalised layer with so many weights. */
const tensorsOf = (layer: string, weights: number, channels: number) =>
  [
    [`${layer}.weight`, numbers(weights, 1)],
    [`${layer}.gamma`, numbers(channels, 2)],
    [`${layer}.beta`, numbers(channels, 3)],
    [`${layer}.running_mean`, numbers(channels, 4)],
    [`${layer}.running_variance`, numbers(channels, 5).map((value) => value ** 2)],
  ] as const

const CHANNELS = 3
const EACH = 4
const LAYERS = {
  dense: { type: 'dense', units: CHANNELS },
  conv: { type: 'conv', filters: CHANNELS, kernel: 2 },
  depthwise_conv: { type: 'depthwise_conv', kernel: 2 },
}
/** Where the weight of channel c for its i-th input stands. */
const PLACES: { readonly [K in keyof typeof LAYERS]: (c: number, i: number) => number } = {
  dense: (c, i) => i * CHANNELS + c,
  conv: (c, i) => c * EACH + i,
  depthwise_conv: (c, i) => c * EACH + i,
}
const kinds = Object.keys(LAYERS) as (keyof typeof LAYERS)[]

describe('batch norm is folded into the weights and bias of its layer', () => {
  const float = fc.float({ min: -3, max: 3, noNaN: true })
  const list = (length: number, of = float) =>
    fc.array(of, { minLength: length, maxLength: length })

  test.each(kinds)('%s answers what it answered, whatever the numbers', (type) => {
    fc.assert(
      fc.property(
        list(CHANNELS * EACH),
        list(CHANNELS * 3),
        list(CHANNELS, fc.float({ min: 0, max: 9, noNaN: true })),
        list(EACH),
        (weights, rest, variances, x) => {
          const [gamma, beta, mean] = [0, 1, 2].map((part) =>
            Float32Array.from(rest.slice(part * CHANNELS, (part + 1) * CHANNELS)),
          ) as [Float32Array, Float32Array, Float32Array]
          const variance = Float32Array.from(variances)
          const weight = Float32Array.from(weights)
          const answer = (w: Float32Array, c: number) =>
            x.reduce((sum, value, i) => sum + value * (w[PLACES[type](c, i)] ?? NaN), 0)

          const folded = foldBatchNorm(
            networkOf([{ ...LAYERS[type], batch_norm: true }]),
            new Map([
              ['layer1.weight', weight],
              ['layer1.gamma', gamma],
              ['layer1.beta', beta],
              ['layer1.running_mean', mean],
              ['layer1.running_variance', variance],
            ]),
          )

          expect([...folded.tensors.keys()].toSorted()).toEqual(['layer1.bias', 'layer1.weight'])
          for (let c = 0; c < CHANNELS; c++) {
            const scale = gamma[c]! / Math.sqrt(variance[c]! + EPSILON)
            const before = (answer(weight, c) - mean[c]!) * scale + beta[c]!
            const after =
              answer(folded.tensors.get('layer1.weight')!, c) +
              folded.tensors.get('layer1.bias')![c]!
            const size = 1 + Math.abs(scale) * 40 // 4 products of at most 9, and a mean
            expect(Math.abs(after - before)).toBeLessThan(1e-6 * size)
          }
        },
      ),
    )
  })

  test('a bias that stood before the batch norm is folded too', () => {
    const tensors = new Map([
      ['layer1.weight', Float32Array.of(0)],
      ['layer1.bias', Float32Array.of(5)],
      ['layer1.gamma', Float32Array.of(3)],
      ['layer1.beta', Float32Array.of(1)],
      ['layer1.running_mean', Float32Array.of(2)],
      ['layer1.running_variance', Float32Array.of(4 - EPSILON)],
    ])

    const folded = foldBatchNorm(
      networkOf([{ type: 'dense', units: 1, batch_norm: true }]),
      tensors,
    )

    expect(folded.tensors.get('layer1.bias')?.[0]).toBeCloseTo(1 + (3 * (5 - 2)) / 2, 5)
  })

  test('behind a linear activation it is folded, behind another it stays', () => {
    const layer = { type: 'dense', units: 2, batch_norm: 'after_activation' }
    const network = networkOf([layer, { ...layer, activation: 'relu' }])
    const tensors = new Map([...tensorsOf('layer1', 4, 2), ...tensorsOf('layer2', 4, 2)])

    const folded = foldBatchNorm(network, tensors)

    expect(folded.network.layers.map((one) => 'batch_norm' in one && one.batch_norm)).toEqual([
      false,
      'after_activation',
    ])
    expect([...folded.tensors.keys()].toSorted()).toEqual(
      [
        'layer1.bias',
        'layer1.weight',
        ...tensorsOf('layer2', 4, 2).map(([name]) => name),
      ].toSorted(),
    )
  })

  test('layers on both ways of a residual layer are found by their names', () => {
    const conv = { type: 'conv', filters: 1, kernel: 1, batch_norm: true }
    const network = networkOf([
      { type: 'flatten' },
      { type: 'residual', layers: [{ type: 'layer_norm' }, conv], shortcut: [conv] },
    ])
    const tensors = new Map([
      ...tensorsOf('layer2.2', 1, 1),
      ...tensorsOf('layer2.shortcut1', 1, 1),
      ['layer2.1.gamma', Float32Array.of(1)] as const,
    ])

    const folded = foldBatchNorm(network, tensors)

    expect([...folded.tensors.keys()].toSorted()).toEqual([
      'layer2.1.gamma',
      'layer2.2.bias',
      'layer2.2.weight',
      'layer2.shortcut1.bias',
      'layer2.shortcut1.weight',
    ])
  })

  test('what is handed in stays as it is', () => {
    const network = networkOf([{ type: 'dense', units: 2, batch_norm: true }])
    const tensors = new Map(tensorsOf('layer1', 4, 2))
    const before = structuredClone({ network, tensors })

    foldBatchNorm(network, tensors)

    expect({ network, tensors }).toEqual(before)
  })

  test('a tensor that is missing is named', () => {
    const network = networkOf([{ type: 'dense', units: 2, batch_norm: true }])
    const tensors = new Map(tensorsOf('layer1', 4, 2).slice(0, 4))

    expect(() => foldBatchNorm(network, tensors)).toThrow('layer1.running_variance')
  })
})
