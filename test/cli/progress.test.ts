import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../core/protocol/run.ts'
import { HASH, fakeHost, panda, snapshot, terminal } from './fake-host.ts'
import { done, metrics, place, training } from './training-host.ts'

describe('progress for people', () => {
  test('a terminal sees one rewritten line with cost, speed and time left', async () => {
    const host = training([metrics(126, [0.5])], done)

    const used = terminal(host, { isTty: true, columns: () => 120 })
    const { out } = await panda(['train', 'd', '--steps', '401'], host, used)

    expect(out).toContain(
      '\r\u001b[Kstep 126  epoch 1.50  day 2  cost 0.5000  dev 0.3000 (91.00 %)  400 steps/s  ETA 1s',
    )
    expect(out).toContain(
      '\nStopped at step 125 (epoch 1.00, day 2): the amount asked for is done.',
    )
  })

  test('a narrow terminal sees a line that fits', async () => {
    const host = training([metrics(126, [0.5])], done)

    const { out } = await panda(
      ['train', 'd'],
      host,
      terminal(host, { isTty: true, columns: () => 30 }),
    )

    const drawn = out.split('\r\u001b[K').filter((line) => line.startsWith('step'))
    expect(drawn.length).toBeGreaterThan(0)
    for (const line of drawn) expect(line.split('\n')[0]?.length).toBeLessThan(30)
  })

  test('elsewhere there are plain lines at a calm rate, and days as they close', async () => {
    let now = 0
    const host = training([], null)
    const used = terminal(host, { now: () => now })
    const closed = {
      day: 2,
      branch: 'b1',
      checkpoint: 'c3',
      fromStep: 125,
      toStep: 250,
      endedAt: 0,
      cost: 0.1,
      devCost: 0.2,
      devAccuracy: 0.95,
      parametersSha256: HASH,
    } as const

    const ended = panda(['train', 'd'], host, used)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    for (now = 0; now < 10_000; now += 100) host.emit(metrics(126 + now / 100, [1]))
    host.emit({
      type: 'day',
      branch: 'b1',
      step: 250,
      closed,
      entry: { id: 1, at: 0, branch: 'b1', step: 250, kind: 'day', day: 2, checkpoint: 'c3' },
    })
    used.stop()
    const { out } = await ended

    expect(out).not.toContain('\r')
    expect(out.match(/^step /gm)).toHaveLength(3) // at 0 s, at 5 s, and the rest at the end
    expect(out).toContain('Day 2 closed at step 250: cost 0.1000, dev 0.2000 (95.00 %)')
  })
})

describe('panda resume', () => {
  test('a run that another process has open goes on there, and the command ends', async () => {
    const host = fakeHost(
      { 'run:show': () => snapshot(), 'run:train': () => place },
      /* isTraining */ false,
    )

    const { code, json } = await panda(['resume', 'd', '--json'], host)

    expect(code).toBe(0)
    expect(json).toEqual(place)
    expect(host.calls).toContainEqual(['run:train', '/runs/d.panda', null])
    expect(host.calls.map(([name]) => name)).not.toContain('run:pause')
  })

  test('a run that nobody has open trains here until it is stopped', async () => {
    let now = 0
    const host = training([], null)
    const used = terminal(host, { now: () => now })

    const ended = panda(['resume', 'd', '--json'], host, used)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    host.emit(metrics(126, [1, 1]))
    now = 1000
    host.emit(metrics(128, [1, 1, 1]))
    used.stop()
    const { code, lines } = await ended

    expect(code).toBe(0)
    const stopped = { event: 'stopped', reason: 'asked', stepsPerSecond: 3 }
    expect(lines.at(-1)).toMatchObject(stopped)
  })

  const changed: RunEvent = {
    type: 'alert',
    branch: 'b1',
    step: 125,
    entry: {
      id: 9,
      at: 0,
      branch: 'b1',
      step: 125,
      kind: 'alert',
      alert: 'engine-changed',
      message: 'another engine computes now',
    },
  }

  test.each(['train', 'resume'])(
    '%s says that the engine changed before it trains',
    async (name) => {
      const host = training([], done)
      const told = fakeHost({
        'run:show': host.handlers['run:show'],
        'run:train': (...asked) => {
          told.emit(changed)
          told.emitState({ kind: 'running' })
          told.emit(metrics(126, [1, 1]))
          told.emitState(done)
          return host.handlers['run:train'](...asked)
        },
      })

      const { lines } = await panda([name, 'd', '--json'], told)

      expect(lines.map(({ event }) => event)[0]).toBe('alert')
      expect(lines[0]).toMatchObject({ alert: 'engine-changed', step: 125 })
    },
  )
})
