import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ATTENTION, EMBEDDING, residual } from './layers.ts'
import { answersOf, gap, record } from './networks.ts'
import type { RecordOptions } from './networks.ts'

const TEXT: RecordOptions = { vocabulary: 5, examples: 2 }

describe('attention', () => {
  test('with a causal mask no place sees what comes after it', () => {
    const LENGTH = 6
    const layers = [EMBEDDING, ATTENTION, residual([{ type: 'layer_norm' }, ATTENTION])]
    const network = record(layers, [LENGTH], { vocabulary: 9, examples: 1 })
    const { feeds } = network
    const before = answersOf(network)
    fc.assert(
      fc.property(fc.nat(LENGTH - 1), fc.integer({ min: 1, max: 8 }), (place, shift) => {
        const ids = feeds.get('x') ?? new Float64Array()
        feeds.set(
          'x',
          ids.map((id, i) => (i === place ? (id + shift) % 9 : id)),
        )
        const after = answersOf(network)
        feeds.set('x', ids)

        const width = before.length / LENGTH
        expect(after.slice(0, place * width)).toEqual(before.slice(0, place * width))
        expect(gap(after.slice(place * width), before.slice(place * width))).toBeGreaterThan(1e-9)
      }),
    )
  })

  test('without a mask the first place sees the last', () => {
    const network = record([EMBEDDING, { ...ATTENTION, causal: false }], [3], TEXT)
    const before = answersOf(network)
    network.feeds.set(
      'x',
      (network.feeds.get('x') ?? new Float64Array()).map((id, i) => (i === 2 ? (id + 1) % 5 : id)),
    )

    expect(gap(answersOf(network).slice(0, 4), before.slice(0, 4))).toBeGreaterThan(1e-9)
  })

  test('is the mean of the values where queries say nothing', () => {
    const network = record(
      [
        { type: 'embedding', units: 2 },
        { type: 'attention', heads: 1 },
      ],
      [2],
      {
        vocabulary: 2,
        examples: 1,
      },
    )
    const { feeds } = network
    feeds.set('x', Float64Array.of(0, 1))
    feeds.set('layer1.weight', Float64Array.of(1, 2, 5, 10))
    // Of every row, the queries and keys are 0 and the values are the vector itself.
    feeds.set('layer2.query_key_value', Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1))
    feeds.set('layer2.query_key_value_bias', new Float64Array(6))
    feeds.set('layer2.output', Float64Array.of(1, 0, 0, 1))
    feeds.set('layer2.output_bias', new Float64Array(2))

    expect([...answersOf(network)]).toEqual([3, 6, 3, 6])
  })

  test("shares attention by softmax of the scores over √ of a head's width", () => {
    const network = record([EMBEDDING, { type: 'attention', heads: 2 }], [2], {
      vocabulary: 2,
      examples: 1,
    })
    const { feeds } = network
    feeds.set('x', Float64Array.of(0, 1))
    feeds.set('layer1.positions', new Float64Array(8))
    feeds.set('layer1.weight', Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0))
    // q of both vectors is (2, 0, 0, 0); their keys are (3, …) and (5, …), their values (1, …), (0, …).
    const rows = [
      [2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0],
      [2, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0],
    ]
    feeds.set(
      'layer2.query_key_value',
      Float64Array.from([...rows.flat(), ...new Float64Array(24)]),
    )
    feeds.set('layer2.query_key_value_bias', new Float64Array(12))
    feeds.set('layer2.output', Float64Array.of(1, ...new Float64Array(15)))
    feeds.set('layer2.output_bias', new Float64Array(4))

    const share = 1 / (1 + Math.exp((2 * 5 - 2 * 3) / Math.sqrt(2)))
    expect(gap(answersOf(network), [share, 0, 0, 0, share, 0, 0, 0])).toBeLessThan(1e-12)
  })

  test('huge scores give numbers still', () => {
    const network = record([EMBEDDING, ATTENTION], [4], TEXT)
    const weights = network.feeds.get('layer2.query_key_value') ?? new Float64Array()
    network.feeds.set(
      'layer2.query_key_value',
      weights.map((w) => 1e4 * w),
    )

    expect(answersOf(network).every(Number.isFinite)).toBe(true)
  })
})
