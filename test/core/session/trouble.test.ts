import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { newBench } from './harness.ts'

test('rotten checkpoints are passed over, and days that were closed after them stay closed', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 14 })
  const before = await bench.host.handlers['run:show']('r')
  await bench.close()
  const db = new Database(path.join(bench.folder, 'r.panda'))
  db.exec(
    `UPDATE checkpoint_chunks SET body = zeroblob(length(body))
      WHERE checkpoint IN (SELECT id FROM checkpoints WHERE step >= 12)`,
  )
  db.close()

  const again = bench.another()
  await again.train('r', { steps: 10 })
  const after = await again.host.handlers['run:show']('r')

  expect(after.days.map(({ day, toStep }) => [day, toStep])).toEqual([
    [1, 6],
    [2, 12],
    [3, 18],
    [4, 24],
  ])
  expect(after.step).toBe(before.step + 10)
  expect(after.journal).toContainEqual(
    expect.objectContaining({
      kind: 'alert',
      message: expect.stringMatching(/replayed .* bit for bit/) as string,
    }),
  )
})

test('a session that fails lets go of its run, and the next command opens it anew', async () => {
  const bench = newBench()
  await bench.create('r', { evaluate_every: { epochs: 1000 }, day: { steps: 100_000 } })
  const watcher = bench.another()
  await bench.host.handlers['run:train']('r', null)
  const failed = bench.until((event) => event.type === 'state' && event.state.kind === 'failed')
  const intruder = new Database(path.join(bench.folder, 'r.panda'))
  intruder.exec('BEGIN IMMEDIATE') // another program writes, for longer than anyone waits
  await failed
  intruder.exec('ROLLBACK')
  intruder.close()

  const notes = await Promise.all([
    bench.host.handlers['run:note']('r', 'one'),
    bench.host.handlers['run:note']('r', 'two'),
    watcher.host.handlers['run:note']('r', 'three'),
  ])

  expect(notes.map((note) => note.kind === 'note' && note.text)).toEqual(['one', 'two', 'three'])
})

test('a host that is closing takes no run any more', async () => {
  const bench = newBench()
  await bench.create('r')
  const late = bench.host.handlers['run:train']('r', null)
  const refused = expect(late).rejects.toMatchObject({ code: 'session/closed' })
  await bench.close()

  await refused
  expect(bench.host.isTraining()).toBe(false)
})

test('a run can be looked at while its days are replayed', async () => {
  const bench = newBench()
  await bench.create('r', { day: { steps: 300 } })
  await bench.train('r', { days: 2 })
  const before = await bench.host.handlers['run:show']('r')
  let isDone = false
  const replaying = bench.until((event) => event.type === 'verifying')
  const verified = Promise.resolve(bench.host.handlers['run:verify']('r', null)).finally(
    () => (isDone = true),
  )
  await replaying

  const during = await bench.host.handlers['run:show']('r')

  expect(isDone).toBe(false)
  expect(during.parametersSha256).toBe(before.parametersSha256)
  expect(during.step).toBe(before.step)
  expect((await verified).every(({ identical }) => identical)).toBe(true)
})

test('a refused step is told of a resting run, until something is done about it', async () => {
  const bench = newBench()
  await bench.create('r', {
    optimizer: 'gradient_descent',
    hyperparameters: { learning_rate: 1000, l2: 1, batch_size: 16 },
  })
  await bench.train('r', { steps: 500 })
  await bench.close()

  const { handlers } = bench.another().host
  const told = (await handlers['run:show']('r')).state
  const [listed] = await handlers['runs:list']()
  await handlers['run:rollback']('r', '0', { knobs: 'then' })
  await bench.close()

  expect(told).toEqual({ kind: 'paused', reason: 'not-finite' })
  expect(listed).toMatchObject({ alert: { kind: 'alert', alert: 'not-finite', branch: 'b1' } })
  expect((await handlers['run:show']('r')).state).toEqual({ kind: 'paused', reason: 'rolled-back' })
})

test('a replay leaves the run with the reason why it stands still', async () => {
  const { create, train, host } = newBench()
  await create('r')
  await train('r', { days: 1 })
  await host.handlers['run:rollback']('r', '0', { knobs: 'then' })
  await host.handlers['run:rollback']('r', 'b1:1', { knobs: 'then' })
  const before = (await host.handlers['run:show']('r')).state
  await host.handlers['run:verify']('r', 1)

  const after = (await host.handlers['run:show']('r')).state

  expect(before).toEqual({ kind: 'paused', reason: 'rolled-back' })
  expect(after).toEqual(before)
})

test('rot in a vital sign’s curve keeps no run from going on', async () => {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 4 })
  await bench.close()
  const db = new Database(path.join(bench.folder, 'r.panda'))
  db.exec(`UPDATE metric_blocks SET crc32 = crc32 + 1 WHERE metric LIKE 'layer%'`)
  db.close()

  const again = bench.another()
  const shown = await again.host.handlers['run:show']('r')
  await again.train('r', { steps: 2 })

  expect(shown.vitals).toBeNull()
  expect((await again.host.handlers['run:show']('r')).step).toBe(6)
  await expect(async () =>
    again.host.handlers['run:series']('r', { metric: 'layer1.weight/update_ratio' }),
  ).rejects.toMatchObject({ code: 'store/corrupt' })
})
