import { existsSync, renameSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { decodeDataset } from '../../../../core/data/packed.ts'
import { storeDataset } from '../../../../core/data/stored.ts'
import { insertDataset, readDataset } from '../../../../core/store/dataset.ts'
import { durably, run } from '../../../../core/store/db.ts'
import { closeRun, openForWriting } from '../../../../core/store/open.ts'
import type { WritableDb } from '../../../../core/store/db.ts'
import { PLACES } from '../harness.ts'
import { STUDY, newStudyBench } from './harness.ts'

/** Writes into the file of a resting study what Panda never would. */
function meddle(folder: string, write: (db: WritableDb) => void): void {
  const db = openForWriting(path.join(folder, 's.study'), { ...PLACES, kind: 'study' })
  try {
    durably(db, () => write(db))
  } finally {
    closeRun(db)
  }
}

/** As if its data had been too large to be kept in its file: it knows where they lie. */
const linkData = (folder: string): void =>
  meddle(folder, (db) => {
    const stored = readDataset(db)
    if (stored.kind === 'linked') throw new Error('the data are small')
    const linked = storeDataset(decodeDataset(stored.bytes), folder, 0)
    run(db, 'DELETE FROM dataset')
    run(db, 'DELETE FROM dataset_chunks')
    insertDataset(db, linked)
  })

test('a trial whose thread breaks twice is failed with its error; the others are done', async () => {
  const { create, runToEnd } = newStudyBench(new URL('./frail-worker.ts', import.meta.url))
  await create({
    method: 'grid',
    trials: 4,
    space: { 'network.layers.0.units': { type: 'choice', values: [4, 5, 6, 7] } },
  })

  const { trials, state } = await runToEnd('s')

  expect(state).toBe('done')
  expect(trials.map(({ state }) => state)).toEqual(['done', 'failed', 'done', 'done'])
  expect(trials[1]?.reason).toContain('a loose wire')
})

test('a trial whose thread breaks once goes on from its last checkpoint, to the same bits', async () => {
  const units = { 'network.layers.0.units': { type: 'choice', values: [4, 5] } }
  const run = { ...STUDY.run, checkpoint_every: { steps: 10 } }
  const settings = { method: 'grid', trials: 2, space: units, run }
  const whole = newStudyBench()
  await whole.create(settings)
  const expected = await whole.runToEnd('s')
  const { create, runToEnd, folder, events } = newStudyBench(
    new URL('./fragile-worker.ts', import.meta.url),
  )
  await create(settings)

  const { trials, state } = await runToEnd('s')

  expect(existsSync(path.join(folder, 's.study.broke'))).toBe(true)
  expect(state).toBe('done')
  expect(trials.map(({ state, value }) => [state, value])).toEqual(
    expected.trials.map(({ value }) => ['done', value]),
  )
  expect(events).toContainEqual({
    type: 'notice',
    message: expect.stringMatching(/^Trial 2 goes on from where it was saved last: .*a loose wire/),
  })
})

test('a checkpoint that rotted fails its trial alone, with the reason', async () => {
  const { create, open, until, runToEnd, folder } = newStudyBench()
  await create({ trials: 3, parallel: 1, budget: { steps: 2_000 } })
  const live = await open('s')
  await live.call('resume')
  await until(({ type }) => type === 'metrics')
  await live.call('pause')
  const interrupted = (await live.call('snapshot')).trials.map(({ state }) => state === 'paused')
  meddle(folder, (db) => run(db, "UPDATE checkpoints SET meta = '{}'"))

  const { trials, state } = await runToEnd('s', { parallel: 1 })

  expect(state).toBe('done')
  expect(interrupted).toContain(true)
  expect(trials.map(({ state }) => state)).toEqual(
    trials.map((_, i) => (interrupted[i] === true ? 'failed' : 'done')),
  )
  expect(trials[interrupted.indexOf(true)]?.reason).toContain('malformed')
})

test('where the data are gone the search rests and says so; no trial is lost, and it goes on once they are back', async () => {
  const { create, calls, until, folder, runToEnd, events } = newStudyBench()
  await create({ trials: 4 })
  linkData(folder)
  const data = path.join(folder, STUDY.run.data.csv)
  renameSync(data, `${data}.elsewhere`)
  const rests = until((event) => event.type === 'study-state' && event.state === 'paused')

  await calls['study:resume']('s')
  await rests
  const resting = await calls['study:show']('s')

  expect(resting).toMatchObject({ state: 'paused', failure: { code: 'data/unreadable' } })
  expect(resting.trials.every(({ state }) => state === 'paused' || state === 'waiting')).toBe(true)
  const told = events.map(({ type }) => type)
  expect(told).toContain('study-failed')
  expect(told.indexOf('study-failed')).toBeLessThan(told.lastIndexOf('study-state'))

  renameSync(`${data}.elsewhere`, data)
  const end = await runToEnd('s')

  expect(end).toMatchObject({ state: 'done', failure: null })
  expect(end.trials.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done'])
})
