import { describe, expect, test } from 'vitest'
import type { CheckpointSummary } from '../../core/protocol/run.ts'
import { HASH, fakeHost, panda, snapshot, terminal } from './fake-host.ts'

const reply = { checkpoint: 'c3', branch: 'b2', step: 250, parametersSha256: HASH } as const

const taken: CheckpointSummary = {
  checkpoint: 'c1',
  branch: 'b1',
  step: 0,
  kind: 'initial',
  createdAt: 1,
  cost: null,
  devCost: null,
  devAccuracy: null,
  parametersSha256: HASH,
  sha256: HASH,
  bytes: 94_200,
}

const PLANNED = {
  id: 12,
  at: 0,
  branch: 'b1',
  step: 40,
  kind: 'planned',
  changes: [{ name: 'learning_rate', from: 0.001, to: 0.0001 }],
  when: { evaluations: 5, tolerance: 0.005 },
} as const

const FIRST_BRANCH = {
  branch: 'b1',
  parent: null,
  forkStep: 0,
  forkCheckpoint: null,
  reason: null,
  createdAt: 0,
  tipStep: 125,
} as const

describe('commands that change a run', () => {
  test('a nudge goes to the host as numbers and answers with its first step', async () => {
    const changes = [{ name: 'learning_rate', from: 0.001, to: 0.0003 }] as const
    const host = fakeHost({ 'run:nudge': () => ({ step: 126, changes, checkpoint: 'c2' }) })

    const asJson = await panda(['nudge', 'd', 'learning_rate=3e-4', '--json'], host)
    const asText = await panda(['nudge', 'd', 'learning_rate=3e-4'], host)

    expect(host.calls[0]).toEqual(['run:nudge', 'd', { learning_rate: 3e-4 }])
    expect(asJson.json).toEqual({ step: 126, changes, checkpoint: 'c2' })
    expect(asText.out).toContain('learning_rate 0.001 → 0.0003\nIn force from step 126 on')
  })

  test('a nudge over several steps says where it begins and where it ends', async () => {
    const changes = [{ name: 'learning_rate', from: 0.001, to: 0.01 }] as const
    const host = fakeHost({ 'run:nudge': () => ({ step: 126, changes, checkpoint: 'c2' }) })
    const argv = ['nudge', 'd', 'learning_rate=0.01', '--over', '500']

    const asJson = await panda([...argv, '--json'], host)
    const asText = await panda(argv, host)

    expect(host.calls[0]).toEqual(['run:nudge', 'd', { learning_rate: 0.01 }, { steps: 500 }])
    expect(asJson.json).toEqual({ step: 126, changes, checkpoint: 'c2', ramp: { steps: 500 } })
    expect(asText.out).toContain('On its way from step 126 on, there at step 625; before it: c2.')
  })

  test('a nudge that waits for a flat dev cost answers with its line of the journal', async () => {
    const host = fakeHost({ 'run:plan-nudge': () => PLANNED })
    const argv = ['nudge', 'd', 'learning_rate=1e-4', '--when-flat']

    const asJson = await panda([...argv, '--json'], host)
    await panda([...argv, '--evaluations', '3', '--tolerance', '0', '--over', '9'], host)
    const asText = await panda(argv, host)

    const asked = host.calls.filter(([name]) => name === 'run:plan-nudge')
    expect(asJson.json).toEqual(PLANNED)
    expect(asked.slice(0, 2)).toEqual([
      [
        'run:plan-nudge',
        'd',
        { learning_rate: 1e-4 },
        { evaluations: 5, tolerance: 0.005 },
        undefined,
      ],
      [
        'run:plan-nudge',
        'd',
        { learning_rate: 1e-4 },
        { evaluations: 3, tolerance: 0 },
        { steps: 9 },
      ],
    ])
    expect(asText.out).toContain('panda plans d --drop 12 takes it back')
  })

  test('planned nudges are listed, of the present line of history alone, and taken back', async () => {
    const dropped = {
      id: 13,
      at: 1,
      branch: 'b1',
      step: 50,
      kind: 'plan-dropped',
      plan: 12,
    } as const
    const ghost = { ...PLANNED, id: 11, branch: 'b2' } as const
    const host = fakeHost({
      'run:show': () => snapshot({ branches: [FIRST_BRANCH], journal: [ghost, PLANNED] }),
      'run:drop-plan': () => dropped,
    })

    const { json } = await panda(['plans', 'd', '--json'], host)
    const { out } = await panda(['plans', 'd'], host)
    const taken = await panda(['plans', 'd', '--drop', '12', '--json'], host)

    expect(json).toEqual([PLANNED])
    expect(out).toMatch(/12 .*learning_rate 0\.001 → 0\.0001 .*the best of 5 dev costs/)
    expect(taken.json).toEqual(dropped)
    expect(host.calls).toContainEqual(['run:drop-plan', 'd', 12])
    expect((await panda(['plans', 'd', '--drop', '12'], host)).out).toBe('Plan 12 is taken back.\n')
  })

  test('a run without planned nudges says so', async () => {
    const host = fakeHost({ 'run:show': () => snapshot() })

    expect((await panda(['plans', 'd'], host)).out).toBe('No nudge waits.\n')
    expect((await panda(['plans', 'd', '--json'], host)).json).toEqual([])
  })

  test('a note can be about a day or a step of the present branch', async () => {
    const entry = { id: 1, at: 0, branch: 'b2', step: 5, kind: 'note', text: 'best' } as const
    const host = fakeHost({
      'run:show': () => snapshot({ branch: 'b2' }),
      'run:note': () => entry,
    })

    await panda(['note', 'd', 'best', '--day', '3'], host)
    await panda(['note', 'd', 'a', 'spike', '--step', '640'], host)

    const asked = host.calls.filter(([name]) => name === 'run:note')
    expect(asked).toEqual([
      ['run:note', 'd', 'best', { kind: 'day', day: 3, branch: 'b2' }],
      ['run:note', 'd', 'a spike', { kind: 'point', step: 640, branch: 'b2' }],
    ])
  })

  test('checkpoint, undo, pause and note answer with what the host says', async () => {
    const entry = { id: 1, at: 0, branch: 'b1', step: 5, kind: 'note', text: 'two words' } as const
    const host = fakeHost({
      'run:checkpoint': () => reply,
      'run:undo': () => reply,
      'run:pause': () => ({ branch: 'b1', step: 5 }),
      'run:note': () => entry,
    })

    expect((await panda(['checkpoint', 'd', '--json'], host)).json).toEqual(reply)
    expect((await panda(['undo', 'd', '--json'], host)).json).toEqual(reply)
    expect((await panda(['pause', 'd', '--json'], host)).json).toEqual({ branch: 'b1', step: 5 })
    expect((await panda(['note', 'd', 'two', 'words', '--json'], host)).json).toEqual(entry)
    expect(host.calls).toContainEqual(['run:note', 'd', 'two words'])
    expect((await panda(['checkpoint', 'd'], host)).out).toBe('Saved c3 at step 250 of b2.\n')
    expect((await panda(['undo', 'd'], host)).out).toContain('Back at step 250')
    expect((await panda(['pause', 'd'], host)).out).toBe('Paused at step 5 of b1; saved.\n')
    expect((await panda(['note', 'd', 'two'], host)).out).toBe('Noted at step 5.\n')
  })

  test("a rollback takes that day's knobs unless told to keep, and a reason", async () => {
    const host = fakeHost({ 'run:rollback': () => reply })

    const { json } = await panda(['rollback', 'd', 'b1:2', '--json'], host)
    await panda(['rollback', 'd', '2', '--knobs', 'keep', '--reason', 'too high', '--json'], host)

    expect(json).toEqual(reply)
    const asked = host.calls.filter(([name]) => name === 'run:rollback')
    expect(asked).toEqual([
      ['run:rollback', 'd', 'b1:2', { knobs: 'then' }],
      ['run:rollback', 'd', '2', { knobs: 'keep', reason: 'too high' }],
    ])
  })

  test('a person is told what a rollback leaves behind and which knobs it moves', async () => {
    const host = fakeHost({
      'run:preview-rollback': () => ({
        target: taken,
        from: { branch: 'b1', step: 300 },
        stepsToGhost: 50,
        knobs: [
          { name: 'learning_rate', now: 0.1, then: 0.01 },
          { name: 'l2', now: 0, then: 0 },
        ],
      }),
      'run:rollback': () => reply,
    })

    const { out } = await panda(['rollback', 'd', 'c3'], host)

    expect(out).toBe(
      'Back at step 250 (c1) on b2; 50 steps left as a ghost.\nlearning_rate 0.1 → 0.01\n',
    )
  })

  test.each([
    [['rollback', 'd', 'yesterday'], "is no place in a run's history"],
    [['rollback', 'd', '-1'], 'has no option -1'],
    [['rollback', 'd', '2', '--knobs', 'mine'], '--knobs must be then or keep'],
    [['verify', 'd', '0'], 'DAY must be a whole number of at least 1'],
    [['nudge', 'd', 'l2=1', '--over', '0'], '--over must be a whole number from 1'],
    [['nudge', 'd', 'l2=1', '--evaluations', '3'], 'Add --when-flat'],
    [['nudge', 'd', 'l2=1', '--when-flat', '--evaluations', '1'], '--evaluations must be'],
    [['nudge', 'd', 'l2=1', '--when-flat', '--tolerance', '2'], '--tolerance must be'],
    [['nudge', 'd', 'l2=1', '--when-flat', '--tolerance', 'x'], '--tolerance must be'],
    [['plans', 'd', '--drop', 'all'], '--drop must be a whole number'],
    [['note', 'd', 'x', '--day', '1', '--step', '2'], 'about a day or about a step'],
    [['note', 'd', 'x', '--day', 'first'], '--day must be a whole number'],
    [['serve', '--port', '70000'], '--port must be a whole number from 0 to 65535'],
  ])('%j is refused before any host is made', async (argv, message) => {
    const host = fakeHost({})

    const { code, err } = await panda(argv, host)

    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(host.calls).toEqual([])
  })
})

describe('panda verify', () => {
  const verified = (number: number, identical: boolean) => ({
    day: number,
    fromStep: (number - 1) * 100,
    toStep: number * 100,
    expected: HASH,
    got: identical ? HASH : '00',
    identical,
  })

  test('one day answers with one object', async () => {
    const host = fakeHost({ 'run:verify': () => [verified(2, true)] })

    const { code, json } = await panda(['verify', 'd', '2', '--json'], host)

    expect(code).toBe(0)
    expect(json).toEqual(verified(2, true))
    expect(host.calls[0]).toEqual(['run:verify', 'd', 2])
  })

  test('all days answer with their span and each of them; one that differs is a failure', async () => {
    const days = [verified(1, false), verified(2, true)]
    const host = fakeHost({ 'run:verify': () => days })

    const { code, json, err } = await panda(['verify', 'd', '--json'], host)

    expect(code).toBe(1)
    expect(json).toEqual({ ...verified(2, true), fromStep: 0, identical: false, days })
    expect(err).toContain('1 day came out differently (1)')
    expect(host.calls[0]).toEqual(['run:verify', 'd', null])
  })

  test('a run without closed days says so and fails', async () => {
    const { code, err } = await panda(['verify', 'd'], fakeHost({ 'run:verify': () => [] }))

    expect(code).toBe(1)
    expect(err).toContain('d has no closed day to replay')
  })

  test('a terminal sees how far the replay is; a script sees only the answer', async () => {
    const host = fakeHost({
      'run:verify': () => {
        host.emit({ type: 'verifying', branch: 'b1', step: 0, day: 1, done: 20, total: 100 })
        return [verified(1, true)]
      },
    })

    const seen = await panda(['verify', 'd'], host, terminal(host, { isTty: true }))
    const script = await panda(['verify', 'd', '--json'], host, terminal(host, { isTty: true }))

    expect(seen.out).toContain('Replaying day 1: step 20 of 100')
    expect(script.json).toMatchObject({ identical: true })
  })
})

describe('panda serve', () => {
  test('the address is printed, opened if asked, and served until a signal', async () => {
    const host = fakeHost({})
    const used = terminal(host)

    const ended = panda(['serve', '--open', '--json'], host, used)
    await expect.poll(() => used.opened).toEqual(['http://127.0.0.1:1/?token=t'])
    used.stop('output-closed')
    expect(used.served.closed).toBe(0)
    used.stop()
    used.stop()
    const { code, json, err } = await ended

    expect(code).toBe(0)
    expect(json).toEqual({ url: 'http://127.0.0.1:1/?token=t' })
    expect(err).toContain('still saving')
    expect(used.served.closed).toBe(1)
    expect(host.calls).toEqual([['close']])
  })

  test('a browser that cannot be opened is no failure', async () => {
    const host = fakeHost({})
    const used = terminal(host, {
      openInBrowser: () => Promise.reject(new Error('no screen')),
    })

    const ended = panda(['serve', '--open'], host, used)
    await expect.poll(() => used.err()).toContain('no browser could be opened: no screen')
    used.stop()

    expect((await ended).code).toBe(0)
    expect(used.out()).toContain('Panda is at http://127.0.0.1:1/?token=t')
  })
})
