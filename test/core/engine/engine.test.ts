import { describe, expect, test } from 'vitest'
import { createEngine } from '../../../core/engine/engine.ts'
import type { Batch, EngineState, StateBuffer } from '../../../core/engine/engine.ts'
import { hashParameters } from '../../../core/engine/hash.ts'
import { OPTIMIZER_NAMES } from '../../../core/protocol/hyperparameters.ts'
import { hashState } from './hash-state.ts'
import {
  ADAM,
  NOISY,
  SPEC,
  bufferOf,
  drawBatch,
  knobsOf,
  settings,
  train,
  withEngine,
} from './models.ts'

describe('training', () => {
  test.each(OPTIMIZER_NAMES)(
    '%s learns to tell three clouds of points apart',
    async (optimizer) => {
      await withEngine({ optimizer }, async (engine) => {
        const knobs = knobsOf(optimizer)
        const learningRate = ['adam', 'adamw', 'rmsprop'].includes(optimizer) ? 0.01 : 0.3

        const costs = await train(engine, 0, 150, { knobs, learningRate })
        const { accuracy, dataCost } = await engine.evaluate([drawBatch(1_000, 200)], 0)

        expect(costs.at(0)).toBeGreaterThan(0.7)
        expect(dataCost).toBeLessThan(0.2)
        expect(accuracy).toBeGreaterThan(0.95)
      })
    },
  )

  test('computing gradients leaves the state alone, so that a refused step never happened', async () => {
    await withEngine({}, async (engine) => {
      const before = hashState(engine.exportState())

      const first = await engine.computeGradients(drawBatch(1), settings({ l2: 0.1 }))
      const again = await engine.computeGradients(drawBatch(1), settings({ l2: 0.1 }))

      expect(again).toEqual(first)
      expect(hashState(engine.exportState())).toBe(before)
    })
  })

  test('an update needs gradients of its own, and an imported state has none', async () => {
    await withEngine({}, async (engine) => {
      expect(() => engine.applyUpdate(ADAM, 0.1)).toThrow('no gradients')
      await train(engine, 0, 1)
      expect(() => engine.applyUpdate(ADAM, 0.1)).toThrow('no gradients')
      await engine.computeGradients(drawBatch(2), settings())
      engine.importState(engine.exportState())
      expect(() => engine.applyUpdate(ADAM, 0.1)).toThrow('no gradients')
    })
  })

  test('L2 adds λ/2‖W‖² of the weights, not of the biases, to the cost', async () => {
    await withEngine({}, async (engine) => {
      await train(engine, 0, 5)
      const weights = engine.exportState().buffers.filter(({ name }) => name.endsWith('.weight'))
      const squares = weights.reduce((sum, { values }) => sum + Math.hypot(...values) ** 2, 0)

      const { cost, dataCost } = await engine.computeGradients(drawBatch(6), settings({ l2: 0.5 }))
      const plain = await engine.computeGradients(drawBatch(6), settings())

      expect((cost - dataCost) / (0.25 * squares)).toBeCloseTo(1, 5)
      expect(plain.cost).toBe(plain.dataCost)
      expect(plain.dataCost).toBe(dataCost)
    })
  })

  test('decoupled weight decay shrinks weights, and neither biases nor γ and β', async () => {
    const [learningRate, decay] = [0.01, 0.5]
    const stepped = (optimizer: 'adam' | 'adamw') =>
      withEngine({ ...NOISY, optimizer }, async (engine) => {
        const before = engine.exportState()
        const knobs = { ...knobsOf(optimizer), weight_decay: decay }
        await train(engine, 0, 1, { knobs, learningRate })
        return { before, after: engine.exportState() }
      })

    const { before, after: plain } = await stepped('adam')
    const { after: decayed } = await stepped('adamw')

    plain.buffers.forEach(({ name, values }, index) => {
      const start = before.buffers[index]!.values
      const shrink = name.endsWith('.weight') ? learningRate * decay : 0
      const expected = values.map((value, at) => value - shrink * start[at]!)
      decayed.buffers[index]!.values.forEach((value, at) =>
        expect(value).toBeCloseTo(expected[at]!, 6),
      )
    })
    expect(plain.buffers.map(({ name }) => name)).toContain('layer1.gamma')
  })

  test('a batch size is compiled once, kept, and pushed out by newer ones', async () => {
    await withEngine({}, async (engine) => {
      await engine.prepare([24, 7])
      expect(engine.isPrepared(24)).toBe(true)
      expect(engine.isPrepared(5)).toBe(false)

      await engine.computeGradients(drawBatch(1, 5), settings())
      expect(engine.isPrepared(5)).toBe(true)

      await engine.prepare([24, 1, 2])
      expect([24, 7, 5, 1, 2].map((size) => engine.isPrepared(size))).toEqual([
        true,
        false,
        true,
        true,
        true,
      ])
    })
  })

  test('a batch size is prepared for λ as it is, 0 or not', async () => {
    await withEngine({}, async (engine) => {
      await engine.prepare([24], 0.1)
      expect(engine.isPrepared(24)).toBe(true)
      expect([0, 0.3].map((l2) => engine.isPrepared(24, l2))).toEqual([false, true])

      await engine.computeGradients(drawBatch(1), settings({ l2: 0 }))
      await engine.computeGradients(drawBatch(1, 7), settings({ l2: 0.1 }))

      expect([24, 7].map((size) => engine.isPrepared(size))).toEqual([true, true])
    })
  })

  test('every call into native code lies between the two hooks', async () => {
    const marks: string[] = []
    const engine = await createEngine(SPEC, {
      beforeRun: () => marks.push('before'),
      afterRun: () => marks.push('after'),
    })
    await engine.computeGradients(drawBatch(1), settings())
    const calls = marks.length
    await engine.computeGradients(drawBatch(1), settings())
    await engine.evaluate([drawBatch(1)], 0)
    await engine.dispose()

    expect(calls).toBeGreaterThanOrEqual(4) // compiling and running
    expect(marks.length).toBeGreaterThan(calls + 2)
    marks.forEach((mark, index) => expect(mark).toBe(index % 2 === 0 ? 'before' : 'after'))
  })
})

describe('what is not finite', () => {
  const withX = (x: number): Batch => {
    const batch = drawBatch(1)
    return { ...batch, x: batch.x.map((value, index) => (index === 3 ? x : value)) }
  }

  test.each([NaN, Infinity])('a feature of %d shows in the cost or the norm', async (x) => {
    await withEngine({}, async (engine) => {
      const { cost, gradientNorm } = await engine.computeGradients(withX(x), settings())

      expect(Number.isFinite(cost) && Number.isFinite(gradientNorm)).toBe(false)
    })
  })

  test.each(['layer1.weight', 'layer1.bias', 'layer2.weight', 'layer3.bias'])(
    'a NaN in %s shows, though a ReLU comes after it',
    async (name) => {
      await withEngine({}, async (engine) => {
        const state = engine.exportState()
        state.buffers.find((buffer) => buffer.name === name)?.values.fill(NaN, 0, 1)
        engine.importState(state)

        const { cost, gradientNorm } = await engine.computeGradients(drawBatch(1), settings())

        expect(Number.isFinite(cost) && Number.isFinite(gradientNorm)).toBe(false)
      })
    },
  )

  test.each([-Infinity, Infinity])(
    'a bias of %d shows, also where a ReLU makes 0 of it',
    async (bias) => {
      await withEngine({}, async (engine) => {
        const state = engine.exportState()
        bufferOf(state, 'layer1.bias').fill(bias, 0, 1)
        engine.importState(state)

        const { cost } = await engine.computeGradients(drawBatch(1), settings())

        expect(cost).toBeNaN()
      })
    },
  )

  test('the engine trains on from a refused step as if it had not been', async () => {
    const hashOf = (refuse: boolean) =>
      withEngine({}, async (engine) => {
        await train(engine, 0, 3)
        if (refuse) await engine.computeGradients(withX(NaN), settings())
        await train(engine, 3, 6)
        return hashState(engine.exportState())
      })

    expect(await hashOf(true)).toBe(await hashOf(false))
  })
})

describe('the same bits', () => {
  test.each([1, 2])('two engines with one seed agree, with %d threads', async (threads) => {
    const trained = () =>
      withEngine({ threads }, async (engine) => {
        const costs = await train(engine, 0, 40, { l2: 0.01 })
        return { costs, hash: hashState(engine.exportState()) }
      })

    expect(await trained()).toEqual(await trained())
  })

  test('another seed gives another start', async () => {
    const start = (seed: number) =>
      withEngine({ seed }, (engine) => Promise.resolve(hashParameters(engine.exportState())))

    expect(await start(1)).not.toBe(await start(2))
  })

  test.each(OPTIMIZER_NAMES)(
    '%s goes on from a saved state as if it had never stopped',
    async (optimizer) => {
      const knobs = knobsOf(optimizer)
      const whole = await withEngine({ optimizer }, async (engine) => {
        const costs = await train(engine, 0, 20, { knobs })
        return { costs: costs.slice(10), hash: hashState(engine.exportState()) }
      })
      const saved = await withEngine({ optimizer }, async (engine) => {
        await train(engine, 0, 10, { knobs })
        const state = engine.exportState()
        await train(engine, 10, 13, { knobs }) // what is exported is a copy
        return state
      })

      const resumed = await withEngine({ optimizer, seed: 77 }, async (engine) => {
        engine.importState(saved)
        const costs = await train(engine, 10, 20, { knobs })
        return { costs, hash: hashState(engine.exportState()) }
      })

      expect(resumed).toEqual(whole)
    },
  )

  test('a batch size that was compiled again trains as it did before', async () => {
    const hashOf = (others: readonly number[]) =>
      withEngine({}, async (engine) => {
        await train(engine, 0, 5)
        await engine.prepare(others)
        await train(engine, 5, 10)
        return hashState(engine.exportState())
      })

    expect(await hashOf([1, 2, 3, 4, 5])).toBe(await hashOf([]))
  })
})

describe('hashes', () => {
  const buffer = (name: string, values: readonly number[], role: StateBuffer['role']) => ({
    name,
    shape: [values.length],
    role,
    values: Float32Array.from(values),
  })

  test('of parameters: SHA-256 of little-endian float32, by name, the rest left out', () => {
    const state: EngineState = {
      buffers: [
        buffer('layer2.bias', [2], 'parameter'),
        buffer('layer10.bias', [1], 'parameter'),
        buffer('layer1.bias/velocity', [5], 'moment'),
        buffer('layer1.running_mean', [7], 'statistic'),
      ],
      scalars: {},
    }

    // printf '\x00\x00\x80\x3f\x00\x00\x00\x40' | sha256sum
    expect(hashParameters(state)).toBe(
      'b9c80b5adeca450753a16950c3cc655d271f7bef7a485bc83f112b72fef21d37',
    )
  })
})
