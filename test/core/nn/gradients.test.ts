import { describe, expect, test } from 'vitest'
import { mul, reshape, sum } from '../../../core/tape/functions.ts'
import type { Shape } from '../../../core/tape/value.ts'
import { gapOf } from '../tape/central-differences.ts'
import { ATTENTION, EMBEDDING, FLATTEN, conv, dense, residual } from './layers.ts'
import { answersOf, draw, record } from './networks.ts'
import type { RecordOptions, Recorded } from './networks.ts'

/** Rules are checked one by one elsewhere; here is how layers put them together. */
function gradientGap(network: Recorded): number {
  const { tape, x, parameters, result, feeds } = network
  const { outputs } = result
  feeds.set('probe', draw(answersOf(network).length, 99))
  const weighted = mul(outputs, tape.input('probe', outputs.shape))
  const cost = reshape(sum(weighted, [...outputs.shape.keys()]), [])
  const variables = [...parameters.values(), ...(x.type === 'float' ? [x] : [])]
  return gapOf({ z: outputs, cost, variables, gradients: tape.gradient(cost, variables), feeds })
}

const TEXT: RecordOptions = { vocabulary: 5, examples: 2 }

describe('gradients of a whole network agree with central differences', () => {
  const IMAGE: Shape = [2, 5, 4]
  test.each<[string, object[], Shape, RecordOptions?]>([
    ['dense', [dense(4, { activation: 'tanh' }), dense(3)], [5]],
    ['dense on an image', [dense(3, { activation: 'gelu' })], IMAGE],
    ['batch norm on dense', [dense(4, { batch_norm: true, activation: 'relu' }), dense(3)], [5]],
    [
      'batch norm after the activation',
      [dense(4, { batch_norm: 'after_activation', activation: 'silu' }), dense(3)],
      [5],
    ],
    ['batch norm on conv', [conv(3, 3, { batch_norm: true, activation: 'elu' })], IMAGE],
    [
      'batch norm on depthwise conv, after the activation',
      [
        {
          type: 'depthwise_conv',
          kernel: 3,
          batch_norm: 'after_activation',
          activation: 'sigmoid',
        },
      ],
      IMAGE,
    ],
    ['batch norm at every place', [EMBEDDING, dense(3, { batch_norm: true })], [3], TEXT],
    [
      'conv, ReLU, max pool',
      [conv(3, 3, { activation: 'relu' }), { type: 'max_pool' }, FLATTEN, dense(2)],
      IMAGE,
    ],
    ['conv with a stride', [conv(3, 3, { stride: 2 }), { type: 'global_average_pool' }], IMAGE],
    ['average pool', [{ type: 'average_pool' }, FLATTEN, dense(2)], IMAGE],
    [
      'residual, as it is',
      [residual([dense(5, { activation: 'tanh' }), dense(5)], [], { activation: 'relu' })],
      [5],
    ],
    [
      'residual with a shortcut',
      [residual([conv(3, 3, { stride: 2, batch_norm: true })], [conv(3, 1, { stride: 2 })])],
      IMAGE,
    ],
    ['layer norm', [dense(4), { type: 'layer_norm' }, dense(3)], [5]],
    ['dropout', [dense(6), { type: 'dropout' }, dense(3)], [5]],
    ['softmax in the middle', [dense(4, { activation: 'softmax' }), dense(3)], [5]],
    ['attention that sees all', [EMBEDDING, { ...ATTENTION, causal: false }], [4], TEXT],
    [
      'a block of a transformer',
      [
        EMBEDDING,
        residual([{ type: 'layer_norm' }, ATTENTION]),
        residual([{ type: 'layer_norm' }, dense(6, { activation: 'gelu' }), dense(4)]),
        dense(5),
      ],
      [4],
      TEXT,
    ],
  ])('%s', (_, layers, shape, options) => {
    const network = record(layers, shape, options)

    expect(network.result.outputs.shape.slice(1)).toEqual(network.plan.outputShape)
    expect(gradientGap(network)).toBeLessThan(1e-6)
  })
})
