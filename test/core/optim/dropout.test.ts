import { describe, expect, test } from 'vitest'
import { fillDropoutMask } from '../../../core/optim/dropout.ts'
import type { MaskOrigin } from '../../../core/optim/dropout.ts'
import { KERNELS, allocate, kernelsOf } from './flat.ts'

const ORIGIN: MaskOrigin = { seed: 7, step: 40, stream: 2 }

function maskOf(
  count: number,
  rate: number,
  {
    kernels = 'wasm-simd' as (typeof KERNELS)[number],
    ...origin
  }: object & {
    kernels?: (typeof KERNELS)[number]
  } & Partial<MaskOrigin> = {},
): Float32Array {
  const memory = allocate(count)
  fillDropoutMask(kernelsOf(kernels, memory), 0, count, rate, { ...ORIGIN, ...origin })
  return memory.floats.slice(0, count)
}

const shareOfZeros = (mask: Float32Array): number =>
  mask.filter((value) => value === 0).length / mask.length

/** How much two masks of rate ½ have to do with each other, −1 to 1. */
const likeness = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + (value - 1) * (b[index]! - 1), 0) / a.length

describe('a dropout mask', () => {
  test('is a pure function of seed, step and stream', () => {
    const mask = maskOf(1_000, 0.5)

    expect(maskOf(1_000, 0.5)).toEqual(mask)
    for (const other of [{ seed: 8 }, { step: 41 }, { stream: 3 }, { step: 40 + 2 ** 32 }]) {
      expect(maskOf(1_000, 0.5, other)).not.toEqual(mask)
    }
  })

  test('does not depend on how many places are filled with it', () => {
    expect(maskOf(17, 0.3)).toEqual(maskOf(1_000, 0.3).slice(0, 17))
  })

  test.each([0.1, 0.5, 0.9])('leaves out a share of %d and scales up what is kept', (rate) => {
    const count = 100_000

    const mask = maskOf(count, rate)

    // Five standard deviations of a fair draw.
    const tolerance = 5 * Math.sqrt((rate * (1 - rate)) / count)
    expect(Math.abs(shareOfZeros(mask) - rate)).toBeLessThan(tolerance)
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]))
  })

  test.each(KERNELS)('with a rate of 0 is all ones (%s)', (kernels) => {
    expect(new Set(maskOf(1_003, 0, { kernels }))).toEqual(new Set([1]))
  })

  test('with a rate just below 1 is finite', () => {
    expect([...maskOf(1_000, 1 - 1e-12)].every(Number.isFinite)).toBe(true)
  })

  test('has nothing to do with that of another step or layer, or with its own shifted', () => {
    const count = 40_000
    const mask = maskOf(count + 1, 0.5)
    const others = [
      maskOf(count, 0.5, { step: 41 }),
      maskOf(count, 0.5, { stream: 3 }),
      maskOf(count, 0.5, { seed: 8 }),
      mask.slice(1),
    ]

    const limit = 5 / Math.sqrt(count)

    for (const other of others) expect(Math.abs(likeness(other, mask))).toBeLessThan(limit)
  })
})
