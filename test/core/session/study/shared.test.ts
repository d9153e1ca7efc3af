import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { wordsOf } from '../../../../core/protocol/study.ts'
import type { StudyEvent } from '../../../../core/protocol/study.ts'
import type { Host } from '../../../../core/session/host.ts'
import { PLACES } from '../harness.ts'
import { STUDY, newStudyBench } from './harness.ts'

const ENDLESS = { budget: { steps: 10_000_000 } }
const RATE = 'hyperparameters.learning_rate'
const NARROW = { [RATE]: { type: 'real', low: 0.01, high: 0.02 } } as const

/** Resolves at the first event of a study, as another host hears it. */
const heard = (host: Host, fits: (event: StudyEvent) => boolean) =>
  new Promise<{ study: string; event: StudyEvent }>((resolve) => {
    const off = host.on('study:event', (told) => {
      if (!wordsOf(told.event).some(fits)) return
      off()
      resolve(told)
    })
  })

const isMetrics = ({ type }: StudyEvent) => type === 'metrics'
const bytesOf = (folder: string) => readFileSync(path.join(folder, 's.study'))

describe('a study that one process searches', () => {
  test('is shown, changed and paused from another, which hears of everything', async () => {
    const { create, calls, another } = newStudyBench()
    await create({ ...ENDLESS, trials: 2 })
    await calls['study:resume']('s')
    const window = another()
    const ask = window.handlers

    const shown = await ask['study:show']('s')
    const { study } = await heard(window, isMetrics)
    await ask['study:change-space']('s', NARROW)
    await ask['study:add-trials']('s', 2)
    await ask['study:cancel']('s', 1)
    const { config, trials, journal } = await calls['study:show']('s')
    const stood = heard(window, (e) => e.type === 'study-state' && e.state === 'paused')
    await ask['study:pause']('s')
    await stood
    const [here, there] = [await calls['study:show']('s'), await ask['study:show']('s')]

    expect(shown).toMatchObject({ study: 's', state: 'running' })
    expect(study).toBe('s')
    expect(config).toMatchObject({ trials: 4, space: NARROW })
    expect(trials.map(({ state }) => state)).toEqual(['cancelled', 'running', 'running'])
    expect(Object.keys(trials[2]?.point ?? {})).toEqual([RATE])
    expect(journal.map(({ kind }) => kind)).toEqual([
      'study-resumed',
      'space-changed',
      'trials-added',
      'trial-cancelled',
    ])
    expect(here).toMatchObject({ state: 'paused', failure: null })
    expect(there).toEqual(here)
  })

  test('is resumed and paused by turns from either, each time where it was asked', async () => {
    const { create, calls, host, another } = newStudyBench()
    await create(ENDLESS)
    const window = another()

    await calls['study:resume']('s')
    await window.handlers['study:resume']('s')
    const first = [host.isTraining(), window.isTraining()]
    await window.handlers['study:pause']('s')
    await window.handlers['study:resume']('s')
    const second = [host.isTraining(), window.isTraining()]
    await calls['study:pause']('s')

    expect(first).toEqual([true, false])
    expect(second).toEqual([false, true])
    expect((await calls['study:show']('s')).state).toBe('paused')
    expect([host.isTraining(), window.isTraining()]).toEqual([false, false])
  })

  test('is found by a window that was open before it began', async () => {
    const { create, calls, another } = newStudyBench()
    await create(ENDLESS)
    const window = another()
    const heardOfIt = heard(window, isMetrics)

    await calls['study:resume']('s')

    expect((await heardOfIt).study).toBe('s')
    await calls['study:pause']('s')
  })

  test('is neither renamed nor thrown away, nor run with another number of trials at once', async () => {
    const { create, calls, another } = newStudyBench()
    await create(ENDLESS)
    await calls['study:resume']('s')

    for (const { handlers } of [another(), { handlers: calls }]) {
      const isSearched = 's is searched now'
      await expect(handlers['study:rename']('s', 'other')).rejects.toThrow(isSearched)
      await expect(handlers['study:delete']('s')).rejects.toThrow(isSearched)
      await expect(handlers['study:resume']('s', { parallel: 1 })).rejects.toThrow(
        's runs with 2 trials at once already',
      )
      expect(await handlers['study:resume']('s', { parallel: 2 })).toBeNull()
      await expect(handlers['study:cancel']('s', 9)).rejects.toThrow('no trial 9')
    }
    await calls['study:pause']('s')
  })

  test('is asked to pause and to go on at once, and does both in that order', async () => {
    const { create, calls, until } = newStudyBench()
    await create(ENDLESS)
    await calls['study:resume']('s')

    await Promise.all([calls['study:pause']('s'), calls['study:resume']('s')])
    const { state, journal } = await calls['study:show']('s')
    await until(isMetrics)
    await calls['study:pause']('s')

    expect(state).toBe('running')
    expect(journal.map(({ kind }) => kind)).toEqual([
      'study-resumed',
      'study-paused',
      'study-resumed',
    ])
  })

  test('is paused and saved where its host closes', async () => {
    const { create, calls, host, another, until, folder } = newStudyBench()
    await create(ENDLESS)
    await calls['study:resume']('s')
    await until(isMetrics)

    await host.close()

    const { state, trials } = await another().handlers['study:show']('s')
    expect(state).toBe('paused')
    expect(trials.map(({ state }) => state)).toEqual(['paused', 'paused'])
    expect(readdirSync(folder).toSorted()).toEqual(['rings.csv', 's.study'])
  })
})

describe('a study whose process was killed', () => {
  test('shows as paused, with its trials, and goes on elsewhere', async () => {
    const { create, calls, until, folder } = newStudyBench()
    await create({ ...ENDLESS, parallel: 1 })
    const life = path.join(import.meta.dirname, 'study-life.ts')
    const child = spawn(process.execPath, [life, folder, PLACES.migrationsDir], { stdio: 'ignore' })
    await until(isMetrics) // heard over its socket
    const stood = until((event) => event.type === 'study-state' && event.state === 'paused')

    child.kill('SIGKILL')
    await Promise.all([once(child, 'close'), stood])
    const { state, trials } = await calls['study:show']('s')
    const [listed] = await calls['studies:list']()
    await calls['study:resume']('s')
    await until(isMetrics)
    const after = await calls['study:show']('s')
    await calls['study:pause']('s')

    expect(state).toBe('paused')
    expect(trials.map(({ state }) => state)).toEqual(['paused'])
    expect(listed).toMatchObject({ ok: true, state: 'paused', running: 0, asked: 6, ended: 0 })
    expect(after.state).toBe('running')
    expect(after.trials.map(({ state }) => state)).toEqual(['running'])
  })
})

describe('a study whose thread breaks', () => {
  test('says so, is listed with why, and can be taken up again', async () => {
    const failing = new URL('../failing-worker.ts', import.meta.url)
    const { create, calls, until, host, folder, another } = newStudyBench(failing)
    await create({ budget: { steps: 3_000 }, trials: 2 })
    await calls['study:resume']('s')
    const window = another()
    await window.handlers['study:show']('s')
    const told = [
      until(({ type }) => type === 'study-failed'),
      heard(window, ({ type }) => type === 'study-failed'),
    ]

    writeFileSync(path.join(folder, 'mishap'), 'dead')
    await Promise.all(told)
    rmSync(path.join(folder, 'mishap'))
    const broken = await calls['study:show']('s')
    const [listed] = await calls['studies:list']()
    const wasTraining = host.isTraining()
    const over = until((event) => event.type === 'study-state' && event.state === 'done')
    await calls['study:resume']('s')
    const resumed = await calls['study:show']('s')
    await over
    const end = await calls['study:show']('s')

    expect(broken).toMatchObject({
      state: 'paused',
      failure: { code: 'engine/failed', message: expect.stringContaining('a fault of its own') },
    })
    expect(broken.trials.every(({ state }) => state !== 'running')).toBe(true)
    expect(listed).toMatchObject({ state: 'paused', failure: broken.failure })
    expect(wasTraining).toBe(false)
    expect(resumed.failure).toBeNull()
    expect(end.trials.map(({ state, step }) => [state, step])).toEqual([
      ['done', 3_000],
      ['done', 3_000],
    ])
  })
})

describe('a resting study', () => {
  test('takes changes and lets go at once; what is refused leaves every byte as it was', async () => {
    const { create, calls, host, folder, events } = newStudyBench()
    await create()
    const before = bytesOf(folder)

    await expect(calls['study:change-space']('s', {})).rejects.toThrow('empty')
    await expect(calls['study:cancel']('s', 2)).rejects.toThrow('no trial 2')
    await expect(calls['study:add-trials']('s', 1_000_000)).rejects.toThrow('trials')
    await calls['study:pause']('s')
    const untouched = bytesOf(folder)
    await Promise.all([
      calls['study:add-trials']('s', 2),
      calls['study:cancel']('s', 1),
      calls['study:change-space']('s', NARROW),
    ])
    const { config, state, trials } = await calls['study:show']('s')

    expect(untouched.equals(before)).toBe(true)
    expect(config).toMatchObject({ trials: STUDY.trials + 2, space: NARROW })
    expect(state).toBe('paused')
    expect(trials.map(({ state }) => state)).toEqual(['cancelled'])
    expect(host.isTraining()).toBe(false)
    expect(readdirSync(folder).toSorted()).toEqual(['rings.csv', 's.study'])
    expect(events.filter(({ type }) => type === 'study-changed')).toHaveLength(2)
  })

  test('that is done stays done when it is asked to go on, and takes more trials', async () => {
    const { create, calls, runToEnd } = newStudyBench()
    await create({ trials: 1 })
    const { journal } = await runToEnd('s')

    await calls['study:resume']('s')
    const again = await calls['study:show']('s')
    await calls['study:add-trials']('s', 1)
    const more = await calls['study:show']('s')
    const end = await runToEnd('s')

    expect(again).toMatchObject({ state: 'done', journal })
    expect(more.state).toBe('paused')
    expect(end.trials.map(({ state }) => state)).toEqual(['done', 'done'])
  })

  test('is renamed and listed; a file that cannot be read is a line of its own', async () => {
    const { create, calls, host, folder, runToEnd } = newStudyBench()
    await create({ trials: 2 })
    await create({}, 'other')
    const { best, trials } = await runToEnd('s')
    writeFileSync(path.join(folder, 'broken.study'), 'no study at all')
    const told = new Promise((resolve) => host.on('studies:changed', resolve))

    await expect(calls['study:rename']('s', 'other')).rejects.toThrow('there is a study "other"')
    const moved = await calls['study:rename']('s', 'digits.study')
    await told
    const list = await calls['studies:list']()

    expect(moved).toEqual({ study: 'digits', file: path.join(folder, 'digits.study') })
    const values = trials.map(({ value }) => value ?? Infinity)
    const lowest = Math.min(...values)
    expect(list).toMatchObject([
      { study: 'broken', ok: false, error: { code: 'store/not-a-study' } },
      {
        study: 'digits',
        ok: true,
        state: 'done',
        method: 'random',
        measure: 'dev_error',
        asked: 2,
        ended: 2,
        running: 0,
        best: { trial: best, value: lowest },
        failure: null,
      },
      { study: 'other', ok: true, state: 'paused', ended: 0, best: null },
    ])
    const progress = list.flatMap((line) => (line.ok ? [[...line.progress]] : []))
    expect(progress[0]).toHaveLength(2)
    expect(progress[0]?.at(-1)).toBe(lowest)
    expect(progress[1]).toEqual([])
  })

  test('lies where it is where the system has no trash', async () => {
    const { create, calls, folder } = newStudyBench()
    await create()

    await expect(calls['study:delete']('s')).rejects.toMatchObject({ code: 'session/no-trash' })

    expect(existsSync(path.join(folder, 's.study'))).toBe(true)
  })

  test('keeps the file that its data was sent in', async () => {
    const { calls, another, folder } = newStudyBench()
    const uploads = path.join(folder, 'uploads')
    const { receive } = another().uploads
    const csv = readFileSync(path.join(folder, 'rings.csv'))
    const parts = async function* () {
      yield new Uint8Array(csv)
    }
    const [kept, forgotten] = [await receive('a.csv', parts()), await receive('b.csv', parts())]
    const run = { ...STUDY.run, data: { csv: kept.path, label: 'ring' } }
    await calls['study:create']({ config: { ...STUDY, run }, name: 's', base: folder })
    const longAgo = new Date(Date.now() - 30 * 24 * 3_600_000)
    for (const { path: file } of [kept, forgotten]) utimesSync(path.dirname(file), longAgo, longAgo)

    another()
    await expect.poll(() => existsSync(forgotten.path)).toBe(false)

    expect(readdirSync(uploads)).toEqual([path.basename(path.dirname(kept.path))])
  })
})
