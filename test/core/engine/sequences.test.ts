import { describe, expect, test } from 'vitest'
import type { Batch, EngineSpec } from '../../../core/engine/engine.ts'
import { SPEC, lossOf, networkOf, settings, train, withEngine } from './models.ts'

const LENGTH = 4
const VOCABULARY = 5

/** Each next id is the one before plus one. */
const SPEC_OF_IDS: EngineSpec = {
  ...SPEC,
  network: networkOf([
    { type: 'embedding', units: 8, positions: true },
    {
      type: 'residual',
      layers: [{ type: 'layer_norm' }, { type: 'attention', heads: 2, causal: true }],
    },
    { type: 'dense', units: VOCABULARY },
  ]),
  input: { shape: [LENGTH], vocabulary: VOCABULARY },
  classes: VOCABULARY,
}

function drawIds(number: number, count = 10): Batch {
  const ids = Array.from({ length: count * LENGTH }, (_, index) => {
    const [row, place] = [Math.floor(index / LENGTH), index % LENGTH]
    return (row * 3 + number + place) % VOCABULARY
  })
  return {
    count,
    x: Float32Array.from(ids),
    labels: Int32Array.from(ids, (id) => (id + 1) % VOCABULARY),
    targets: null,
  }
}

describe('sequences of ids', () => {
  test('are learned place by place, and judged place by place', async () => {
    await withEngine(SPEC_OF_IDS, async (engine) => {
      const start = await engine.evaluate([drawIds(0)], 0)
      await train(engine, 0, 120, { draw: drawIds, learningRate: 0.02 })
      const [few, many] = [drawIds(1, 3), drawIds(2, 10)]
      const end = await engine.evaluate([few, many], 0)
      const outputs = await engine.predict(few)

      expect(start.cost).toBeGreaterThan(1)
      expect(end.accuracy).toBe(1)
      expect(end.cost).toBeLessThan(0.2)
      expect(outputs.length).toBe(3 * LENGTH * VOCABULARY)
    })
  })

  test('half the places right is an accuracy of one half', async () => {
    await withEngine(SPEC_OF_IDS, async (engine) => {
      await train(engine, 0, 120, { draw: drawIds, learningRate: 0.02 })
      const batch = drawIds(1)
      const labels = batch.labels!.map((label, place) => (place % 2 ? label : (label + 2) % 5))

      expect((await engine.evaluate([{ ...batch, labels }], 0)).accuracy).toBe(0.5)
    })
  })

  test.each([-1, VOCABULARY, 0.5, NaN])('an id of %d is refused', async (id) => {
    await withEngine(SPEC_OF_IDS, async (engine) => {
      const batch = drawIds(1)
      batch.x[7] = id

      const refusal = expect.objectContaining({
        code: 'data/bad-value',
        message: `id ${id} is not one of the vocabulary's ${VOCABULARY}`,
      }) as Error
      await expect(engine.computeGradients(batch, settings())).rejects.toThrow(refusal)
      await expect(engine.evaluate([batch], 0)).rejects.toThrow(refusal)
      await expect(engine.predict(batch)).rejects.toThrow(refusal)
    })
  })

  test('one label per example where each place needs one is refused', async () => {
    await withEngine(SPEC_OF_IDS, async (engine) => {
      const batch = { ...drawIds(1), labels: new Int32Array(10) }

      await expect(engine.computeGradients(batch, settings())).rejects.toThrow('10 labels for 40')
    })
  })

  test('the same bits, however often the run is repeated with two threads', async () => {
    const run = () =>
      withEngine({ ...SPEC_OF_IDS, threads: 2 }, (engine) =>
        train(engine, 0, 20, { draw: (number) => drawIds(number, 30) }),
      )

    expect(await run()).toEqual(await run())
  })
})

describe('class weights', () => {
  const classWeights = [1, 4, 0.5]
  const weighted = (name: 'sparse_categorical_cross_entropy' | 'categorical_cross_entropy') => ({
    loss: lossOf(name, { classWeights, labelSmoothing: 0.1 }),
  })
  const batchOf = (labels: readonly number[]): Batch => ({
    count: labels.length,
    x: Float32Array.from(labels, (label, index) => label - 1 + 0.1 * index).map(Math.fround),
    labels: Int32Array.from(labels),
    targets: null,
  })
  const input = { shape: [1], vocabulary: null } as const

  test('count in both cross-entropies alike', async () => {
    const batch = batchOf([0, 1, 2, 2, 1])
    const costOf = (name: Parameters<typeof weighted>[0]) =>
      withEngine({ ...weighted(name), input }, (engine) =>
        engine.computeGradients(batch, settings()),
      )

    const byIds = await costOf('sparse_categorical_cross_entropy')
    const byShares = await costOf('categorical_cross_entropy')

    expect(byShares.cost).toBeCloseTo(byIds.cost, 5)
    expect(byShares.gradientNorm).toBeCloseTo(byIds.gradientNorm, 5)
  })

  test('make evaluation the same however the examples are cut into batches', async () => {
    await withEngine({ ...weighted('sparse_categorical_cross_entropy'), input }, async (engine) => {
      const all = batchOf([0, 1, 1, 1, 2])
      const cut = (from: number, to: number): Batch => ({
        ...all,
        count: to - from,
        x: all.x.slice(from, to),
        labels: all.labels!.slice(from, to),
      })

      const whole = await engine.evaluate([all], 0)
      const pieces = await engine.evaluate([cut(0, 1), cut(1, 5)], 0)

      expect(pieces.cost).toBeCloseTo(whole.cost, 6)
    })
  })
})
