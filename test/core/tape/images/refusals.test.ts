import { describe, expect, test } from 'vitest'
import { batchNorm, conv, maxPool } from '../../../../core/tape/functions.ts'
import { GradientTape } from '../../../../core/tape/tape.ts'
import type { ConvAttributes, Shape } from '../../../../core/tape/value.ts'

describe('what does not go together is refused where it is written', () => {
  const ATTRIBUTES: ConvAttributes = {
    stride: [1, 1],
    padding: { top: 0, left: 0, bottom: 0, right: 0 },
    groups: 1,
  }
  const image = (shape: Shape) => {
    const tape = new GradientTape()
    return { x: tape.input('x', shape), tape }
  }

  test('a kernel larger than its image', () => {
    const { x, tape } = image([1, 3, 2, 2])

    expect(() => conv(x, tape.input('k', [1, 3, 3, 3]), ATTRIBUTES)).toThrow(
      'a 3×3 kernel does not fit 2×2 images',
    )
  })

  test('a kernel of other channels', () => {
    const { x, tape } = image([1, 3, 4, 4])

    expect(() => conv(x, tape.input('k', [1, 2, 3, 3]), ATTRIBUTES)).toThrow('3 channels')
  })

  test('a bias of another length', () => {
    const { x, tape } = image([1, 3, 4, 4])
    const kernel = tape.input('k', [2, 3, 3, 3])

    expect(() => conv(x, kernel, ATTRIBUTES, tape.input('b', [3]))).toThrow('a bias [3]')
  })

  test('a window larger than its image', () => {
    const { x } = image([1, 3, 2, 4])

    expect(() => maxPool(x, { size: [3, 3], stride: [3, 3] })).toThrow('3×3 window')
  })

  test('a scale of other channels', () => {
    const { x, tape } = image([4, 3])

    expect(() => batchNorm(x, tape.input('g', [3]), tape.input('b', [2]), 0)).toThrow('[2]')
  })
})
