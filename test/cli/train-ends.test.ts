import { describe, expect, test } from 'vitest'
import type { RunState } from '../../core/protocol/run.ts'
import { fakeHost, panda, snapshot } from './fake-host.ts'
import type { FakeHost } from './fake-host.ts'
import { done, paused, place, training } from './training-host.ts'

describe('the ends of training', () => {
  test('a pause from elsewhere ends it', async () => {
    const { code, lines } = await panda(['train', 'd', '--json'], training([], paused('asked')))

    expect(code).toBe(0)
    expect(lines.at(-1)).toMatchObject({ reason: 'asked' })
  })

  test('a step that is not finite is a failure that names the step and a way out', async () => {
    const { code, lines, err } = await panda(
      ['train', 'd', '--json'],
      training([], paused('not-finite')),
    )

    expect(code).toBe(1)
    expect(lines.at(-1)).toMatchObject({ event: 'stopped', reason: 'not-finite' })
    expect(err).toContain('panda: step 126 gave a cost or gradient that is not finite')
    expect(err).toContain('panda nudge d learning_rate=')
  })

  test('a run that fails is a failure with its message', async () => {
    const error = { code: 'store/disk-full', message: 'the disk is full', remedy: null } as const

    const { code, lines, err } = await panda(
      ['train', 'd', '--json'],
      training([], { kind: 'failed', error }),
    )

    expect(code).toBe(1)
    expect(lines.at(-1)).toMatchObject({ reason: 'failed' })
    expect(err).toContain('panda: the disk is full.')
  })

  test('a run that another process trains is refused', async () => {
    const host = fakeHost({
      'run:show': () => snapshot({ state: { kind: 'running' } }),
    })

    const { code, out, err } = await panda(['train', 'd', '--json'], host)

    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toContain('panda: d is training already. Pause it first')
    expect(host.calls.map(([name]) => name)).not.toContain('run:train') // a new goal, for its trainer
  })

  test('where another process trains the run and goes away, the end is noticed', async () => {
    let state: RunState = paused('resting')
    const host: FakeHost = fakeHost({
      'run:show': () => snapshot({ state }),
      'run:train': () => {
        state = { kind: 'running' }
        return place
      },
    })

    const ended = panda(['train', 'd', '--json'], host)
    await expect.poll(() => host.calls.map(([name]) => name)).toContain('run:train')
    host.changed()
    state = paused('resting')
    await Promise.resolve()
    await expect
      .poll(() => {
        host.changed()
        return host.calls.at(-1)
      })
      .toEqual(['close'])

    expect((await ended).lines.at(-1)).toMatchObject({ reason: 'resting' })
  })

  test('an event of another run is not ours', async () => {
    const host = training([], done)
    const on = host.on.bind(host)
    const strange: FakeHost = {
      ...host,
      on: (feed, listener) =>
        on(feed, (payload) => {
          if ('run' in payload) listener({ ...payload, run: 'other' } as never)
          listener(payload)
        }),
    }

    const { lines } = await panda(['train', 'd', '--json'], strange)

    expect(lines.filter(({ event }) => event === 'state')).toHaveLength(3)
  })
})
