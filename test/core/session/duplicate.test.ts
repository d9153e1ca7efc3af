import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { NOISY, newBench } from './harness.ts'
import type { Bench } from './harness.ts'

const show = (bench: Bench, run: string) => bench.host.handlers['run:show'](run)

/** Where `run` stands after some more steps: its hash. */
async function after(bench: Bench, run: string, steps: number): Promise<string> {
  await bench.train(run, { steps })
  return (await show(bench, run)).parametersSha256
}

test('a copy trains on with the same bits as the run itself', async () => {
  const bench = newBench()
  await bench.create('r', NOISY)
  await bench.train('r', { steps: 9 })

  const reply = await bench.host.handlers['run:duplicate']('r', { name: 'twin' })

  const [one, two] = [await show(bench, 'r'), await show(bench, 'twin')]
  expect(reply).toEqual({ run: 'twin', file: path.join(bench.folder, 'twin.panda') })
  expect(two).toMatchObject({ step: 9, branch: 'b1', parametersSha256: one.parametersSha256 })
  expect(await after(bench, 'twin', 10)).toBe(await after(bench, 'r', 10))
  const left = readdirSync(bench.folder).filter((name) => name.endsWith('.tmp'))
  expect(left).toEqual([])
})

test('a copy from a day trains on as the run would after rolling back there', async () => {
  const bench = newBench()
  await bench.create('r', NOISY)
  await bench.train('r', { steps: 20 })
  const before = readFileSync(path.join(bench.folder, 'rings.csv'))
  const untouched = await show(bench, 'r')

  await bench.host.handlers['run:duplicate']('r', { name: 'twin', target: '2' })

  const twin = await show(bench, 'twin')
  expect(twin).toMatchObject({ step: 12, branch: 'b2', day: 3 })
  expect(twin.days.map(({ day }) => day)).toEqual([1, 2, 3])
  expect(twin.journal.at(-1)).toMatchObject({ kind: 'rollback', branch: 'b2', step: 12 })
  expect(await show(bench, 'r')).toEqual(untouched)
  await bench.host.handlers['run:rollback']('r', '2', { knobs: 'then' })
  expect(await after(bench, 'twin', 9)).toBe(await after(bench, 'r', 9))
  expect(readFileSync(path.join(bench.folder, 'rings.csv'))).toEqual(before)
})

test('a ghost’s checkpoint is a place to copy from, too', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 14 })
  const tip = await bench.host.handlers['run:checkpoint']('r')
  await bench.host.handlers['run:rollback']('r', '1', { knobs: 'then' })
  await bench.train('r', { steps: 1 })

  await bench.host.handlers['run:duplicate']('r', { name: 'ghost', target: tip.checkpoint })

  const ghost = await show(bench, 'ghost')
  expect(ghost).toMatchObject({ step: 14, parametersSha256: tip.parametersSha256 })
})

test('a run is copied while it trains, and goes on meanwhile', async () => {
  const bench = newBench()
  await bench.create('r', { day: { steps: 100_000 } })
  await bench.host.handlers['run:train']('r', null)

  await bench.host.handlers['run:duplicate']('r', { name: 'twin' })

  expect(bench.host.isTraining()).toBe(true)
  const { step } = await bench.host.handlers['run:pause']('r')
  const twin = await show(bench, 'twin')
  const asked = (await show(bench, 'r')).checkpoints.findLast(({ kind }) => kind === 'asked')
  expect(twin.step).toBe(asked?.step)
  expect(twin.parametersSha256).toBe(asked?.parametersSha256)
  expect(step).toBeGreaterThanOrEqual(twin.step)
  const curve = await bench.host.handlers['run:series']('twin', { metric: 'cost' })
  expect(curve.step.at(-1)).toBe(twin.step)
})

test('a copy never overwrites, and one that is refused leaves nothing', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.create('other')
  const before = readFileSync(path.join(bench.folder, 'other.panda'))
  const { handlers } = bench.host

  await expect(handlers['run:duplicate']('r', { name: 'other' })).rejects.toMatchObject({
    code: 'store/exists',
  })
  await expect(handlers['run:duplicate']('r', { name: 'new', target: '7' })).rejects.toMatchObject({
    code: 'session/no-such-target',
  })

  expect(readFileSync(path.join(bench.folder, 'other.panda'))).toEqual(before)
  expect(readdirSync(bench.folder).toSorted()).toEqual(['other.panda', 'r.panda', 'rings.csv'])
})
