import { describe, expect, test } from 'vitest'
import type { Batch, EngineSpec } from '../../../core/engine/engine.ts'
import { hashState } from './hash-state.ts'
import {
  ADAM,
  IMAGES,
  NOISY,
  SPEC,
  drawBatch,
  drawNoise,
  lossOf,
  networkOf,
  settings,
  train,
  withEngine,
} from './models.ts'

const WATCHED = settings({ vitals: true })

/** Two layers and two examples, small enough to follow by hand. */
const SMALL: EngineSpec = {
  ...SPEC,
  network: networkOf([
    { type: 'dense', units: 2, activation: 'relu' },
    { type: 'dense', units: 1 },
  ]),
  loss: lossOf('mean_squared_error'),
  optimizer: 'gradient_descent',
  classes: null,
}
const PARAMETERS: Readonly<Record<string, readonly number[]>> = {
  'layer1.weight': [1, -1, 0, -1],
  'layer2.weight': [2, 5],
}
const BATCH: Batch = {
  count: 2,
  x: Float32Array.of(1, 2, 3, 4),
  labels: null,
  targets: Float32Array.of(1, 1),
}

describe.each(['flat', 'separate'] as const)('vital signs, %s parameters', (parameters) => {
  /** z₁ = (1, −3), (3, −7); a₁ = (1, 0), (3, 0); z₂ = 2, 6, where 1 was right. */
  const stepped = (clipNorm: number) =>
    withEngine(
      SMALL,
      async (engine) => {
        const state = engine.exportState()
        state.buffers.forEach(({ name, values }) => values.set(PARAMETERS[name] ?? [0]))
        engine.importState(state)
        await engine.computeGradients(BATCH, WATCHED)
        return engine.applyUpdate({ clip_norm: clipNorm }, 0.01)
      },
      { parameters },
    )

  test('are what they are by hand', async () => {
    const vitals = await stepped(0)

    const near = (value: number): number => expect.closeTo(value, 4) as number
    expect(vitals).toEqual({
      layers: [
        {
          layer: 'layer1',
          preActivationMean: -1.5,
          preActivationDeviation: near(Math.sqrt(14.75)),
          deadShare: 0.5,
        },
        { layer: 'layer2', preActivationMean: 4, preActivationDeviation: 2, deadShare: null },
      ],
      parameters: [
        {
          name: 'layer1.weight',
          gradientNorm: near(Math.hypot(32, 44)),
          weightNorm: near(Math.sqrt(3)),
          updateRatio: near((0.01 * Math.hypot(32, 44)) / Math.sqrt(3)),
        },
        { name: 'layer1.bias', gradientNorm: 12, weightNorm: 0, updateRatio: 0 },
        {
          name: 'layer2.weight',
          gradientNorm: 16,
          weightNorm: near(Math.sqrt(29)),
          updateRatio: near((0.01 * 16) / Math.sqrt(29)),
        },
        { name: 'layer2.bias', gradientNorm: 6, weightNorm: 0, updateRatio: 0 },
      ],
    })
  })

  test('show the update as it was clipped, and the gradient as it was before', async () => {
    const vitals = await stepped(1)

    const all = Math.hypot(32, 44, 12, 16, 6)
    const [weight] = vitals?.parameters ?? []
    expect(weight?.gradientNorm).toBeCloseTo(Math.hypot(32, 44), 4)
    expect(weight?.updateRatio).toBeCloseTo((0.01 * Math.hypot(32, 44)) / all / Math.sqrt(3), 6)
  })
})

test.each([
  ['small', NOISY, drawBatch],
  ['image', IMAGES, (number: number) => drawNoise(number, 64)],
] as const)('taking vital signs leaves the step of a %s net as it was', async (_, spec, draw) => {
  const run = (vitals: boolean) =>
    withEngine(spec, async (engine) => {
      await train(engine, 0, 3, { draw })
      const result = await engine.computeGradients(draw(4), settings({ step: 3, vitals }))
      const signs = engine.applyUpdate(ADAM, 0.001)
      return { result, signs, state: engine.exportState() }
    })

  const plain = await run(false)
  const watched = await run(true)

  expect(plain.signs).toBeNull()
  expect(watched.result.cost).toBeCloseTo(plain.result.cost, 5)
  expect(watched.result.gradientNorm / plain.result.gradientNorm).toBeCloseTo(1, 5)
  watched.state.buffers.forEach(({ values }, index) => {
    const other = plain.state.buffers[index]?.values
    const gap = Math.hypot(...values.map((value, at) => value - (other?.[at] ?? NaN)))
    expect(gap).toBeLessThan(1e-3 * Math.hypot(...values) + 1e-6)
  })
  const squares = watched.signs?.parameters.reduce((sum, one) => sum + one.gradientNorm ** 2, 0)
  expect(Math.sqrt(squares ?? NaN) / watched.result.gradientNorm).toBeCloseTo(1, 4)
  expect(watched.signs?.layers.every(({ layer }) => /^layer\d+$/.test(layer))).toBe(true)
})

test('dead channels of an image net are those whose whole map is 0 in the whole batch', async () => {
  await withEngine(IMAGES, async (engine) => {
    const state = engine.exportState()
    const beta = state.buffers.find(({ name }) => name === 'layer1.beta')
    beta?.values.fill(-100, 0, 2) // two of the eight channels are far below 0 everywhere
    engine.importState(state)

    await engine.computeGradients(drawNoise(1, 64), WATCHED)
    const vitals = engine.applyUpdate(ADAM, 0)

    expect(vitals?.layers[0]).toMatchObject({ layer: 'layer1', deadShare: 0.25 })
  })
})

test('a run with vital signs at some steps ends in the same bits each time', async () => {
  const run = () =>
    withEngine(NOISY, async (engine) => {
      for (let step = 0; step < 8; step++) {
        await engine.computeGradients(drawBatch(step), settings({ step, vitals: step % 3 === 0 }))
        engine.applyUpdate(ADAM, 0.01)
      }
      return hashState(engine.exportState())
    })

  expect(await run()).toBe(await run())
})
