import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../core/protocol/run.ts'
import { HASH, fakeHost, panda, snapshot, terminal } from './fake-host.ts'
import type { FakeHost } from './fake-host.ts'
import { done, metrics, paused, place, readings, training } from './training-host.ts'

describe('panda train', () => {
  test('the amount goes to the host, and the last line says where the run stands', async () => {
    const host = training([], done)

    const { code, lines } = await panda(['train', 'd', '--epochs', '5', '--json'], host)

    expect(code).toBe(0)
    expect(host.calls).toContainEqual(['run:train', '/runs/d.panda', { epochs: 5 }])
    expect(lines.at(-1)).toEqual({
      event: 'stopped',
      reason: 'amount-reached',
      step: 125,
      epoch: 1,
      day: 2,
      cost: 0.25,
      devCost: 0.3,
      devAccuracy: 0.91,
      stepsPerSecond: null, // nothing was trained
      parametersSha256: HASH,
    })
  })

  test('the last line has the pace of what was trained', async () => {
    let now = 0
    const host = training([], null)
    const used = terminal(host, { now: () => now })

    const ended = panda(['train', 'd', '--json'], host, used)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    now = 500
    host.emit(metrics(126, [1, 1, 1, 1, 1]))
    used.stop()

    expect((await ended).lines.at(-1)).toMatchObject({ stepsPerSecond: 10 })
  })

  test('each event is one JSON line, in order', async () => {
    const entry = { id: 1, at: 0, branch: 'b1', step: 130 } as const
    const nudge = {
      kind: 'nudge',
      changes: [{ name: 'l2', from: 0, to: 1 }],
      checkpoint: 'c2',
      firstStep: 131,
    } as const
    const at = { branch: 'b1', step: 130 } as const
    const said: readonly RunEvent[] = [
      { type: 'nudged', ...at, entry: { ...entry, ...nudge }, readings },
      { type: 'evaluated', ...at, devCost: 0.2, devAccuracy: null },
      {
        type: 'alert',
        ...at,
        entry: { ...entry, kind: 'alert', alert: 'interrupted', message: 'it was ended' },
      },
    ]

    const { lines } = await panda(['train', 'd', '--json'], training(said, done))

    expect(lines.slice(2, 5)).toEqual([
      { event: 'nudged', ...at, ...nudge },
      { event: 'evaluated', ...at, devCost: 0.2 },
      { event: 'alert', ...at, kind: 'alert', alert: 'interrupted', message: 'it was ended' },
    ])
    expect(lines.map(({ event }) => event)).toEqual([
      'state',
      'state',
      'nudged',
      'evaluated',
      'alert',
      'state',
      'stopped',
    ])
  })

  test('costs are joined: a line keeps the last cost and the extremes between', async () => {
    const said = [metrics(126, [1]), metrics(127, [4, 0.5]), metrics(129, [2])]

    const { lines } = await panda(['train', 'd', '--json'], training(said, done))

    const told = lines.filter(({ event }) => event === 'metrics')
    expect(told).toEqual([
      expect.objectContaining({ firstStep: 126, step: 126, cost: 1, learning_rate: 0.0005 }),
      expect.objectContaining({ firstStep: 127, step: 129, cost: 2, min: 0.5, max: 4 }),
    ])
    expect(told[1]?.mean).toBeCloseTo(6.5 / 3)
  })

  test('at most ten metrics lines are written in a second, however many events come', async () => {
    let now = 0
    const host = training([], null)
    const used = terminal(host, { now: () => now })

    const ended = panda(['train', 'd', '--json'], host, used)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    for (now = 0; now < 1000; now += 1) host.emit(metrics(126 + now, [now]))
    used.stop()
    const { lines } = await ended

    const told = lines.filter(({ event }) => event === 'metrics')
    expect(told).toHaveLength(11) // ten in the second, and what was held back at the end
    expect(told.at(-1)).toMatchObject({ step: 1125, cost: 999 })
  })

  test('Ctrl-C pauses, saves and succeeds; a second one says that it is being saved', async () => {
    const host = training([metrics(126, [1])], null)
    const used = terminal(host)

    const ended = panda(['train', 'd', '--json'], host, used)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    used.stop()
    used.stop()
    const { code, lines, err } = await ended

    expect(code).toBe(0)
    expect(host.calls.filter(([name]) => name === 'run:pause')).toHaveLength(1)
    expect(host.calls.at(-1)).toEqual(['close'])
    expect(lines.at(-1)).toMatchObject({ event: 'stopped', reason: 'asked' })
    expect(err).toContain('still saving')
  })

  test('Ctrl-C before the start is acknowledged pauses after it, not before', async () => {
    const order: string[] = []
    let acknowledge = (): void => {}
    const host: FakeHost = fakeHost({
      'run:show': () => snapshot({ state: paused('asked') }),
      'run:train': async () => {
        await new Promise<void>((resolve) => (acknowledge = resolve))
        order.push('started')
        return place
      },
      'run:pause': () => {
        order.push('paused')
        return place
      },
    })
    const used = terminal(host)

    const ended = panda(['train', 'd'], host, used)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    used.stop()
    acknowledge()

    expect((await ended).code).toBe(0)
    expect(order).toEqual(['started', 'paused'])
  })

  test('a reader that goes away pauses and saves, without a word', async () => {
    const host = training([], null)
    const used = terminal(host)

    const ended = panda(['train', 'd'], host, used)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    used.stop('output-closed')

    expect(await ended).toMatchObject({ code: 0, err: '' })
    expect(host.calls).toContainEqual(['run:pause', '/runs/d.panda'])
  })

  test('a reader that was gone before the start ends it too', async () => {
    const host = training([], null)
    const gone = terminal(host, {
      onStop(listener) {
        listener('output-closed')
        return () => {}
      },
    })

    expect((await panda(['train', 'd'], host, gone)).code).toBe(0)
    expect(host.calls.map(([name]) => name)).toEqual([
      'run:show',
      'run:train',
      'run:pause',
      'run:show',
      'close',
    ])
  })
})
