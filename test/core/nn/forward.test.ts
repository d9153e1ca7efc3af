import { describe, expect, test } from 'vitest'
import { FLATTEN, conv, dense, residual } from './layers.ts'
import { answersOf, gap, record } from './networks.ts'

describe('the forward pass', () => {
  test('dense is x W + b at every place of a sequence', () => {
    const network = record([{ type: 'embedding', units: 2 }, dense(1)], [2], {
      vocabulary: 3,
      examples: 1,
    })
    const { feeds } = network
    feeds.set('x', Float64Array.of(2, 0))
    feeds.set('layer1.weight', Float64Array.of(1, 2, 30, 40, 500, 600))
    feeds.set('layer2.weight', Float64Array.of(1, 10))
    feeds.set('layer2.bias', Float64Array.of(0.5))

    expect([...answersOf(network)]).toEqual([6500.5, 21.5])
  })

  test('global average pool is the mean of each channel', () => {
    const network = record([{ type: 'global_average_pool' }], [2, 1, 4], { examples: 1 })
    network.feeds.set('x', Float64Array.of(1, 2, 3, 6, 10, 20, 30, 60))

    expect([...answersOf(network)]).toEqual([3, 30])
  })

  test('of "same" padding the odd zero comes last, as in TensorFlow', () => {
    const network = record([{ type: 'conv', filters: 1, kernel: [1, 2] }], [1, 1, 3], {
      examples: 1,
    })
    network.feeds.set('x', Float64Array.of(1, 2, 3))
    network.feeds.set('layer1.weight', Float64Array.of(1, 10))
    network.feeds.set('layer1.bias', Float64Array.of(0))

    expect([...answersOf(network)]).toEqual([21, 32, 3])
  })

  test('max pool in front of the ReLU changes nothing but how much is computed', () => {
    const pooled = [{ type: 'max_pool', size: 2 }, FLATTEN]
    for (const batch_norm of [false, true]) {
      const inOne = record([conv(3, 3, { activation: 'relu', batch_norm }), ...pooled], [2, 6, 7])
      const inTwo = record(
        [conv(3, 3, { batch_norm }), { type: 'activation', activation: 'relu' }, ...pooled],
        [2, 6, 7],
      )

      expect(gap(answersOf(inOne), answersOf(inTwo))).toBe(0)
      const [, largest] = [inOne, inTwo].map(({ tape }) =>
        tape.values.flatMap((value) =>
          value.kind === 'result' && value.op === 'relu' ? [value.shape] : [],
        ),
      )
      expect(largest).toEqual([[3, 3, 6, 7]])
      expect(inOne.result.watched[0]?.preActivation.shape).toEqual([3, 3, 6, 7])
      expect(inOne.result.watched[0]?.rectified?.shape).toEqual([3, 3, 3, 3])
    }
  })

  test('max pool stays behind an activation or a batch norm that it may not pass', () => {
    for (const more of [
      { activation: 'elu' },
      { activation: 'relu', batch_norm: 'after_activation' },
    ]) {
      const { tape } = record([conv(3, 3, more), { type: 'max_pool' }], [2, 6, 6])
      const ops = tape.values.flatMap((value) => (value.kind === 'result' ? [value.op] : []))

      expect(ops.at(-1)).toBe('maxPool')
    }
  })

  test('a residual layer adds what goes round', () => {
    const through = record([dense(5)], [5])
    const both = record([residual([dense(5)])], [5])

    const x = both.feeds.get('x') ?? []
    const sums = answersOf(through).map((z, index) => z + (x[index] ?? NaN))
    expect(gap(answersOf(both), sums)).toBeLessThan(1e-12)
  })

  test('dropout takes a mask in training and nothing in inference', () => {
    const layers = [{ type: 'dropout' }]
    const training = record(layers, [50])
    const inference = record(layers, [50], { mode: 'inference' })

    const mask = training.feeds.get('noise/layer1') ?? new Float64Array()
    const x = training.feeds.get('x') ?? new Float64Array()
    expect(new Set(mask)).toEqual(new Set([0, 2]))
    expect(
      gap(
        answersOf(training),
        x.map((value, i) => value * mask[i]!),
      ),
    ).toBe(0)
    expect(gap(answersOf(inference), x)).toBe(0)
  })

  test('every activation layer is watched, a ReLU with what it made', () => {
    const { result } = record(
      [
        dense(4, { activation: 'relu' }),
        residual([dense(4, { activation: 'tanh' }), dense(4)], [], { activation: 'relu' }),
        { type: 'activation', activation: 'relu' },
      ],
      [5],
    )

    expect(result.watched.map(({ layer, rectified }) => [layer, rectified !== null])).toEqual([
      ['layer1', true],
      ['layer2.1', false],
      ['layer2.2', false],
      ['layer2', true],
      ['layer3', true],
    ])
  })
})
