import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ort from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build.ts'
import type { EvaluationReply, PredictionReply } from '../../core/protocol/examine.ts'
import type { VitalSigns } from '../../core/protocol/vitals.ts'

const CLI = path.resolve(import.meta.dirname, '../../out/main/cli.js')
const folder = mkdtempSync(path.join(tmpdir(), 'panda-examined-'))
const at = (name: string) => path.join(folder, name)

const panda = (...args: string[]) =>
  spawnSync(process.execPath, [CLI, ...args, '--data-dir', folder], { encoding: 'utf8' })

/** What a command answers. */
function ask<T>(...args: string[]): T {
  const { stdout, stderr, status } = panda(...args, '--json')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T
}

const ROWS = 40
const SIDE = 6
const row = (i: number) => [Math.sin(i) * 3 + 100, Math.cos(i * 1.7)] as const
const pixels = Uint8Array.from({ length: ROWS * SIDE * SIDE }, (_, i) => (i * i * 31) % 256)
const classOf = (i: number) => (row(i)[0] > 100 ? 'up' : 'down')

/** An IDX file of bytes. */
const idx = (dims: readonly number[], bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([0, 0, 8, dims.length, ...dims.flatMap((dim) => [0, 0, 0, dim]), ...bytes])

const dense = (units: number) => ({ type: 'dense', units })
const CONFIGS = {
  table: {
    data: { csv: 'table.csv', label: 'way' },
    network: { layers: [{ ...dense(4), activation: 'relu', batch_norm: true }, dense(2)] },
  },
  images: {
    data: { idx: { images: 'images.idx', labels: 'labels.idx' } },
    network: {
      layers: [
        { type: 'conv', filters: 2, kernel: 3, activation: 'relu', batch_norm: true },
        { type: 'flatten' },
        { type: 'dropout' },
        dense(3),
      ],
    },
  },
  text: {
    data: { text: 'text.txt', context: 4 },
    network: { layers: [{ type: 'embedding', units: 4 }, dense(3)] },
  },
} as const

beforeAll(() => {
  ensureBuilt()
  const lines = Array.from({ length: ROWS }, (_, i) => [...row(i), classOf(i)].join(','))
  writeFileSync(at('table.csv'), ['a,b,way', ...lines].join('\n'))
  writeFileSync(at('images.idx'), idx([ROWS, SIDE, SIDE], pixels))
  writeFileSync(
    at('labels.idx'),
    idx(
      [ROWS],
      Uint8Array.from({ length: ROWS }, (_, i) => i % 3),
    ),
  )
  writeFileSync(at('text.txt'), 'abc'.repeat(60))
  for (const [name, config] of Object.entries(CONFIGS)) {
    const whole = { loss: 'sparse_categorical_cross_entropy', threads: 1, ...config }
    writeFileSync(at(`${name}.json`), JSON.stringify(whole))
    ask('new', at(`${name}.json`))
    ask('train', name, '--steps', '40')
  }
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function probabilitiesOf(model: string, raw: Float32Array, dims: readonly number[]) {
  const session = await ort.InferenceSession.create(at(model), { logSeverityLevel: 3 })
  const { probabilities } = await session.run({ input: new ort.Tensor('float32', raw, dims) })
  await session.release()
  return probabilities?.data as Float32Array
}

function expectSame(asked: PredictionReply, exported: Float32Array): void {
  const told = asked.kind === 'classes' ? asked.predictions.flatMap((p) => p.probabilities) : []
  expect(told).toHaveLength(exported.length)
  told.forEach((share, i) => expect(Math.abs(share - exported[i]!)).toBeLessThan(1e-5))
}

describe('a run that was trained a little', () => {
  test('is evaluated on its own sets and on files, and the counts add up', () => {
    const dev = ask<EvaluationReply>('evaluate', 'table')
    const files = ask<EvaluationReply>('evaluate', 'table', '--csv', at('table.csv'))

    expect(dev).toMatchObject({ on: 'dev', examples: 8, step: 40, classNames: ['down', 'up'] })
    expect(files).toMatchObject({ on: 'files', examples: ROWS })
    const right = files.confusion!.reduce((sum, counts, actual) => sum + counts[actual]!, 0)
    expect(right / ROWS).toBeCloseTo(files.accuracy!, 12)
    expect(files.perClass!.map(({ count }) => count)).toEqual(
      files.confusion!.map((counts) => counts.reduce((sum, count) => sum + count, 0)),
    )
  })

  test('predicts what its exported model predicts from the raw table', async () => {
    ask('export', 'table', '--onnx', at('table.onnx'))
    const rows = Array.from({ length: ROWS }, (_, i) => row(i))

    const exported = await probabilitiesOf('table.onnx', Float32Array.from(rows.flat()), [ROWS, 2])

    expectSame(ask('predict', 'table', at('table.csv')), exported)
  })

  test('predicts what its exported model predicts from pixels between 0 and 1', async () => {
    ask('export', 'images', '--onnx', at('images.onnx'))

    const exported = await probabilitiesOf(
      'images.onnx',
      Float32Array.from(pixels, (value) => value / 255),
      [ROWS, 1, SIDE, SIDE],
    )

    expectSame(ask('predict', 'images', at('images.idx')), exported)
  })

  test('goes on with a text, the same every time for the same seed', () => {
    const asked = ['predict', 'text', '--prompt', 'ab', '--length', '30', '--temperature', '2']

    const first = ask<{ readonly text: string }>(...asked)
    const again = ask<{ readonly text: string }>(...asked)
    const other = ask<{ readonly text: string }>(...asked, '--seed', '2')

    expect(first.text).toMatch(/^[abc]{30}$/)
    expect(again.text).toBe(first.text)
    expect(other.text).not.toBe(first.text)
  })

  test('shows the vital signs of its first step, layer by layer', () => {
    const vitals = ask<VitalSigns>('vitals', 'images')

    expect(vitals.step).toBe(1)
    expect(vitals.layers.map(({ layer }) => layer)).toContain('layer1')
    expect(vitals.parameters.map(({ name }) => name)).toContain('layer4.weight')
  })

  test('is left as it was by all of these', () => {
    const before = ask<{ readonly parametersSha256: string }>('show', 'table')
    const file = readFileSync(at('table.panda'))

    ask('evaluate', 'table', '--on', 'train')
    ask('predict', 'table', at('table.csv'))
    ask('export', 'table', '--safetensors', at('table.safetensors'))

    expect(ask('show', 'table')).toEqual(before)
    expect(readFileSync(at('table.panda')).equals(file)).toBe(true)
  })
})
