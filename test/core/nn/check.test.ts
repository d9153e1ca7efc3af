import { describe, expect, test } from 'vitest'
import { checkAnswers, checkModel } from '../../../core/nn/check.ts'
import type { LossSpec } from '../../../core/nn/losses.ts'
import { planNetwork } from '../../../core/nn/plan.ts'
import { lossOf, networkOf, planOf } from './networks.ts'

const dense = (units: number, activation = 'linear') => ({ type: 'dense', units, activation })
const check = (
  layers: object[],
  loss: LossSpec,
  classes: number | null,
  shape: number[] = [4],
): void => {
  const network = networkOf(layers)
  checkModel(planNetwork(network, { shape, vocabulary: null }), loss, network, classes)
}

const SOFTMAX = lossOf('sparse_categorical_cross_entropy')
const BINARY = lossOf('binary_cross_entropy')
const SQUARED = lossOf('mean_squared_error')

describe('network, loss and classes that do not fit are refused, with the layer or the cause named', () => {
  test.each<[string, object[], LossSpec, number | null, string]>([
    ['one class', [dense(9), dense(1)], SOFTMAX, 1, 'the data has a single class'],
    ['too many units', [dense(9), dense(12)], SOFTMAX, 10, 'layer 2, dense: must have 10 units'],
    [
      'too few units',
      [dense(1)],
      lossOf('categorical_cross_entropy'),
      2,
      'must have 2 units, not 1',
    ],
    ['two logits for one', [dense(2)], BINARY, 2, 'layer 1, dense: must have 1 unit'],
    ['three classes for two', [dense(1)], BINARY, 3, 'the data has 3'],
    ['no classes', [dense(1)], SOFTMAX, null, 'needs classes'],
    [
      'softmax twice',
      [dense(3, 'softmax')],
      SOFTMAX,
      3,
      'layer 1, dense: must be linear, not softmax: sparse_categorical_cross_entropy applies softmax',
    ],
    [
      'softmax twice, as a layer',
      [dense(3), { type: 'activation', activation: 'softmax' }],
      SOFTMAX,
      3,
      'layer 2, activation: must be linear',
    ],
    [
      'softmax in front of what changes nothing',
      [dense(3, 'softmax'), { type: 'dropout' }, { type: 'flatten' }],
      SOFTMAX,
      3,
      'layer 1, dense: must be linear',
    ],
    ['sigmoid twice', [dense(1, 'sigmoid')], BINARY, 2, 'applies sigmoid itself'],
    [
      'class weights that are too many',
      [dense(3)],
      { ...SOFTMAX, classWeights: [1, 2, 3, 4] },
      3,
      'there are 4 class_weights, but there are 3 classes',
    ],
    [
      'class weights of three for two',
      [dense(1)],
      { ...BINARY, classWeights: [1, 2, 3] },
      null,
      'there are 3 class_weights, but there are 2 classes',
    ],
    [
      'class weights without classes',
      [dense(1)],
      { ...SQUARED, classWeights: [1, 2] },
      null,
      'mean_squared_error has no classes for class_weights',
    ],
    [
      'smoothing without labels',
      [dense(1)],
      lossOf('huber', { labelSmoothing: 0.1 }),
      null,
      'huber has no classes for label_smoothing',
    ],
  ])('%s', (_, layers, loss, classes, message) => {
    expect(() => check(layers, loss, classes)).toThrow(
      expect.objectContaining({
        code: 'engine/invalid-model',
        message: expect.stringContaining(message) as string,
      }),
    )
  })

  test('images at the end', () => {
    const layers = [{ type: 'conv', filters: 3, kernel: 1 }]

    expect(() => check(layers, SOFTMAX, 3, [1, 4, 4])).toThrow('layer 1, conv: the last layer')
  })
})

test.each<[LossSpec, object[], number | null]>([
  [SOFTMAX, [dense(8, 'relu'), dense(3)], 3],
  [{ ...SOFTMAX, classWeights: [1, 2, 3], labelSmoothing: 0.1 }, [dense(3)], 3],
  [lossOf('categorical_cross_entropy'), [dense(3), { type: 'dropout' }], 3],
  [{ ...BINARY, classWeights: [1, 2], labelSmoothing: 0.1 }, [dense(1)], 2],
  [SQUARED, [dense(2, 'sigmoid')], null],
])('%# a network that fits is taken', (loss, layers, classes) => {
  expect(() => {
    check(layers, loss, classes)
  }).not.toThrow()
})

describe('answers', () => {
  const text = [{ type: 'embedding', units: 4 }]

  test('of a sequence are as many as the data has', () => {
    const all = planOf([...text, dense(9)], [16], 9)
    const one = planOf([...text, { type: 'flatten' }, dense(9)], [16], 9)

    expect(() => {
      checkAnswers(all, SOFTMAX.name, 16)
    }).not.toThrow()
    expect(() => {
      checkAnswers(one, SOFTMAX.name, 16)
    }).toThrow('the network answers each example once, but the data has 16 answers to it')
    expect(() => {
      checkAnswers(all, SOFTMAX.name, 1)
    }).toThrow('the network answers each example 16 times, but the data has 1')
  })

  test('of a text may not be seen by attention, on neither way of a residual layer', () => {
    const attention = (causal: boolean) => ({ type: 'attention', heads: 2, causal })
    const way = (round: boolean) => {
      const inner = { type: 'residual', layers: [attention(true)], shortcut: [attention(round)] }
      return planOf([...text, { type: 'residual', layers: [inner] }, dense(9)], [16], 9)
    }

    expect(() => {
      checkAnswers(way(true), SOFTMAX.name, 16)
    }).not.toThrow()
    expect(() => {
      checkAnswers(way(false), SOFTMAX.name, 16)
    }).toThrow('layer 2.1.shortcut 1, attention: would see the characters that it is to predict')
  })

  test('of a regression are one number each', () => {
    expect(() => {
      checkAnswers(planOf([dense(1)], [4]), 'huber', 1)
    }).not.toThrow()
    expect(() => {
      checkAnswers(planOf([dense(2)], [4]), 'huber', 1)
    }).toThrow('the last layer answers 2 numbers, but the data has 1 to aim at')
  })
})
