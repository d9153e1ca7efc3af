import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, test, vi } from 'vitest'
import { RunsFolder } from '../../../core/session/runs-folder.ts'
import { newBench } from './harness.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('a resting run is listed and shown without its tensors, as it stands', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 9 })
  await bench.host.handlers['run:nudge']('r', { learning_rate: 0.5 }, { steps: 4 })
  const live = await bench.host.handlers['run:show']('r')
  await bench.close()
  const db = new Database(path.join(bench.folder, 'r.panda'))
  db.exec('DELETE FROM checkpoint_chunks')
  db.close()

  const { handlers } = bench.another().host
  const shown = await handlers['run:show']('r')

  const { checkpoints, journal, memoryBytes: _, ...still } = live
  expect(shown).toMatchObject({
    ...still,
    stepsPerSecond: null,
    state: { kind: 'paused', reason: 'resting' },
  })
  expect(shown.checkpoints.slice(0, checkpoints.length)).toEqual(checkpoints)
  expect(shown.journal.slice(0, journal.length)).toEqual(journal)
  expect(await handlers['runs:list']()).toMatchObject([{ ok: true, step: 9 }])
})

test('a folder that cannot be watched is tried again, and nothing else suffers', () => {
  const { folder } = newBench()
  const inner = path.join(folder, 'runs')
  const runs = new RunsFolder(inner)
  rmSync(inner, { recursive: true })
  vi.useFakeTimers()
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => {})
  const changed = vi.fn()

  const stop = runs.watch(changed)
  mkdirSync(inner)
  vi.advanceTimersByTime(60_000)

  stop()
  expect(changed).toHaveBeenCalledOnce()
  expect(complaint).toHaveBeenCalledOnce()
})
