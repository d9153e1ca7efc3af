import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NudgeReply } from '../../../core/protocol/run.ts'
import { createHost } from '../../../core/session/host.ts'
import { PLACES, newBench } from './harness.ts'

interface Word {
  readonly checkpoint?: string
  readonly nudge?: NudgeReply
  readonly rollback?: { readonly branch: string; readonly step: number }
  readonly end?: string
  readonly step?: number
}

/** Large enough that a checkpoint takes several chunks. */
const WIDE = {
  network: {
    layers: [
      { type: 'dense', units: 400, activation: 'tanh' },
      { type: 'dense', units: 400, activation: 'tanh' },
      { type: 'dense', units: 2 },
    ],
  },
  checkpoint_every: { steps: 5 },
}

let origin = ''
let expected: Word = {}

/** Lives until it ends or is killed; answers what was acknowledged by then. */
function live(folder: string, kill: { aim?: string; afterMs?: number } = {}) {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'life.ts'), folder, PLACES.migrationsDir],
    { env: { ...process.env, PANDA_TEST_KILL: kill.aim ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  let errors = ''
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()))
  const timer =
    kill.afterMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
  return new Promise<{ words: Word[]; wasKilled: boolean }>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (timer !== null) clearTimeout(timer)
      const lines = output.split('\n').slice(0, -1) // the last piece may be cut off
      if (code !== null && code !== 0) reject(new Error(errors))
      else
        resolve({
          words: lines.map((line) => JSON.parse(line) as Word),
          wasKilled: signal !== null,
        })
    })
  })
}

function copyOfOrigin(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'panda-kill-'))
  cpSync(path.join(origin, 'r.panda'), path.join(folder, 'r.panda'))
  return folder
}

beforeAll(async () => {
  const bench = newBench()
  await bench.create('r', WIDE)
  await bench.close()
  origin = mkdtempSync(path.join(tmpdir(), 'panda-kill-'))
  cpSync(path.join(bench.folder, 'r.panda'), path.join(origin, 'r.panda'))
  const folder = copyOfOrigin()
  const { words } = await live(folder)
  expected = words.at(-1) ?? {}
  expect(expected).toEqual({ end: expect.stringMatching(/^[0-9a-f]{64}$/) as string, step: 48 })
  rmSync(folder, { recursive: true })
}, 120_000)

afterAll(() => rmSync(origin, { recursive: true, force: true }))

const AIMED = [
  'INSERT INTO checkpoint_chunks:1',
  'INSERT INTO checkpoint_chunks:2',
  'INSERT INTO checkpoint_chunks:5',
  'INSERT INTO checkpoint_chunks:11',
  'INSERT INTO journal:2',
  'INSERT INTO journal:4',
  'INSERT INTO branches:1',
  'UPDATE run SET head_branch:9',
  'INSERT INTO days:2',
  'INSERT INTO metric_blocks:7',
  'COMMIT:6',
  'COMMIT:13',
]
// Spread over a life of a second or two, with odd remainders so that no two fall together.
const MOMENTS = Array.from({ length: 13 }, (_, i) => 180 + i * 97)

test.each([
  ...AIMED.map((aim) => [`just before ${aim}`, { aim }] as const),
  ...MOMENTS.map((afterMs) => [`after ${afterMs} ms`, { afterMs }] as const),
])('killed %s, a run loses nothing acknowledged and ends in the same hash', async (_, kill) => {
  const folder = copyOfOrigin()
  try {
    const first = await live(folder, kill)
    if ('aim' in kill) expect(first.wasKilled).toBe(true)
    // Killed once more at the same place of what is left, then left alone.
    const second = first.wasKilled ? await live(folder, kill) : first
    const last = second.wasKilled ? await live(folder) : second

    const words = [...new Set([first, second, last])].flatMap((life) => life.words)
    const host = createHost({ dataDir: folder, ...PLACES })
    const { journal, checkpoints } = await host.handlers['run:show']('r')
    const verified = await host.handlers['run:verify']('r', null)
    await host.close()

    expect(last.words.at(-1)).toEqual(expected)
    const known = new Set<string>(checkpoints.map(({ checkpoint }) => checkpoint))
    for (const { checkpoint, nudge } of words) {
      if (checkpoint !== undefined) expect(known).toContain(checkpoint)
      if (nudge !== undefined) {
        expect(journal).toContainEqual(
          expect.objectContaining({ kind: 'nudge', firstStep: nudge.step, changes: nudge.changes }),
        )
      }
    }
    expect(journal.filter(({ kind }) => kind === 'rollback')).toHaveLength(1)
    expect(verified.every(({ identical }) => identical)).toBe(true)
    expect(existsSync(path.join(folder, 'r.panda-wal'))).toBe(false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
