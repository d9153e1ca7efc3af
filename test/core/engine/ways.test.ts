import { describe, expect, test } from 'vitest'
import type { Engine, EngineSpec } from '../../../core/engine/engine.ts'
import type { EngineOptions } from '../../../core/engine/options.ts'
import { OPTIMIZER_NAMES } from '../../../core/protocol/hyperparameters.ts'
import { hashState } from './hash-state.ts'
import { IMAGES, NOISY, drawBatch, drawNoise, knobsOf, train, withEngine } from './models.ts'

const NETS: readonly (readonly [string, EngineSpec, number])[] = [
  ['a small net', NOISY, 2],
  ['an image net', IMAGES, 64],
]

/** All that ten steps leave behind and an evaluation after them. */
async function tenSteps(engine: Engine, size: number) {
  const draw = (number: number) => (size === 2 ? drawBatch(number) : drawNoise(number, size))
  const costs = await train(engine, 0, 10, { draw, l2: 0.01, learningRate: 0.003 })
  return { costs, state: engine.exportState(), dev: await engine.evaluate([draw(11)], 0.01) }
}

const after = (spec: EngineSpec, size: number, options: EngineOptions) =>
  withEngine(
    spec,
    async (engine) => {
      const { state, ...rest } = await tenSteps(engine, size)
      return { ...rest, hash: hashState(state) }
    },
    options,
  )

describe.each(NETS)('%s', (_, spec, size) => {
  test.each(['flat', 'separate'] as const)(
    'leaves the same bits whether results are copied or not (%s parameters)',
    async (parameters) => {
      const inPlace = await after(spec, size, { parameters, results: 'in-place' })
      const copied = await after(spec, size, { parameters, results: 'copied' })

      expect(inPlace).toEqual(copied)
    },
  )

  test('is the same to float32 accuracy with flat and with separate parameters', async () => {
    const run = (parameters: 'flat' | 'separate') =>
      withEngine(spec, (engine) => tenSteps(engine, size), { parameters })

    const flat = await run('flat')
    const separate = await run('separate')

    flat.costs.forEach((cost, step) => expect(cost / separate.costs[step]!).toBeCloseTo(1, 4))
    flat.state.buffers.forEach(({ name, values }, index) => {
      const other = separate.state.buffers[index]
      expect(name).toBe(other?.name)
      const gap = Math.hypot(...values.map((value, at) => value - other!.values[at]!))
      expect(gap / Math.hypot(...values)).toBeLessThan(1e-3)
    })
  })
})

describe('kernels', () => {
  test.each(OPTIMIZER_NAMES)('of both kinds leave the same bits with %s', async (optimizer) => {
    const run = (kernels: 'wasm-simd' | 'js') =>
      withEngine(
        { ...NOISY, optimizer },
        async (engine) => {
          const knobs = { ...knobsOf(optimizer), clip_norm: 0.5 }
          const costs = await train(engine, 0, 10, { knobs, dropout: 0.3 })
          return { costs, hash: hashState(engine.exportState()), said: engine.description }
        },
        { kernels },
      )

    const fast = await run('wasm-simd')
    const plain = await run('js')

    expect(fast.costs).toEqual(plain.costs)
    expect(fast.hash).toBe(plain.hash)
    expect(fast.said).toMatch(
      /^onnxruntime-node \d+\.\d+\.\d+, opset \d+, extended, blocks (none|8|16), kernels wasm-simd$/,
    )
    expect(plain.said).toContain('kernels js')
  })
})
