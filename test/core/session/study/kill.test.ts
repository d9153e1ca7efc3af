import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lineageCheckpoints } from '../../../../core/store/checkpoints.ts'
import { readMetrics } from '../../../../core/store/metrics.ts'
import { closeRun, openForReading } from '../../../../core/store/open.ts'
import { listTrials } from '../../../../core/store/trials.ts'
import { PLACES, newBench } from '../harness.ts'
import { STUDY } from './harness.ts'

const SAVING = {
  ...STUDY,
  trials: 4,
  budget: { steps: 900 },
  stop_early: { eta: 2, least: { steps: 300 } },
  run: { ...STUDY.run, checkpoint_every: { steps: 100 } },
}

const BREEDING = {
  ...STUDY,
  method: 'population',
  trials: 4,
  budget: { steps: 900 },
  population: { every: { steps: 300 }, share: 0.5 },
  run: { ...STUDY.run, checkpoint_every: { steps: 100 } },
}

/** Lives until it ends or is killed; answers the trials that were told to be done by then. */
function live(folder: string, kill: { aim?: string; afterMs?: number } = {}) {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'study-life.ts'), folder, PLACES.migrationsDir],
    { env: { ...process.env, PANDA_TEST_KILL: kill.aim ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let [output, errors] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()))
  const timer =
    kill.afterMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
  return new Promise<{ told: { trial: number }[]; wasKilled: boolean }>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (timer !== null) clearTimeout(timer)
      if (code !== null && code !== 0) return reject(new Error(errors))
      const lines = output.split('\n').slice(0, -1) // the last piece may be cut off
      resolve({
        told: lines.map((line) => JSON.parse(line) as { trial: number }),
        wasKilled: signal !== null,
      })
    })
  })
}

/** What the study has come to: the hash of every trial's weights, and its whole curve. */
function outcome(folder: string) {
  const db = openForReading(path.join(folder, 's.study'), { ...PLACES, kind: 'study' })
  try {
    return listTrials(db).map(({ trial, branch, point, measured, state }) => ({
      trial,
      point,
      measured,
      state,
      sha256: lineageCheckpoints(db, branch).map(({ parametersSha256 }) => parametersSha256),
      costs: [...readMetrics(db, branch, 'cost').values],
      devCosts: [...readMetrics(db, branch, 'dev_cost').values],
    }))
  } finally {
    closeRun(db)
  }
}

const temporary = () => mkdtempSync(path.join(tmpdir(), 'panda-study-kill-'))

type Kill = { readonly aim: string } | { readonly afterMs: number }

/** Kills a study in each of these ways, takes it up again, and compares it with one that was never killed. */
function killing(settings: object, kills: readonly Kill[]): void {
  let origin = ''
  let expected: unknown = null
  const copyOfOrigin = () => {
    const folder = temporary()
    cpSync(path.join(origin, 's.study'), path.join(folder, 's.study'))
    return folder
  }

  beforeAll(async () => {
    const bench = newBench()
    await bench.host.handlers['study:create']({ config: settings, name: 's', base: bench.folder })
    await bench.close()
    origin = temporary()
    cpSync(path.join(bench.folder, 's.study'), path.join(origin, 's.study'))
    const folder = copyOfOrigin()
    await live(folder)
    const found = outcome(folder)
    expect(found.length).toBeGreaterThanOrEqual(4)
    expected = found
    rmSync(folder, { recursive: true })
  }, 120_000)

  afterAll(() => rmSync(origin, { recursive: true, force: true }))

  const named = kills.map(
    (kill) =>
      ['aim' in kill ? `just before ${kill.aim}` : `after ${kill.afterMs} ms`, kill] as const,
  )
  test.each(named)(
    'killed %s, it loses no trial that ended, and the others come to the same bits',
    async (_, kill) => {
      const folder = copyOfOrigin()
      try {
        const first = await live(folder, kill)
        if ('aim' in kill) expect(first.wasKilled).toBe(true)
        const told = first.told.map(({ trial }) => trial)
        const kept = outcome(folder).filter(({ trial }) => told.includes(trial))
        expect(kept.map(({ state }) => state)).toEqual(told.map(() => 'done'))

        await live(folder)

        expect(outcome(folder)).toEqual(expected)
        expect(existsSync(path.join(folder, 's.study-wal'))).toBe(false)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
}

// One at a time: which trial climbs must not depend on which was faster.
describe('a study that stops trials early', () =>
  killing({ ...SAVING, parallel: 1 }, [
    { aim: 'INSERT INTO checkpoint_chunks:2' },
    { aim: 'INSERT INTO checkpoint_chunks:9' },
    { aim: 'INSERT INTO trials:2' },
    { aim: 'INSERT INTO branches:3' },
    { aim: 'UPDATE trials:7' },
    { aim: 'INSERT INTO metric_blocks:20' },
    { aim: 'DELETE FROM checkpoints:3' },
    { afterMs: 1_300 },
    { afterMs: 1_900 },
    { afterMs: 2_500 },
  ]))

// Two at once: the members wait for each other, so it makes no difference who is faster.
describe('a population', () =>
  killing(BREEDING, [
    { aim: 'INSERT INTO trials:5' },
    { aim: 'INSERT INTO trials:6' },
    { aim: 'INSERT INTO branches:7' },
    { aim: 'UPDATE trials:14' },
    { aim: 'UPDATE trials:23' },
    { aim: 'INSERT INTO checkpoint_chunks:12' },
    { aim: 'DELETE FROM checkpoint_chunks:9' },
    { aim: 'DELETE FROM checkpoints:13' },
    { aim: 'INSERT INTO metric_blocks:60' },
    { afterMs: 1_600 },
    { afterMs: 2_200 },
  ]))
