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
    ['a knob the optimizer lacks', ['nudge', 'good', 'momentum=0.9'], /adam has no momentum/],
    ['a negative nudge', ['nudge', 'good', 'learning_rate=-1'], /at least 0/],
    ['a nudge to NaN', ['nudge', 'good', 'learning_rate=NaN'], /learning_rate/],
    ['a knob that nobody has', ['nudge', 'good', 'lerning_rate=1'], /Did you mean "learning_rate"/],
    ['a day that never was', ['rollback', 'good', '7'], /no closed day 7/],
    ['an undo of nothing', ['undo', 'good'], /no nudge to undo/],
    ['a run that is not there', ['show', 'ghost'], /there is no run "ghost"/],
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
