import { describe, expect, test } from 'vitest'
import type { Batch, Engine, EngineState } from '../../../core/engine/engine.ts'
import type { LossSpec } from '../../../core/nn/losses.ts'
import type { LossName } from '../../../core/protocol/config.ts'
import { ADAM, drawBatch, lossOf, networkOf, settings, train, withEngine } from './models.ts'

const identity = (loss: LossName | LossSpec, classes: number | null, width: number) => ({
  network: networkOf([{ type: 'dense', units: width }]),
  loss: typeof loss === 'string' ? lossOf(loss) : loss,
  input: { shape: [width], vocabulary: null },
  classes,
})

/** An engine of one layer whose outputs are its inputs. */
const withIdentity = <T>(
  loss: LossName | LossSpec,
  classes: number | null,
  width: number,
  work: (engine: Engine) => Promise<T>,
): Promise<T> =>
  withEngine(identity(loss, classes, width), (engine) => {
    const state = engine.exportState()
    state.buffers.forEach(({ name, values }) => {
      if (name === 'layer1.weight') values.forEach((_, i) => (values[i] = i % (width + 1) ? 0 : 1))
    })
    engine.importState(state)
    return work(engine)
  })

describe('labels and targets', () => {
  test.each([-1, 3, 2 ** 31 - 1])('label %d of 3 classes is refused', async (label) => {
    await withEngine({}, async (engine) => {
      const batch = drawBatch(1)
      batch.labels?.fill(label, 5, 6)

      const refusal = expect.objectContaining({
        code: 'data/bad-value',
        message: `label ${label} is not one of the 3 classes`,
      }) as Error
      await expect(engine.computeGradients(batch, settings())).rejects.toThrow(refusal)
      await expect(engine.evaluate([batch], 0)).rejects.toThrow(refusal)
    })
  })

  test('one-hot labels and class ids are the same loss', async () => {
    const costOf = (loss: LossName, change: (batch: Batch) => Batch) =>
      withEngine({ loss: lossOf(loss) }, (engine) =>
        engine.computeGradients(change(drawBatch(1)), settings({ l2: 0.1 })),
      )
    const rows = (batch: Batch): Batch => ({
      ...batch,
      labels: null,
      targets: Float32Array.from({ length: batch.count * 3 }, (_, index) =>
        batch.labels?.[Math.floor(index / 3)] === index % 3 ? 1 : 0,
      ),
    })

    const byIds = await costOf('sparse_categorical_cross_entropy', (batch) => batch)
    const byOneHot = await costOf('categorical_cross_entropy', (batch) => batch)
    const byRows = await costOf('categorical_cross_entropy', rows)

    expect(byOneHot.cost).toBeCloseTo(byIds.cost, 6)
    expect(byOneHot.gradientNorm).toBeCloseTo(byIds.gradientNorm, 6)
    expect(byRows).toEqual(byOneHot)
  })

  test('a regression without numbers to aim at is refused', async () => {
    await withEngine({ loss: lossOf('mean_squared_error'), classes: null }, async (engine) => {
      await expect(engine.computeGradients(drawBatch(1), settings())).rejects.toThrow(
        'numbers to aim at',
      )
    })
  })
})

describe('stable losses', () => {
  test('logits of ±1000 give finite costs and gradients', async () => {
    const x = Float32Array.of(1000, -1000)
    const labels = Int32Array.of(0, 0)

    const binary = await withIdentity('binary_cross_entropy', 2, 1, (engine) =>
      engine.computeGradients({ count: 2, x, labels, targets: null }, settings()),
    )
    const softmax = await withIdentity('sparse_categorical_cross_entropy', 2, 2, (engine) =>
      engine.computeGradients({ count: 1, x, labels: Int32Array.of(1), targets: null }, settings()),
    )

    expect(binary.cost).toBe(500)
    expect(softmax.cost).toBe(2000)
    expect(Number.isFinite(binary.gradientNorm) && binary.gradientNorm > 0).toBe(true)
    expect(Number.isFinite(softmax.gradientNorm) && softmax.gradientNorm > 0).toBe(true)
  })
})

describe('a gradient too large', () => {
  test('for its square to be kept in float32 counts as not finite, though the cost is', async () => {
    const batch = { count: 1, x: Float32Array.of(1e15), labels: null, targets: Float32Array.of(0) }

    const { cost, gradientNorm } = await withIdentity('mean_squared_error', null, 1, (engine) =>
      engine.computeGradients(batch, settings()),
    )

    expect(cost / 1e30).toBeCloseTo(1, 5)
    expect(gradientNorm).toBe(Infinity)
  })
})

describe('evaluation', () => {
  const slice = (batch: Batch, from: number, to: number): Batch => ({
    count: to - from,
    x: batch.x.slice(from * 2, to * 2),
    labels: batch.labels?.slice(from, to) ?? null,
    targets: null,
  })

  test('however the examples are cut into batches, the result is that of all of them', async () => {
    await withEngine({}, async (engine) => {
      await train(engine, 0, 20)
      const all = drawBatch(500, 50)

      const whole = await engine.evaluate([all], 0.1)
      const pieces = await engine.evaluate([slice(all, 0, 32), slice(all, 32, 50)], 0.1)

      expect(pieces.accuracy).toBe(whole.accuracy)
      expect(pieces.cost).toBeCloseTo(whole.cost, 6)
      expect(pieces.dataCost).toBeCloseTo(whole.dataCost, 6)
      expect(whole.cost).toBeGreaterThan(whole.dataCost)
    })
  })

  test('touches neither the state nor the gradients that wait', async () => {
    const trained = (evaluate: boolean) =>
      withEngine({}, async (engine) => {
        await engine.computeGradients(drawBatch(1), settings())
        if (evaluate) await engine.evaluate([drawBatch(2)], 0)
        engine.applyUpdate(ADAM, 0.01)
        return engine.exportState()
      })

    expect(await trained(true)).toEqual(await trained(false))
  })

  test('accuracy is the share of rows whose largest output is the label', async () => {
    const x = Float32Array.of(5, 1, 0, /**/ 0, 2, 1, /**/ 3, 1, 9, /**/ 1, 0, 0)
    const batch = { count: 4, x, labels: Int32Array.of(0, 1, 0, 0), targets: null }

    for (const loss of ['sparse_categorical_cross_entropy', 'categorical_cross_entropy'] as const) {
      const { accuracy } = await withIdentity(loss, 3, 3, (engine) => engine.evaluate([batch], 0))
      expect(accuracy).toBe(0.75)
    }
  })

  test('of two classes the second is meant above a logit of 0', async () => {
    const x = Float32Array.of(-2, 0.1, 0, 3)
    const batch = { count: 4, x, labels: Int32Array.of(0, 1, 0, 0), targets: null }

    const { accuracy } = await withIdentity('binary_cross_entropy', 2, 1, (engine) =>
      engine.evaluate([batch], 0),
    )

    expect(accuracy).toBe(0.75)
  })

  test('a regression has a cost and no accuracy', async () => {
    const batch = {
      count: 2,
      x: Float32Array.of(1, 2),
      labels: null,
      targets: Float32Array.of(1, 5),
    }

    const result = await withIdentity('mean_squared_error', null, 1, (engine) =>
      engine.evaluate([batch], 0),
    )

    expect(result).toEqual({ cost: 4.5, dataCost: 4.5, accuracy: null })
  })

  test('nothing to evaluate on is an error, not a cost of 0', async () => {
    await withEngine({}, async (engine) => {
      await expect(engine.evaluate([], 0)).rejects.toThrow('nothing to evaluate')
    })
  })
})

describe('a state that does not fit is refused and changes nothing', () => {
  type Change = (state: EngineState) => EngineState
  const first =
    (change: (buffer: EngineState['buffers'][number]) => object): Change =>
    (state) => ({
      ...state,
      buffers: state.buffers.map((b, i) => (i === 0 ? { ...b, ...change(b) } : b)),
    })

  test.each<[string, Change]>([
    ['a tensor is missing', (state) => ({ ...state, buffers: state.buffers.slice(1) })],
    ['a tensor is renamed', first(() => ({ name: 'layer9.weight' }))],
    ['a tensor has another shape', first(({ shape }) => ({ shape: shape.toReversed() }))],
    ['a tensor is cut short', first(({ values }) => ({ values: values.slice(1) }))],
    ['a tensor has another role', first(() => ({ role: 'moment' }))],
    [
      'a tensor is too many',
      (state) => ({
        ...state,
        buffers: [
          ...state.buffers,
          { name: 'x', shape: [0], role: 'moment', values: new Float32Array() },
        ],
      }),
    ],
    ['a scalar is missing', (state) => ({ ...state, scalars: { updates: 3 } })],
    ['a scalar is too many', (state) => ({ ...state, scalars: { ...state.scalars, x: 1 } })],
  ])('%s', async (_, change) => {
    const other = await withEngine({ seed: 2 }, async (engine) => {
      await train(engine, 0, 2)
      return engine.exportState()
    })
    await withEngine({}, (engine) => {
      const before = engine.exportState()

      expect(() => engine.importState(change(other))).toThrow('does not fit')
      expect(engine.exportState()).toEqual(before)
      return Promise.resolve()
    })
  })
})
