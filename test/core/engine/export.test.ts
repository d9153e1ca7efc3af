import ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import type { EngineSpec } from '../../../core/engine/engine.ts'
import { exportOnnx, exportSafetensors } from '../../../core/engine/export.ts'
import type { InputScale } from '../../../core/engine/export.ts'
import { ModelProto } from '../../../core/onnx/schema.ts'
import { runConfig } from '../../../core/protocol/config.ts'
import { sizeOf } from '../../../core/tape/shapes.ts'
import { metadataOf, normalised, presets, rawInput, specOf, trained } from './trained-presets.ts'

async function runModel(
  bytes: Uint8Array,
  { input }: EngineSpec,
  raw: Float32Array,
  count: number,
) {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const dims = [count, ...input.shape]
  const fed =
    input.vocabulary === null
      ? new ort.Tensor('float32', raw, dims)
      : new ort.Tensor('int32', Int32Array.from(raw), dims)
  const results = await session.run({ input: fed })
  await session.release()
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims: shape, data }]) => [
      name,
      { shape: [...shape], values: data as Float32Array },
    ]),
  )
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length)
  const size = Math.max(1, ...expected.map(Math.abs))
  const worst = actual.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i]!)), 0)
  expect(worst / size).toBeLessThan(1e-5)
}

const decode = (bytes: Uint8Array) =>
  ModelProto.decode(bytes) as unknown as {
    readonly opsetImport: readonly { readonly domain: string; readonly version: unknown }[]
    readonly metadataProps: readonly { readonly key: string; readonly value: string }[]
    readonly graph: {
      readonly node: readonly { readonly opType: string }[]
      readonly initializer: readonly { readonly name: string }[]
    }
  }

const NO_SCALE: InputScale = { mean: new Float64Array(0), deviation: new Float64Array(0) }

describe('an exported model', () => {
  test.each(presets)(
    'of %s answers what the run does, one example or several',
    async (_, config) => {
      const spec = specOf(config)
      const engine = await trained(config, spec, 3)
      const features = sizeOf(spec.input.shape)
      const scale =
        spec.input.vocabulary === null
          ? {
              mean: Float64Array.from({ length: features }, (_, i) => Math.sin(i)),
              deviation: Float64Array.from({ length: features }, (_, i) => 1.5 + Math.cos(i)),
            }
          : NO_SCALE

      const bytes = exportOnnx(spec, engine.exportState(), metadataOf(spec, scale))

      for (const count of [1, 5]) {
        const raw = rawInput(spec, count, 7)
        const x = normalised(raw, scale)
        const batch = { count, x, labels: null, targets: null }
        const expected = await engine.predict(batch)
        const { logits, probabilities } = await runModel(bytes, spec, raw, count)
        expect(logits?.shape).toEqual([count, ...engine.plan.outputShape])
        expectClose(logits!.values, expected)
        expect(probabilities!.values.every((p) => p >= 0 && p <= 1)).toBe(true)
      }
      await engine.dispose()
    },
  )

  const table = (changes: object) =>
    runConfig.parse({
      data: { csv: 'f.csv', label: 'y' },
      network: { layers: [{ type: 'dense', units: 1 }] },
      loss: 'mean_squared_error',
      ...changes,
    })

  test('of a regression answers values', async () => {
    const config = table({})
    const spec = specOf(config)
    const engine = await trained(config, spec, 2)
    const raw = Float32Array.of(1, 2, 3, 4)

    const bytes = exportOnnx(spec, engine.exportState(), metadataOf(spec, NO_SCALE))
    const answers = await runModel(bytes, spec, raw, 2)

    expect(Object.keys(answers)).toEqual(['values'])
    const batch = { count: 2, x: raw, labels: null, targets: null }
    expectClose(answers.values!.values, await engine.predict(batch))
  })

  test('of two classes answers the probability of the second', async () => {
    const config = table({ loss: 'binary_cross_entropy' })
    const spec = specOf(config)
    const engine = await trained(config, spec, 2)

    const bytes = exportOnnx(spec, engine.exportState(), metadataOf(spec, NO_SCALE))
    const { logits, probabilities } = await runModel(bytes, spec, Float32Array.of(1, -2), 1)

    const [z] = logits!.values
    expect(probabilities!.values[0]).toBeCloseTo(1 / (1 + Math.exp(-z!)), 6)
  })

  test('of several classes answers probabilities that sum to 1', async () => {
    const config = table({
      network: { layers: [{ type: 'dense', units: 3 }] },
      loss: 'sparse_categorical_cross_entropy',
    })
    const spec = specOf(config)
    const engine = await trained(config, spec, 2)

    const bytes = exportOnnx(spec, engine.exportState(), metadataOf(spec, NO_SCALE))
    const { logits, probabilities } = await runModel(bytes, spec, Float32Array.of(1, -2), 1)

    const e = Array.from(logits!.values, Math.exp)
    const sum = e.reduce((total, value) => total + value, 0)
    e.forEach((value, i) => expect(probabilities!.values[i]).toBeCloseTo(value / sum, 6))
  })

  test('takes values far from 0 and close together without losing them to rounding', async () => {
    const config = table({})
    const spec = specOf(config)
    const engine = await trained(config, spec, 2)
    const scale = {
      mean: Float64Array.of(1.7e9 + 1000, 1.7e9 - 1000),
      deviation: Float64Array.of(4096, 4096),
    }
    // Multiples of 128 are what float32 has there.
    const raw = Float32Array.of(1.7e9 - (1.7e9 % 128), 1.7e9 - (1.7e9 % 128) + 4096)

    const bytes = exportOnnx(spec, engine.exportState(), metadataOf(spec, scale))
    const { values } = await runModel(bytes, spec, raw, 1)

    const batch = { count: 1, x: normalised(raw, scale), labels: null, targets: null }
    expectClose(values!.values, await engine.predict(batch))
  })

  test('has batch norm folded in, no dropout, and what it is in its metadata', async () => {
    const config = table({
      network: {
        layers: [
          { type: 'dense', units: 4, activation: 'relu', batch_norm: true },
          { type: 'dropout', rate: 0.5 },
          { type: 'dense', units: 2 },
        ],
      },
      loss: 'sparse_categorical_cross_entropy',
    })
    const spec = specOf(config)
    const engine = await trained(config, spec, 2)

    const model = decode(
      exportOnnx(spec, engine.exportState(), {
        ...metadataOf(spec, NO_SCALE),
        classNames: ['cat', 'dog'],
      }),
    )

    expect(model.graph.initializer.map(({ name }) => name).toSorted()).toEqual([
      'layer1.bias',
      'layer1.weight',
      'layer3.bias',
      'layer3.weight',
    ])
    const ops = ['MatMul', 'Gemm', 'Add', 'Relu', 'Softmax', 'Identity']
    for (const { opType } of model.graph.node) expect(ops).toContain(opType)
    const said = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]))
    expect(said).toEqual({
      run: 'd',
      branch: 'b1',
      step: '3',
      loss: 'sparse_categorical_cross_entropy',
      classes: '2',
      class_names: '["cat","dog"]',
      input: 'values as they stand in the table',
      parameters_sha256: 'ab12',
      panda_version: '1.2.3',
    })
  })
})

test('safetensors hold parameters and running statistics as they are trained, and no moments', async () => {
  const config = runConfig.parse({
    data: { csv: 'f.csv', label: 'y' },
    network: { layers: [{ type: 'dense', units: 1, batch_norm: true }] },
    loss: 'mean_squared_error',
  })
  const spec = specOf(config)
  const engine = await trained(config, spec, 2)
  const state = engine.exportState()

  const bytes = exportSafetensors(state, metadataOf(spec, NO_SCALE))

  const view = new DataView(bytes.buffer)
  const length = Number(view.getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }
  >
  const names = Object.keys(header).filter((name) => name !== '__metadata__')
  expect(names).toEqual([
    'layer1.weight',
    'layer1.gamma',
    'layer1.beta',
    'layer1.running_mean',
    'layer1.running_variance',
  ])
  for (const name of names) {
    const saved = state.buffers.find((buffer) => buffer.name === name)!
    const [from] = header[name]!.data_offsets
    expect(header[name]!.shape).toEqual(saved.shape)
    saved.values.forEach((value, i) =>
      expect(view.getFloat32(8 + length + from + 4 * i, true)).toBe(value),
    )
  }
  expect(header.__metadata__).toMatchObject({ run: 'd', input_scale: '{"mean":[],"deviation":[]}' })
})
