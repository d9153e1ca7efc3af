import path from 'node:path'
import { expect, test } from 'vitest'
import { closeRun, openForWriting } from '../../../../core/store/open.ts'
import { readStudy, setStudyConfig } from '../../../../core/store/study.ts'
import { PLACES } from '../harness.ts'
import { newStudyBench } from './harness.ts'

test('with a budget of time a trial trains until it has had it, and is compared at rungs of time', async () => {
  const { create, runToEnd } = newStudyBench()
  await create({ trials: 4, budget: { minutes: 0.009 }, stop_early: { least: { minutes: 0.001 } } })

  const { trials, state } = await runToEnd('s')

  expect(state).toBe('done')
  expect(trials.every(({ value, budgetSteps }) => value !== null && budgetSteps === null)).toBe(
    true,
  )
  const [whole, early] = ['done', 'stopped-early'].map((one) =>
    trials.filter(({ state }) => state === one),
  )
  expect(whole?.map(({ rung }) => rung)).toEqual([3])
  expect(early).toHaveLength(3)
  expect(Math.min(...trials.map(({ step }) => step))).toBeGreaterThan(0)
})

test('the time that a trial has had is kept with it: once taken up again it gets the rest', async () => {
  const { create, open, until, runToEnd, folder } = newStudyBench()
  await create({ trials: 1, budget: { minutes: 600 } })
  const live = await open('s')
  await live.call('resume')
  await until(({ type }) => type === 'metrics')
  await live.call('pause')
  const [paused] = (await live.call('snapshot')).trials
  const db = openForWriting(path.join(folder, 's.study'), { ...PLACES, kind: 'study' })
  const { config, space } = readStudy(db)
  // Less than one step takes: only who had some already takes none.
  setStudyConfig(db, { ...config, budget: { minutes: 1e-9 } }, space)
  closeRun(db)

  const { trials, state } = await runToEnd('s')

  expect(paused).toMatchObject({ state: 'paused', value: null })
  expect(state).toBe('done')
  expect(trials[0]).toMatchObject({ state: 'done', step: paused?.step })
  expect(trials[0]?.value).not.toBeNull()
})
