import { describe, expect, test } from 'vitest'
import { countParameters, estimateMemory, inputSpecOf } from '../../../core/nn/plan.ts'
import type { Shape } from '../../../core/tape/value.ts'
import { FLATTEN, conv, dense, residual } from './layers.ts'
import { planOf } from './networks.ts'

const EMBEDDING = { type: 'embedding', units: 8 }

describe('the input of a network', () => {
  test.each<[number[], Shape]>([
    [[784], [784]],
    [
      [28, 20],
      [1, 28, 20],
    ],
    [
      [3, 32, 32],
      [3, 32, 32],
    ],
  ])('data of %j comes in as %j', (featureShape, shape) => {
    expect(inputSpecOf(featureShape, null)).toEqual({ shape, vocabulary: null })
  })

  test('a text keeps its places and its vocabulary', () => {
    expect(inputSpecOf([64], 61)).toEqual({ shape: [64], vocabulary: 61 })
  })
})

describe('shapes', () => {
  test.each<[string, object[], Shape, Shape]>([
    ['dense', [dense(5)], [4], [5]],
    ['dense on an image, as the first layer', [dense(5)], [3, 4, 4], [5]],
    ['conv "same"', [conv(6, 3)], [2, 7, 6], [6, 7, 6]],
    ['conv "valid"', [conv(6, 3, { padding: 'valid' })], [2, 7, 6], [6, 5, 4]],
    ['conv "same" with stride 2', [conv(6, 3, { stride: 2 })], [2, 7, 6], [6, 4, 3]],
    ['conv with a padding of its own', [conv(6, 3, { padding: 2 })], [2, 7, 6], [6, 9, 8]],
    [
      'conv of unequal kernel and stride',
      [conv(6, [1, 5], { stride: [2, 1], padding: 'valid' })],
      [2, 7, 6],
      [6, 4, 2],
    ],
    ['conv 1×1 with a stride', [conv(6, 1, { stride: 3 })], [2, 7, 6], [6, 3, 2]],
    ['depthwise conv', [{ type: 'depthwise_conv', kernel: 5 }], [2, 7, 6], [2, 7, 6]],
    ['max pool drops a rest', [{ type: 'max_pool' }], [2, 7, 6], [2, 3, 3]],
    [
      'average pool with a stride',
      [{ type: 'average_pool', size: 3, stride: 2 }],
      [2, 7, 6],
      [2, 3, 2],
    ],
    ['global average pool', [{ type: 'global_average_pool' }], [2, 7, 6], [2]],
    ['flatten', [FLATTEN], [2, 7, 6], [84]],
    ['activation', [{ type: 'activation', activation: 'relu' }], [2, 7, 6], [2, 7, 6]],
    ['dropout', [{ type: 'dropout' }], [2, 7, 6], [2, 7, 6]],
    ['layer norm', [{ type: 'layer_norm' }], [9], [9]],
    ['residual', [residual([conv(2, 3), conv(2, 3)])], [2, 7, 6], [2, 7, 6]],
    [
      'residual with a shortcut',
      [residual([conv(4, 3, { stride: 2 })], [conv(4, 1, { stride: 2 })])],
      [2, 7, 6],
      [4, 4, 3],
    ],
  ])('%s', (_, layers, input, output) => {
    expect(planOf(layers, input).outputShape).toEqual(output)
  })

  test('a text keeps its places through embedding, attention, norm, residual and dense', () => {
    const attention = residual([{ type: 'layer_norm' }, { type: 'attention', heads: 2 }])

    const { outputShape } = planOf([EMBEDDING, attention, dense(12), dense(30)], [16], 30)

    expect(outputShape).toEqual([16, 30])
  })
})

const listed = (layers: object[], shape: Shape, vocabulary: number | null = null) =>
  planOf(layers, shape, vocabulary).parameters.map(
    (parameter) => `${parameter.kind} ${parameter.name} ${parameter.shape.join('×')}`,
  )

describe('parameters', () => {
  test('are named by the number of their layer, flatten and pools counted', () => {
    expect(
      listed([conv(6, 5), { type: 'max_pool' }, FLATTEN, dense(10), dense(3)], [1, 8, 8]),
    ).toEqual([
      'weight layer1.weight 6×1×5×5',
      'bias layer1.bias 6',
      'weight layer4.weight 96×10',
      'bias layer4.bias 10',
      'weight layer5.weight 10×3',
      'bias layer5.bias 3',
    ])
  })

  test('a depthwise conv has one kernel for each channel', () => {
    expect(listed([{ type: 'depthwise_conv', kernel: [3, 5] }], [4, 9, 9])).toEqual([
      'weight layer1.weight 4×1×3×5',
      'bias layer1.bias 4',
    ])
  })

  const norm = ['normalisation layer1.gamma 5', 'normalisation layer1.beta 5']
  test.each<[string, object, string[]]>([
    ['before the activation', { batch_norm: true, activation: 'relu' }, norm],
    ['before it, by name', { batch_norm: 'before_activation', activation: 'relu' }, norm],
    ['after a linear one', { batch_norm: 'after_activation' }, norm],
    [
      'after another',
      { batch_norm: 'after_activation', activation: 'relu' },
      ['bias layer1.bias 5', ...norm],
    ],
  ])('batch norm %s leaves the bias only where it is not cancelled', (_, more, rest) => {
    const plan = planOf([dense(5, more)], [4])

    expect(listed([dense(5, more)], [4])).toEqual(['weight layer1.weight 4×5', ...rest])
    expect(plan.statistics).toEqual([
      { name: 'layer1.running_mean', shape: [5], initial: 0 },
      { name: 'layer1.running_variance', shape: [5], initial: 1 },
    ])
  })

  test('of attention and embedding are one matrix for queries, keys and values, and tables', () => {
    const layers = [
      { ...EMBEDDING, positions: true },
      { type: 'attention', heads: 4 },
    ]

    expect(listed(layers, [16], 30)).toEqual([
      'weight layer1.weight 30×8',
      'weight layer1.positions 16×8',
      'weight layer2.query_key_value 8×24',
      'bias layer2.query_key_value_bias 24',
      'weight layer2.output 8×8',
      'bias layer2.output_bias 8',
    ])
    expect(listed([EMBEDDING], [16], 30)).toEqual(['weight layer1.weight 30×8'])
  })

  test('inside a residual layer say which way they are on', () => {
    const inner = residual([conv(2, 3)])
    const layers = [FLATTEN, dense(3), residual([dense(3), residual([dense(3)])], [dense(3)])]

    expect(listed(layers, [4]).filter((row) => row.startsWith('weight'))).toEqual([
      'weight layer2.weight 4×3',
      'weight layer3.1.weight 3×3',
      'weight layer3.2.1.weight 3×3',
      'weight layer3.shortcut1.weight 3×3',
    ])
    expect(listed([inner], [2, 4, 4])[0]).toBe('weight layer1.1.weight 2×2×3×3')
  })

  test('are counted', () => {
    const { parameters } = planOf([dense(5, { batch_norm: true }), dense(3)], [4])

    expect(countParameters(parameters)).toBe(4 * 5 + 2 * 5 + 5 * 3 + 3)
  })
})

test('dropout asks for a mask of what comes in, at its own rate or the live one', () => {
  const layers = [dense(5), { type: 'dropout' }, residual([{ type: 'dropout', rate: 0.3 }])]

  expect(planOf(layers, [4]).noises).toEqual([
    { name: 'noise/layer2', shape: [5], rate: null },
    { name: 'noise/layer3.1', shape: [5], rate: 0.3 },
  ])
})

describe('the memory estimate', () => {
  const plan = planOf([dense(100, { activation: 'relu' }), dense(10)], [50])
  const { parameters } = plan
  const estimate = (batchSize: number, optimizerSlots = 2) =>
    estimateMemory(plan, { batchSize, optimizerSlots })

  test('has parameters, gradients and moments, whatever the batch', () => {
    const slot = 4 * countParameters(parameters)

    expect(estimate(32, 2) - estimate(32, 0)).toBe(2 * slot)
    expect(estimate(0, 0)).toBe(2 * slot)
  })

  test('grows with the batch by what the layers keep', () => {
    expect(estimate(64) - estimate(32)).toBe(estimate(32) - estimate(0))
    expect(estimate(1) - estimate(0)).toBeGreaterThan(4 * (50 + 100 + 10))
  })

  test('of attention grows with the square of the length', () => {
    const bytesOf = (length: number) => {
      const text = planOf([EMBEDDING, { type: 'attention', heads: 4 }], [length], 9)
      return estimateMemory(text, { batchSize: 1, optimizerSlots: 0 })
    }

    expect(bytesOf(1024) / bytesOf(512)).toBeGreaterThan(3.5)
  })
})
