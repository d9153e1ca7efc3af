import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { runConfig } from '../../../core/protocol/config.ts'
import type { Layer } from '../../../core/protocol/network.ts'
import {
  batchesOf,
  decode,
  gradientsOf,
  readFixture,
  relativeGap,
  relativeGaps,
  specOf,
  tensorsOf,
  withTorchEngine,
} from './torch-case.ts'
import type { TorchCase } from './torch-case.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const PRESETS = readdirSync(path.join(ROOT, 'test/fixtures/presets')).map((file) =>
  path.basename(file, '.json'),
)
const TOLERANCE = 1e-4

const exampleOf = (preset: string) =>
  runConfig.parse(JSON.parse(readFileSync(path.join(ROOT, `examples/${preset}.json`), 'utf8')))

/** Every kind of layer, with what changes how it computes. */
function kindsOf(layers: readonly Layer[]): readonly string[] {
  const kinds = layers.flatMap((layer): readonly string[] => {
    const norm = 'batch_norm' in layer ? `, batch norm ${layer.batch_norm}` : ''
    const activation = 'activation' in layer ? ` ${layer.activation}` : ''
    const own = `${layer.type}${activation}${norm}`
    if (layer.type !== 'residual') return [own]
    return [own, ...kindsOf(layer.layers), ...kindsOf(layer.shortcut)]
  })
  return [...new Set(kinds)].toSorted()
}

describe.each(PRESETS)('%s', (preset) => {
  const given = readFixture(`presets/${preset}.json`) as TorchCase

  test('the small copy has every kind of layer, the loss and the optimizer of the example', () => {
    const { network, loss, optimizer } = exampleOf(preset)
    const copy = specOf(given)

    expect(kindsOf(copy.network.layers)).toEqual(kindsOf(network.layers))
    expect(copy).toMatchObject({ optimizer, loss: { name: loss } })
  })

  test('parameters and answers are those of PyTorch', async () => {
    const { parameters, answers } = await withTorchEngine(given, {}, async (engine) => ({
      parameters: engine.plan.parameters,
      answers: await engine.predict(batchesOf(given)[0]!),
    }))

    expect(Object.fromEntries(parameters.map(({ name, kind }) => [name, kind]))).toEqual(
      given.kinds,
    )
    for (const { name, shape } of parameters)
      expect([name, shape]).toEqual([name, given.shapes[name]])
    expect(relativeGap(answers, decode(given.answersBefore))).toBeLessThan(TOLERANCE)
  })

  // Some gradients are computed in another way where there are several threads.
  test.each([1, 2])('cost and gradients are those of PyTorch, with %d threads', async (threads) => {
    const { cost, gradientNorm, gradients } = await gradientsOf(given, threads)

    expect(cost / given.costs[0]!).toBeCloseTo(1, 5)
    const gaps = relativeGaps(gradients, given.gradients)
    expect(Object.entries(gaps).filter(([, gap]) => !(gap < TOLERANCE))).toEqual([])
    const all = Object.values(given.gradients).flatMap((values) => [...decode(values)])
    expect(gradientNorm / Math.hypot(...all)).toBeCloseTo(1, 5)
  })

  test('20 steps end where those of PyTorch do, running statistics too', async () => {
    const batches = batchesOf(given)
    const { l2 = 0, dropout = 0, learning_rate: learningRate = 0 } = given.hyperparameters
    await withTorchEngine(given, {}, async (engine) => {
      const costs: number[] = []

      for (let step = 0; step < given.costs.length; step++) {
        const settings = { step, l2, dropout, vitals: false }
        const batch = batches[step % batches.length]!
        costs.push((await engine.computeGradients(batch, settings)).cost)
        engine.applyUpdate(given.hyperparameters, learningRate)
      }
      const trained = tensorsOf(engine)
      const answers = await engine.predict(batches[0]!)

      expect(costs).toHaveLength(20)
      expect(relativeGap(Float32Array.from(costs), Float32Array.from(given.costs))).toBeLessThan(
        TOLERANCE,
      )
      expect([...trained.keys()].toSorted()).toEqual(Object.keys(given.trained).toSorted())
      const gaps = relativeGaps(trained, given.trained)
      expect(Object.entries(gaps).filter(([, gap]) => !(gap < TOLERANCE))).toEqual([])
      expect(relativeGap(answers, decode(given.answersAfter))).toBeLessThan(TOLERANCE)
    })
  })
})
