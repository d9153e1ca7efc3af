import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, permutation, shuffle, uniform } from '../../../core/random/index.ts'
import { philox } from '../../../core/random/philox.ts'

const ONES = 0xffffffff
const word = fc.integer({ min: 0, max: ONES })

describe('Philox4x32-10', () => {
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [ONES, ONES, ONES, ONES],
      [ONES, ONES],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published answer for counter %j and key %j', (counter, key, answer) => {
    expect(philox(counter, key)).toEqual(answer)
  })
})

describe('numbers', () => {
  test('uniform numbers lie in [0, 1) for every seed, stream and counter', () => {
    const counters = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    const property = fc.property(word, word, counters, (seed, stream, counter) => {
      const u = uniform(seed, stream, counter)

      expect(u >= 0 && u < 1).toBe(true)
      expect(uniform(seed, stream, counter)).toBe(u)
      expect(Number.isFinite(normal(seed, stream, counter))).toBe(true)
    })

    fc.assert(property)
  })

  test('seed, stream and both halves of the counter all matter', () => {
    const draws = [
      uniform(1, 1, 1),
      uniform(2, 1, 1),
      uniform(1, 2, 1),
      uniform(1, 1, 2),
      uniform(1, 1, 1 + 2 ** 32),
    ]

    expect(new Set(draws).size).toBe(draws.length)
  })

  test('uniform and normal numbers have the moments of their laws', () => {
    const count = 20_000
    const moments = (draw: (index: number) => number) => {
      const values = Array.from({ length: count }, (_, index) => draw(index))
      const mean = values.reduce((sum, x) => sum + x, 0) / count
      return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count }
    }

    const flat = moments((index) => uniform(3, 4, index))
    const bell = moments((index) => normal(3, 4, index))

    // Four standard errors each.
    expect(flat.mean).toBeCloseTo(0.5, 2)
    expect(Math.abs(flat.variance - 1 / 12)).toBeLessThan(0.0022)
    expect(Math.abs(bell.mean)).toBeLessThan(0.029)
    expect(Math.abs(bell.variance - 1)).toBeLessThan(0.04)
  })
})

describe('orders', () => {
  test('a permutation holds every index once and depends on nothing but its arguments', () => {
    const property = fc.property(
      fc.nat(300),
      word,
      word,
      fc.nat(1000),
      (n, seed, stream, epoch) => {
        const order = permutation(n, seed, stream, epoch)

        expect([...order].toSorted((a, b) => a - b)).toEqual([...Array(n).keys()])
        expect(permutation(n, seed, stream, epoch)).toEqual(order)
      },
    )

    fc.assert(property)
  })

  test('two epochs, two streams and two seeds have different orders', () => {
    const orders = [
      permutation(50, 1, 1, 0),
      permutation(50, 1, 1, 1),
      permutation(50, 1, 2, 0),
      permutation(50, 2, 1, 0),
    ]

    expect(new Set(orders.map(String)).size).toBe(4)
  })

  test('all orders of three are about equally frequent', () => {
    const counts = new Map<string, number>()
    for (let epoch = 0; epoch < 6_000; epoch++) {
      const order = String(permutation(3, 9, 9, epoch))
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }

    // Chi-squared with five degrees of freedom: above 20.5 once in a thousand seeds, and this is one seed.
    const chi = [...counts.values()].reduce((sum, n) => sum + (n - 1_000) ** 2 / 1_000, 0)
    expect(counts.size).toBe(6)
    expect(chi).toBeLessThan(20.5)
  })

  test('a shuffle keeps what it shuffles and leaves the original alone', () => {
    const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

    const shuffled = shuffle(items, 1, 2, 3)

    expect(items.join('')).toBe('abcdefgh')
    expect(shuffled).not.toEqual(items)
    expect(shuffled.toSorted()).toEqual(items)
  })
})
