import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build.ts'

const CLI = path.resolve(import.meta.dirname, '../../out/main/cli.js')
const folder = mkdtempSync(path.join(tmpdir(), 'panda-refusals-'))
const at = (name: string) => path.join(folder, name)

const panda = (...args: string[]) =>
  spawnSync(process.execPath, [CLI, ...args, '--data-dir', folder], { encoding: 'utf8' })

const CONFIG = {
  data: { csv: 'good.csv', label: 'y' },
  network: { layers: [{ type: 'dense', units: 2 }] },
  loss: 'sparse_categorical_cross_entropy',
  optimizer: 'adam',
}

const image = (layers: readonly object[]) => ({
  data: { idx: { images: 'images.idx', labels: 'labels.idx' } },
  network: { layers },
})

/** An IDX file of bytes: two zeros, the type, the number of axes, each axis' length, the bytes. */
const idx = (dims: readonly number[], bytes: readonly number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, dims.length, ...dims.flatMap((dim) => [0, 0, 0, dim]), ...bytes])

const IMAGES = 6
const dense = (units: number) => ({ type: 'dense', units })

/** Everything in the folder, so that a test can say that nothing changed. */
const contents = () =>
  Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(at(name)))
          .digest('hex'),
      ]),
  )

beforeAll(() => {
  ensureBuilt()
  writeFileSync(at('good.csv'), 'a,b,y\n1,2,0\n2,1,1\n3,2,0\n1,5,1\n4,4,0\n')
  writeFileSync(at('bad.csv'), 'a,b,y\n1,2,0\n2,oops,1\n')
  writeFileSync(at('good.json'), JSON.stringify(CONFIG))
  const config = (name: string, changes: object) =>
    writeFileSync(at(name), JSON.stringify({ ...CONFIG, ...changes }))
  config('misspelt.json', { optimiser: 'adam' })
  config('negative.json', { hyperparameters: { learning_rate: -0.1 } })
  config('text-in-csv.json', { data: { csv: 'bad.csv', label: 'y' } })
  writeFileSync(at('nan.csv'), 'a,b,y\n1,2,0\n2,NaN,1\n')
  config('nan-in-csv.json', { data: { csv: 'nan.csv', label: 'y' } })
  config('large-batch.json', { hyperparameters: { batch_size: 5 } })
  config('few-units.json', { network: { layers: [dense(1)] } })
  config('weights.json', { class_weights: [1, 2, 3] })
  config('convv.json', { network: { layers: [{ type: 'convv', filters: 1 }, dense(2)] } })
  const pixels = Array.from({ length: IMAGES * 64 }, (_, i) => i % 256)
  writeFileSync(at('images.idx'), idx([IMAGES, 8, 8], pixels))
  writeFileSync(at('labels.idx'), idx([IMAGES], [0, 1, 2, 0, 1, 2]))
  const conv = { type: 'conv', filters: 2, kernel: 3 }
  const pool = { type: 'max_pool', size: 4 }
  const shrunk = [conv, pool, { ...conv, padding: 'valid' }, { type: 'flatten' }, dense(3)]
  config('shrunk.json', image(shrunk))
  config('few-labels.json', image([dense(2)]))
  config('flat.json', { network: { layers: [conv, dense(2)] } })
  writeFileSync(at('wide.csv'), 'a,b,c\n1,2,3\n')
  writeFileSync(at('strangers.csv'), 'a,b,y\n1,2,0\n2,1,7\n')
  writeFileSync(at('there.onnx'), 'mine')
  writeFileSync(at('nan.json'), JSON.stringify(CONFIG).replace('"adam"', 'NaN'))
  expect(panda('new', at('good.json'), '--name', 'good').stderr).toBe('')
  const bytes = readFileSync(at('good.panda'))
  writeFileSync(at('empty.panda'), '')
  writeFileSync(at('truncated.panda'), bytes.subarray(0, bytes.length >> 1))
  const foreign = new Database(at('foreign.panda'))
  foreign.exec('CREATE TABLE notes (text TEXT)')
  foreign.close()
  writeFileSync(at('newer.panda'), bytes)
  const newer = new Database(at('newer.panda'))
  newer.pragma('user_version = 9999')
  newer.close()
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('bad input gets an exit code, a clear error, and changes nothing', () => {
  test.each([
    ['a misspelt key', ['new', at('misspelt.json')], /"optimiser".*Did you mean "optimizer"/],
    ['a negative learning rate', ['new', at('negative.json')], /learning_rate.*at least 0/],
    ['NaN in a config', ['new', at('nan.json')], /not JSON at line 1, column \d+/],
    ['text among numbers', ['new', at('text-in-csv.json')], /row 3.*"?b"?.*oops/s],
    ['an empty file', ['train', at('empty.panda')], /not a Panda run: it is empty/],
    ['a truncated file', ['train', at('truncated.panda')], /damaged: it is cut off/],
    ['a foreign file', ['train', at('foreign.panda')], /not a Panda run: another program made it/],
    ['a file of a newer Panda', ['train', at('newer.panda')], /newer Panda.*Update Panda/],
    ['a knob the optimizer lacks', ['nudge', 'good', 'momentum=0.9'], /adam.* has no momentum/],
    ['a negative nudge', ['nudge', 'good', 'learning_rate=-1'], /at least 0/],
    ['a nudge to NaN', ['nudge', 'good', 'learning_rate=NaN'], /learning_rate/],
    ['a knob that nobody has', ['nudge', 'good', 'lerning_rate=1'], /Did you mean "learning_rate"/],
    ['a day that never was', ['rollback', 'good', '7'], /no closed day 7/],
    ['an undo of nothing', ['undo', 'good'], /no nudge to undo/],
    ['a run that is not there', ['show', 'ghost'], /there is no run "ghost"/],
    ['a name that leaves the folder', ['new', at('good.json'), '--name', '../x'], /name "\.\.\/x"/],
    ['NaN among numbers', ['new', at('nan-in-csv.json')], /row 3.*"b".*NaN/s],
    ['a batch larger than the set', ['new', at('large-batch.json')], /batch_size is 5.*has 4/],
    ['more classes than units', ['new', at('few-units.json')], /layer 1.*2 units.*2 classes/],
    ['labels beyond the last class', ['new', at('few-labels.json')], /layer 1.*3 units.*3 classes/],
    ['weights of other classes', ['new', at('weights.json')], /3 class_weights.*2 classes/],
    ['a layer nobody has', ['new', at('convv.json')], /layers\[0\].*"convv".*Did you mean "conv"/s],
    [
      'an image that has become too small',
      ['new', at('shrunk.json')],
      /layer 3, conv: 2×2 input is smaller than its 3×3 kernel/,
    ],
    ['a convolution of rows', ['new', at('flat.json')], /layer 1, conv: /],
    ['a pre-flight of that', ['preflight', at('shrunk.json')], /layer 3, conv: /],
    [
      'examples with other columns',
      ['predict', 'good', at('wide.csv')],
      /wide\.csv.*3 values.*takes 2/,
    ],
    ['examples of other classes', ['evaluate', 'good', '--csv', at('strangers.csv')], /class "7"/],
    ['an evaluation of a day that never was', ['evaluate', 'good', '--checkpoint', '7'], /day 7/],
    [
      'an export over a file that is there',
      ['export', 'good', '--onnx', at('there.onnx')],
      /there\.onnx exists already.*--force/,
    ],
    [
      'an export over a run',
      ['export', 'good', '--safetensors', at('good.panda'), '--force'],
      /good\.panda is a run/,
    ],
    [
      'an export into no folder',
      ['export', 'good', '--onnx', at('nowhere/d.onnx')],
      /nowhere\/d\.onnx could not be written/,
    ],
    ['a command that is not there', ['trian', 'good'], /Did you mean "train"/],
  ])('%s', (_, args, message) => {
    const before = contents()

    const { status, stderr, stdout } = panda(...args)

    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^panda: /)
    expect(stdout).toBe('')
    expect(status).toBeGreaterThan(0)
    expect(contents()).toEqual(before)
  })

  test('a second trainer for a run that is training', async () => {
    const first = spawn(process.execPath, [CLI, 'train', 'good', '--json', '--data-dir', folder])
    await once(first.stdout, 'data')

    const second = panda('train', 'good', '--steps', '1')
    first.stdout.resume()
    first.kill('SIGINT')
    const [code] = (await once(first, 'close')) as [number]

    expect(second.status).toBe(1)
    expect(second.stderr).toMatch(/^panda: good is training already/)
    expect(code).toBe(0)
  })
})
