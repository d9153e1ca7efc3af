import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FLATTEN, conv, dense } from './layers.ts'
import { answersOf, gap, numbersOf, record } from './networks.ts'

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
