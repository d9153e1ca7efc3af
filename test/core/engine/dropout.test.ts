import { describe, expect, test } from 'vitest'
import type { Batch, EngineSpec } from '../../../core/engine/engine.ts'
import { NOISY, SPEC, bufferOf, drawBatch, networkOf, settings, withEngine } from './models.ts'

describe('dropout', () => {
  // Weights of 1 and no second layer to hide behind: the gradient shows which units were kept.
  const spec: EngineSpec = {
    ...SPEC,
    network: networkOf([{ type: 'dropout' }, { type: 'dense', units: 3 }]),
    optimizer: 'gradient_descent',
    input: { shape: [400], vocabulary: null },
  }
  const batch: Batch = {
    count: 1,
    x: new Float32Array(400).fill(1),
    labels: Int32Array.of(0),
    targets: null,
  }

  /** Which of the inputs the step saw: those whose weights it moved. */
  function keptBy(seed: number, step: number, dropout: number): Promise<readonly boolean[]> {
    return keptThrough(1, seed, step, dropout)
  }

  /** The same through so many dropout layers, one after another. */
  async function keptThrough(
    layers: number,
    seed: number,
    step: number,
    dropout: number,
  ): Promise<readonly boolean[]> {
    const noise = Array.from({ length: layers }, () => ({ type: 'dropout' }))
    const network = networkOf([...noise, { type: 'dense', units: 3 }])
    const weight = `layer${layers + 1}.weight`
    return withEngine({ ...spec, network, seed }, async (engine) => {
      const before = bufferOf(engine.exportState(), weight)
      await engine.computeGradients(batch, settings({ step, dropout }))
      engine.applyUpdate({ clip_norm: 0 }, 1)
      const after = bufferOf(engine.exportState(), weight)
      return Array.from({ length: 400 }, (_, row) => after[row * 3] !== before[row * 3])
    })
  }

  test('drops about its rate, and other units at another step or seed', async () => {
    const first = await keptBy(1, 0, 0.25)
    const again = await keptBy(1, 0, 0.25)
    const later = await keptBy(1, 1, 0.25)
    const other = await keptBy(2, 0, 0.25)

    const share = first.filter(Boolean).length / first.length
    expect(Math.abs(share - 0.75)).toBeLessThan(0.09) // four standard deviations
    expect(again).toEqual(first)
    expect(later).not.toEqual(first)
    expect(other).not.toEqual(first)
  })

  test('drops other units in each layer', async () => {
    const kept = await keptThrough(2, 1, 0, 0.25)

    const share = kept.filter(Boolean).length / kept.length
    expect(Math.abs(share - 0.75 ** 2)).toBeLessThan(0.1) // four standard deviations
  })

  test('of rate 0 drops nothing, and inference never does', async () => {
    await withEngine(spec, async (engine) => {
      expect((await keptBy(1, 0, 0)).every(Boolean)).toBe(true)

      const trained = await engine.computeGradients(batch, settings({ dropout: 0 }))
      const dropped = await engine.computeGradients(batch, settings({ dropout: 0.9 }))
      const judged = await engine.evaluate([batch], 0)

      expect(judged.cost).toBeCloseTo(trained.cost, 6)
      expect(dropped.cost).not.toBeCloseTo(trained.cost, 3)
    })
  })

  test('masks of a large batch do not depend on smaller ones before it', async () => {
    const costOf = (sizes: readonly number[]) =>
      withEngine(NOISY, async (engine) => {
        for (const size of sizes) await engine.computeGradients(drawBatch(1, size), settings())
        return engine.computeGradients(drawBatch(2, 64), settings({ step: 5, dropout: 0.5 }))
      })

    expect(await costOf([3, 200, 7])).toEqual(await costOf([]))
  })
})
