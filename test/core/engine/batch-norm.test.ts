import { describe, expect, test } from 'vitest'
import type { Batch, Engine, EngineSpec } from '../../../core/engine/engine.ts'
import { hashState } from './hash-state.ts'
import {
  ADAM,
  IMAGES,
  NOISY,
  SPEC,
  bufferOf,
  drawBatch,
  drawNoise,
  networkOf,
  settings,
  train,
  withEngine,
} from './models.ts'

const NETS: readonly (readonly [string, EngineSpec, (number: number) => Batch])[] = [
  ['dense layers, batch norm and dropout', NOISY, drawBatch],
  ['convolutions, batch norm and dropout', IMAGES, (number) => drawNoise(number, 64)],
]

const example = ({ count, x, labels }: Batch, index: number): Batch => {
  const size = x.length / count
  return {
    count: 1,
    x: x.slice(index * size, (index + 1) * size),
    labels: labels?.slice(index, index + 1) ?? null,
    targets: null,
  }
}

describe.each(NETS)('%s', (_, spec, draw) => {
  test.each([1, 2])('go on from a saved state with the same bits, %d threads', async (threads) => {
    const options = { draw, dropout: 0.3, l2: 0.01 }
    const whole = await withEngine({ ...spec, threads }, async (engine) => {
      const costs = await train(engine, 0, 8, options)
      return { costs: costs.slice(4), hash: hashState(engine.exportState()) }
    })
    const saved = await withEngine({ ...spec, threads }, async (engine) => {
      await train(engine, 0, 4, options)
      return engine.exportState()
    })

    const resumed = await withEngine({ ...spec, threads, seed: spec.seed }, async (engine) => {
      await train(engine, 0, 2, options) // away from where it starts
      engine.importState(saved)
      const costs = await train(engine, 4, 8, options)
      return { costs, hash: hashState(engine.exportState()) }
    })

    expect(resumed).toEqual(whole)
  })

  test('a step that is not taken changes nothing, running statistics included', async () => {
    await withEngine(spec, async (engine) => {
      await train(engine, 0, 3, { draw })
      const before = engine.exportState()

      await engine.computeGradients(draw(4), settings({ step: 3 }))
      const after = engine.exportState()

      expect(after).toEqual(before)
      expect(before.buffers.some(({ role }) => role === 'statistic')).toBe(true)
      engine.applyUpdate(ADAM, 0.01)
      expect(hashState(engine.exportState())).not.toBe(hashState(before))
      const moved = bufferOf(engine.exportState(), 'layer1.running_mean')
      expect(moved).not.toEqual(bufferOf(before, 'layer1.running_mean'))
    })
  })

  test('answer an example alone as they do in a batch', async () => {
    await withEngine(spec, async (engine) => {
      await train(engine, 0, 20, { draw })
      const batch = draw(21)

      const together = await engine.predict(batch)
      const alone: number[] = []
      for (let index = 0; index < batch.count; index++) {
        alone.push(...(await engine.predict(example(batch, index))))
      }

      expect(together.length).toBe(batch.count * 3)
      together.forEach((value, index) => expect(alone[index]).toBeCloseTo(value, 5))
    })
  })
})

describe('running statistics', () => {
  // One layer that passes its input on to batch norm: what is normalised is the data itself.
  const spec: EngineSpec = {
    ...SPEC,
    network: networkOf(
      [
        { type: 'dense', units: 2, batch_norm: true },
        { type: 'dense', units: 3 },
      ],
      { batch_norm: { momentum: 0.75 } },
    ),
  }

  function passOn(engine: Engine): void {
    const state = engine.exportState()
    bufferOf(state, 'layer1.weight').set([1, 0, 0, 1])
    engine.importState(state)
  }

  test('move towards the batch by 1 − momentum, with the unbiased variance', async () => {
    await withEngine(spec, async (engine) => {
      passOn(engine)
      const x = Float32Array.of(1, 10, 3, 20, 5, 60)
      const batch = { count: 3, x, labels: Int32Array.of(0, 1, 2), targets: null }

      await engine.computeGradients(batch, settings())
      engine.applyUpdate(ADAM, 0)

      const state = engine.exportState()
      // Means 3 and 30, unbiased variances 4 and 700; they start at 0 and 1.
      const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 3))
      expect([...bufferOf(state, 'layer1.running_mean')]).toEqual(near([0.75, 7.5]))
      expect([...bufferOf(state, 'layer1.running_variance')]).toEqual(near([1.75, 175.75]))
    })
  })

  test('take a batch of one in inference, and are what it is normalised with', async () => {
    await withEngine(spec, async (engine) => {
      passOn(engine)
      const batch = { count: 1, x: Float32Array.of(4, -2), labels: null, targets: null }

      const fresh = await engine.predict(batch)
      const state = engine.exportState()
      bufferOf(state, 'layer1.running_mean').set([4, -2])
      engine.importState(state)
      const centred = await engine.predict(batch)

      expect(fresh.some((value) => value !== 0)).toBe(true)
      // All that is left of an input that equals the mean is β = 0, and the last layer's bias, 0.
      expect([...centred]).toEqual([0, 0, 0])
    })
  })
})

describe('batch normalisation', () => {
  test('keeps hidden pre-activations at mean β and deviation γ while the input moves', async () => {
    const spec = {
      ...NOISY,
      network: networkOf([...NOISY.network.layers.slice(0, 1), { type: 'dense', units: 3 }]),
    }
    await withEngine(spec, async (engine) => {
      await train(engine, 0, 30)
      const state = engine.exportState()
      const gamma = bufferOf(state, 'layer1.gamma')
      const beta = bufferOf(state, 'layer1.beta')
      const average = (values: Float32Array, of: (value: number) => number) =>
        values.reduce((sum, value) => sum + of(value), 0) / values.length
      const mean = average(beta, (value) => value)
      // Over all units together: the variance within each, γ², and that of their means, β.
      const spread = Math.sqrt(
        average(gamma, (value) => value ** 2) + average(beta, (value) => (value - mean) ** 2),
      )

      for (const [shift, stretch] of [
        [0, 1],
        [50, 1],
        [-3, 20],
      ] as const) {
        const batch = drawBatch(31, 96)
        const x = batch.x.map((value) => shift + stretch * value)
        await engine.computeGradients({ ...batch, x }, settings({ step: 30, vitals: true }))
        const vitals = engine.applyUpdate(ADAM, 0)

        const [layer] = vitals?.layers ?? []
        expect(layer?.preActivationMean).toBeCloseTo(mean, 3)
        expect(layer?.preActivationDeviation).toBeCloseTo(spread, 2)
      }
    })
  })
})

test('a variance beyond float32 shows in the cost, though dividing by it makes all activations finite', async () => {
  await withEngine(NOISY, async (engine) => {
    const batch = drawBatch(1)
    const far = { ...batch, x: batch.x.map((value) => value * 1e20) }

    const { cost, dataCost } = await engine.computeGradients(far, settings())

    expect(cost).toBeNaN()
    expect(dataCost).toBeCloseTo(Math.log(3), 5)
  })
})
