import { describe, expect, test } from 'vitest'
import type { Shape } from '../../../core/tape/value.ts'
import { FLATTEN, conv, dense, residual } from './layers.ts'
import { networkOf, planOf } from './networks.ts'

const EMBEDDING = { type: 'embedding', units: 8 }

describe('a network that cannot be built is refused, with the layer named', () => {
  const image: Shape = [1, 4, 4]
  const pool = { type: 'max_pool' }
  test.each<[string, object[], Shape, string]>([
    [
      'a kernel larger than what is left',
      [conv(2, 3), pool, conv(2, 3, { padding: 'valid' })],
      image,
      'layer 3, conv: 2×2 input is smaller than its 3×3 kernel',
    ],
    [
      'the same in a residual layer',
      [pool, residual([conv(1, 1), conv(1, 3, { padding: 'valid' })])],
      image,
      'layer 2.2, conv: 2×2 input is smaller than its 3×3 kernel',
    ],
    [
      'the same in a shortcut',
      [residual([conv(1, 1)], [conv(1, 5, { padding: 'valid' })])],
      image,
      'layer 1.shortcut 1, conv: 4×4 input is smaller than its 5×5 kernel',
    ],
    [
      'a window larger than what is left',
      [pool, { type: 'average_pool', size: 3 }],
      image,
      'layer 2, average_pool: 2×2 input is smaller than its 3×3 window',
    ],
    [
      'dense on images in the middle',
      [conv(2, 3), dense(3)],
      image,
      'layer 2, dense: takes a row of numbers, not 2×4×4 images',
    ],
    [
      'dense on images first in a residual layer',
      [residual([dense(3)])],
      image,
      'layer 1.1, dense: takes a row of numbers, not 1×4×4 images',
    ],
    [
      'conv on a row',
      [FLATTEN, conv(2, 3)],
      image,
      'layer 2, conv: takes images, not rows of 16 numbers',
    ],
    [
      'pool on a row',
      [dense(4), pool],
      [4],
      'layer 2, max_pool: takes images, not rows of 4 numbers',
    ],
    [
      'two ways of different shapes',
      [residual([conv(4, 3, { stride: 2 })])],
      image,
      'layer 1, residual: its layers answer 4×2×2 images, but its shortcut 1×4×4 images',
    ],
    [
      'an embedding of numbers',
      [EMBEDDING],
      [4],
      'layer 1, embedding: takes ids, such as those of characters, not rows of 4 numbers',
    ],
    [
      'attention on a row',
      [dense(4), { type: 'attention', heads: 2 }],
      [4],
      'layer 2, attention: takes a sequence of vectors, not rows of 4 numbers',
    ],
    ['layer norm on images', [{ type: 'layer_norm' }], image, 'layer 1, layer_norm: takes rows'],
    [
      'softmax over images',
      [conv(2, 3, { activation: 'softmax' })],
      image,
      'layer 1, conv: softmax goes along a row',
    ],
    [
      'softmax over images as a layer',
      [{ type: 'activation', activation: 'softmax' }],
      image,
      'layer 1, activation: softmax goes along a row',
    ],
    [
      'softmax over the sum of two ways',
      [residual([conv(1, 3)], [], { activation: 'softmax' })],
      image,
      'layer 1, residual: softmax goes along a row',
    ],
    ['no features at all', [dense(3)], [0], 'the data has no features'],
    ['a giant of parameters', [dense(1e6), dense(1e6)], [4], 'the network has 1000006000000 param'],
    [
      'a giant of activations',
      [conv(1, 1, { padding: 1e5 }), { type: 'global_average_pool' }],
      image,
      'layer 1, conv: makes 40001600016 numbers of each example',
    ],
  ])('%s', (_, layers, input, message) => {
    expect(() => planOf(layers, input)).toThrow(
      expect.objectContaining({
        code: 'engine/invalid-model',
        message: expect.stringContaining(message) as string,
      }),
    )
  })

  test.each<[string, object[], string]>([
    ['heads that do not divide', [{ type: 'attention', heads: 3 }], 'cannot be shared by 3 heads'],
    ['an embedding of vectors', [EMBEDDING], 'layer 2, embedding: takes ids'],
    ['conv on a sequence', [conv(2, 3)], 'layer 2, conv: takes images, not 16 places of 8 numbers'],
    ['too many pairs of places', [{ type: 'attention', heads: 1 }, { type: 'flatten' }], ''],
  ])('of a text: %s', (_, layers, message) => {
    const length = message === '' ? 8192 : 16
    const expected = message === '' ? 'layer 2, attention: makes' : message

    expect(() => planOf([EMBEDDING, ...layers], [length], 30)).toThrow(expected)
  })

  test('ids without an embedding', () => {
    expect(() => planOf([dense(3)], [16], 30)).toThrow(
      'layer 1, dense: takes numbers, but the data has ids',
    )
    expect(() => planOf([residual([EMBEDDING])], [16], 30)).toThrow('layer 1, residual: takes num')
  })

  test('no layer at all', () => {
    expect(() => networkOf([])).toThrow()
  })
})
