import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mul, reshape, sum } from '../../../core/tape/functions.ts'
import type { Shape } from '../../../core/tape/value.ts'
import { gapOf } from '../tape/central-differences.ts'
import { answersOf, draw, gap, numbersOf, record } from './networks.ts'
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

const dense = (units: number, more: object = {}) => ({ type: 'dense', units, ...more })
const conv = (filters: number, kernel: number, more: object = {}) => ({
  type: 'conv',
  filters,
  kernel,
  ...more,
})
const residual = (layers: object[], shortcut: object[] = [], more: object = {}) => ({
  type: 'residual',
  layers,
  shortcut,
  ...more,
})
const FLATTEN = { type: 'flatten' }
const EMBEDDING = { type: 'embedding', units: 4, positions: true }
const ATTENTION = { type: 'attention', heads: 2, causal: true }
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

describe('batch norm', () => {
  const MOMENTS = [dense(4, { batch_norm: true })]
  const momentsOf = (values: Float64Array, channel: number, channels: number) => {
    const own = values.filter((_, index) => index % channels === channel)
    const mean = own.reduce((a, b) => a + b, 0) / own.length
    const variance = own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length
    return { mean, variance, count: own.length }
  }

  test('answers with mean β and deviation γ, wherever its input lies', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.double({ min: 0.5, max: 100, noNaN: true }),
        (shift, stretch) => {
          const network = record(MOMENTS, [5], {
            examples: 20,
            more: { batch_norm: { epsilon: 1e-9 } },
          })
          const { feeds } = network
          feeds.set(
            'x',
            (feeds.get('x') ?? new Float64Array()).map((u) => shift + stretch * u),
          )

          const answers = answersOf(network)
          for (const channel of [0, 1, 2, 3]) {
            const { mean, variance } = momentsOf(answers, channel, 4)
            expect(mean).toBeCloseTo(feeds.get('layer1.beta')?.[channel] ?? NaN, 6)
            const gamma = Math.abs(feeds.get('layer1.gamma')?.[channel] ?? NaN)
            expect(Math.sqrt(variance)).toBeCloseTo(gamma, 6)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  test.each([
    [6, 6 / 5],
    [1, 1],
  ])('of %d examples the running variance learns %d of the biased one', (examples, factor) => {
    const network = record(MOMENTS, [5], { examples })
    const plain = record([dense(4)], [5], { examples })
    plain.feeds.set('layer1.bias', new Float64Array(4))
    for (const name of ['x', 'layer1.weight']) {
      plain.feeds.set(name, network.feeds.get(name) ?? new Float64Array())
    }

    const z = answersOf(plain)
    for (const [statistic, expected] of [
      ['layer1.running_mean', (c: number) => momentsOf(z, c, 4).mean],
      ['layer1.running_variance', (c: number) => factor * momentsOf(z, c, 4).variance],
    ] as const) {
      const learned = network.result.batchStatistics.get(statistic)
      if (learned === undefined) throw new Error(statistic)
      expect(gap(numbersOf(learned, network.feeds), [0, 1, 2, 3].map(expected))).toBeLessThan(1e-12)
    }
  })

  test('in inference uses the running statistics alone, so that a batch of one is like any other', () => {
    const options = { mode: 'inference', examples: 3 } as const
    const network = record([conv(3, 3, { batch_norm: true }), FLATTEN], [2, 4, 4], options)
    const one = record([conv(3, 3, { batch_norm: true }), FLATTEN], [2, 4, 4], {
      ...options,
      examples: 1,
    })
    for (const [name, values] of network.feeds) {
      one.feeds.set(name, name === 'x' ? values.slice(0, 32) : values)
    }

    expect(network.result.batchStatistics.size).toBe(0)
    expect(gap(answersOf(one), answersOf(network).slice(0, 48))).toBe(0)
  })

  test('in inference is γ (x − mean) / √(variance + ε) + β', () => {
    const network = record([{ ...dense(1), batch_norm: true }], [1], {
      mode: 'inference',
      examples: 2,
      more: { batch_norm: { epsilon: 0.25 } },
    })
    for (const [name, values] of Object.entries({
      x: [3, 5],
      'layer1.weight': [2],
      'layer1.gamma': [10],
      'layer1.beta': [7],
      'layer1.running_mean': [4],
      'layer1.running_variance': [2],
    })) {
      network.feeds.set(name, Float64Array.from(values))
    }

    const [first, second] = answersOf(network)

    expect(first).toBeCloseTo((10 * (6 - 4)) / 1.5 + 7, 10)
    expect(second).toBeCloseTo((10 * (10 - 4)) / 1.5 + 7, 10)
  })
})
