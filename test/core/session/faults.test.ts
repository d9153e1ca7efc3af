import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../core/protocol/run.ts'
import { createHost } from '../../../core/session/host.ts'
import type { Host } from '../../../core/session/host.ts'
import { PLACES, newBench } from './harness.ts'

const ENDLESS = { day: { steps: 100_000 }, evaluate_every: { epochs: 1000 } }

/** A run that trains on a disk that the test can make misbehave. */
async function training() {
  const bench = newBench()
  await bench.create('r', ENDLESS)
  await bench.close()
  const host = createHost({
    dataDir: bench.folder,
    ...PLACES,
    workerUrl: new URL('./failing-worker.ts', import.meta.url),
  })
  const mishap = path.join(bench.folder, 'mishap')
  const begun = metrics(host)
  await host.handlers['run:train']('r', null)
  await begun
  await host.handlers['run:show']('r') // puts on record what was trained
  return {
    bench,
    host,
    befall: async (kind: 'full' | 'read-only' | 'dead') => {
      const failed = failure(host)
      writeFileSync(mishap, kind)
      return failed
    },
    repair: () => rmSync(mishap),
  }
}

const metrics = (host: Host) =>
  new Promise<RunEvent>((resolve) => {
    host.on('run:event', ({ event }) => void (event.type === 'metrics' && resolve(event)))
  })

const failure = (host: Host) =>
  new Promise<Extract<RunEvent, { type: 'state' }>>((resolve) => {
    host.on('run:event', ({ event }) => {
      if (event.type === 'state' && event.state.kind === 'failed') resolve(event)
    })
  })

describe.each([
  ['full', 'store/disk-full', /disk is full/, /Make room on its disk, then open the run again/],
  ['read-only', 'store/read-only', /read-only/, /Allow writing/],
  ['dead', 'engine/failed', /a fault of its own/, /Open the run again/],
] as const)('while it trains: %s', (kind, code, message, remedy) => {
  test('the run fails with a reason and a way out, is shown so, and can be opened again', async () => {
    const { host, befall, repair } = await training()

    const { state } = await befall(kind)

    expect(state).toMatchObject({
      kind: 'failed',
      error: {
        code,
        message: expect.stringMatching(message) as string,
        remedy: expect.stringMatching(remedy) as string,
      },
    })
    const shown = await host.handlers['run:show']('r')
    expect(shown.state).toEqual(state)
    expect(shown.step).toBeGreaterThan(0)
    expect((await host.handlers['runs:list']())[0]).toMatchObject({ state: { kind: 'failed' } })

    repair()
    const place = await host.handlers['run:reopen']('r')

    expect(place).toEqual({ branch: 'b1', step: shown.step })
    expect((await host.handlers['run:show']('r')).state).toMatchObject({ kind: 'paused' })
    const going = metrics(host)
    await host.handlers['run:train']('r', null)
    await going
    expect((await host.handlers['run:pause']('r')).step).toBeGreaterThan(shown.step)
    await host.close()
  })
})

test('a run that did not fail is not opened anew: it answers where it is', async () => {
  const bench = newBench()
  await bench.create('r')
  const { handlers } = bench.host

  const resting = await handlers['run:reopen']('r')
  const lock = existsSync(path.join(bench.folder, 'r.panda-lock'))
  await bench.train('r', { steps: 4 })
  const open = await handlers['run:reopen']('r')

  expect(resting).toEqual({ branch: 'b1', step: 0 })
  expect(lock).toBe(false)
  expect(open).toEqual({ branch: 'b1', step: 4 })
})

test('asked to pause while its thread dies, a run answers', async () => {
  const { host, befall } = await training()
  const dead = befall('dead')

  const paused = await Promise.allSettled([
    host.handlers['run:pause']('r'),
    dead.then(() => host.handlers['run:pause']('r')),
  ])

  expect(paused[1].status).toBe('fulfilled') // it rests: there is nothing to pause
  await host.close()
})

test('what is asked of a run that is being closed is refused clearly', async () => {
  const bench = newBench()
  await bench.create('r', ENDLESS)
  await bench.host.handlers['run:train']('r', null)
  const { handlers } = bench.host

  const closing = bench.host.close()
  const asked = await Promise.allSettled([
    handlers['run:evaluate']('r', {}),
    handlers['run:note']('r', 'late'),
    Promise.resolve().then(() => handlers['run:evaluate']('r', {})),
  ])

  await closing
  for (const one of asked) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'session/closed' } })
  }
})
