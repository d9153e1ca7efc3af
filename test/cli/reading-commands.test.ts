import { describe, expect, test } from 'vitest'
import { PandaError } from '../../core/errors.ts'
import type { CheckpointSummary, DaySummary, JournalEntry } from '../../core/protocol/run.ts'
import { HASH, fakeHost, panda, snapshot } from './fake-host.ts'

const day: DaySummary = {
  day: 1,
  branch: 'b1',
  checkpoint: 'c2',
  fromStep: 0,
  toStep: 125,
  endedAt: 1,
  cost: 0.25,
  devCost: 0.3,
  devAccuracy: null,
  parametersSha256: HASH,
}

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

describe('panda ls', () => {
  const readable = {
    run: 'd',
    file: '/runs/d.panda',
    ok: true,
    state: { kind: 'paused', reason: 'resting' },
    createdAt: 1,
    updatedAt: 2,
    step: 125,
    epoch: 1,
    day: 2,
    cost: 0.25,
    devCost: Number.NaN,
    devAccuracy: null,
    sparkline: Float64Array.of(1, 2),
  } as const
  const broken = {
    run: 'e',
    file: '/runs/e.panda',
    ok: false,
    error: { code: 'store/corrupt', message: 'it is damaged', remedy: null },
  } as const
  const host = () => fakeHost({ 'runs:list': () => [readable, broken] })

  test('runs are listed, broken ones with their error, and NaN is a string', async () => {
    const { code, json } = await panda(['ls', '--json'], host())

    expect(code).toBe(0)
    expect(json).toEqual([
      {
        run: 'd',
        file: '/runs/d.panda',
        state: 'paused',
        step: 125,
        epoch: 1,
        day: 2,
        cost: 0.25,
        devCost: 'NaN',
        createdAt: 1,
        updatedAt: 2,
      },
      { run: 'e', file: '/runs/e.panda', state: 'unreadable', error: broken.error },
    ])
  })

  test('a person sees columns, and what to do when there is no run', async () => {
    const some = await panda(['ls'], host())
    const none = await panda(['ls'], fakeHost({ 'runs:list': () => [] }))

    expect(some.out).toMatch(/^run {2}state .* step /)
    expect(some.out).toMatch(/\ne +unreadable\ne: it is damaged\n$/)
    expect(none.out).toContain('panda new')
  })
})

describe('panda show', () => {
  test('the JSON has the fields that scripts rely on', async () => {
    const { json } = await panda(
      ['show', 'd', '--json'],
      fakeHost({ 'run:show': () => snapshot() }),
    )

    expect(json).toEqual({
      run: 'd',
      file: '/runs/d.panda',
      state: 'paused',
      stateDetail: 'resting',
      branch: 'b1',
      step: 125,
      epoch: 1,
      day: 2,
      cost: 0.25,
      devCost: 0.3,
      devAccuracy: 0.91,
      parameters: 7850,
      parametersSha256: HASH,
      hyperparameters: { learning_rate: { requested: 0.001, inForce: 0.001, scheduled: 0.0005 } },
    })
  })

  test('a person sees the reason of a state and all three readings', async () => {
    const { out } = await panda(['show', 'd'], fakeHost({ 'run:show': () => snapshot() }))

    expect(out).toContain('paused: saved and closed')
    expect(out).toMatch(/learning_rate +0\.001 +0\.001 +0\.0005/)
  })

  test("the host's refusal is printed with its remedy", async () => {
    const host = fakeHost({
      'run:show': () => {
        throw new PandaError('session/no-such-run', 'there is no run "x"', 'panda ls lists them.')
      },
    })

    const { code, out, err } = await panda(['show', 'x', '--json'], host)

    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toBe('panda: there is no run "x". panda ls lists them.\n')
  })

  test('a bug is called one', async () => {
    const { code, err } = await panda(['show', 'x'], fakeHost({}))

    expect(code).toBe(1)
    expect(err).toContain('something went wrong inside: unexpected call run:show')
  })
})

describe('lists', () => {
  test('days leave out an accuracy that a run does not have', async () => {
    const { json } = await panda(['days', 'd', '--json'], fakeHost({ 'run:days': () => [day] }))

    const { devAccuracy: _, ...expected } = day
    expect(json).toEqual([expected])
  })

  test('checkpoints leave out what was not evaluated yet', async () => {
    const host = fakeHost({ 'run:checkpoints': () => [taken] })

    const { json } = await panda(['checkpoints', 'd', '--json'], host)

    const { devAccuracy: _accuracy, devCost: _cost, ...expected } = taken
    expect(json).toEqual([expected])
  })

  test('people see aligned tables', async () => {
    const host = fakeHost({ 'run:days': () => [day], 'run:checkpoints': () => [taken] })

    const days = await panda(['days', 'd'], host)
    const checkpoints = await panda(['checkpoints', 'd'], host)

    expect(days.out).toMatch(/\n {2}1 {2}b1 +c2 +0 +125 +0\.2500 +0\.3000 +– /)
    expect(checkpoints.out).toMatch(/\nc1 +b1 +0 +initial +– +– +94\.2 kB +ab12ab12ab12\n/)
    expect((await panda(['days', 'd'], fakeHost({ 'run:days': () => [] }))).out).toContain('No day')
  })

  test('the journal tells every kind of entry', async () => {
    const at = { at: 0, branch: 'b1', step: 5 } as const
    const from = { branch: 'b1', step: 9, checkpoint: 'c9' } as const
    const entries: readonly JournalEntry[] = [
      { id: 1, ...at, kind: 'created' },
      { id: 2, ...at, kind: 'started', threads: 2, engine: 'ort 1' },
      { id: 3, ...at, kind: 'paused', reason: 'asked' },
      {
        id: 4,
        ...at,
        kind: 'nudge',
        changes: [{ name: 'l2', from: 0, to: 0.1 }],
        checkpoint: 'c2',
        firstStep: 6,
      },
      { id: 5, ...at, kind: 'day', day: 1, checkpoint: 'c3' },
      { id: 6, ...at, kind: 'rollback', from, to: 'c3', reason: 'too high' },
      { id: 7, ...at, kind: 'undo', from, to: 'c3', reason: null },
      { id: 8, ...at, kind: 'alert', alert: 'interrupted', message: 'it was ended' },
      { id: 9, ...at, kind: 'note', text: 'tea' },
      {
        id: 10,
        ...at,
        kind: 'note',
        text: 'best',
        about: { kind: 'day', branch: 'b1', day: 2 },
      },
      {
        id: 11,
        ...at,
        kind: 'note',
        text: 'spike',
        about: { kind: 'point', branch: 'b1', step: 77 },
      },
      {
        id: 12,
        ...at,
        kind: 'planned',
        changes: [{ name: 'l2', from: 0.1, to: 0.2 }],
        when: { evaluations: 4, tolerance: 0.01 },
        ramp: { steps: 10 },
      },
      { id: 13, ...at, kind: 'plan-dropped', plan: 12 },
      {
        id: 14,
        ...at,
        kind: 'nudge',
        changes: [{ name: 'l2', from: 0.1, to: 0.2 }],
        checkpoint: 'c4',
        firstStep: 21,
        ramp: { steps: 10 },
        plan: 12,
      },
    ]
    const host = fakeHost({ 'run:journal': () => entries })

    const { json } = await panda(['journal', 'd', '--json'], host)
    const { out } = await panda(['journal', 'd'], host)

    expect(json).toEqual(entries)
    for (const text of [
      'created',
      'started (ort 1, threads: 2)',
      'paused: asked to',
      'nudge: l2 0 → 0.1 from step 6 on',
      'day 1 closed (c3)',
      'rollback to c3 from b1 at step 9: too high',
      'undo to c3 from b1 at step 9',
      'alert: it was ended',
      'note: tea',
      'note (on day 2 of b1): best',
      'note (on step 77 of b1): spike',
      'planned (12): l2 0.1 → 0.2 over 10 steps, once the best of 4 dev costs is not 1 % below',
      'plan 12 dropped',
      'nudge: l2 0.1 → 0.2 over steps 21 to 30, as planned (12)',
    ]) {
      expect(out).toContain(text)
    }
  })
})

describe('panda metrics', () => {
  const series = {
    metric: 'cost',
    branch: 'b1',
    step: Float64Array.of(1, 2),
    min: Float64Array.of(0.5, 0.25),
    max: Float64Array.of(0.5, Number.POSITIVE_INFINITY),
    mean: Float64Array.of(0.5, Number.NaN),
  } as const
  const host = () => fakeHost({ 'run:series': () => series })

  describe('of a vital sign that nothing is recorded of', () => {
    const vitals = {
      step: 100,
      layers: [
        { layer: 'layer1', preActivationMean: 0, preActivationDeviation: 1, deadShare: 0.1 },
      ],
      parameters: [{ name: 'layer1.weight', gradientNorm: 1, updateRatio: 1e-3 }],
    }
    const none = new Float64Array()
    const nothing = { ...series, step: none, min: none, max: none, mean: none }
    const emptyHost = (signs: typeof vitals | null) =>
      fakeHost({
        'run:series': () => nothing,
        'run:show': () => snapshot({ vitals: signs }),
      })

    test('those that are of its kind are named', async () => {
      const asked = ['metrics', 'd', '--metric', 'layer9/dead_share']
      const { code, err } = await panda(asked, emptyHost(vitals))

      expect(code).not.toBe(0)
      expect(err).toContain('there is no metric "layer9/dead_share" in this run')
      expect(err).toContain('There are layer1/dead_share.')
    })

    test('one that the run has, or may have after its first step, is just empty', async () => {
      const asked = ['metrics', 'd', '--metric', 'layer1.weight/update_ratio']
      const known = await panda([...asked, '--from', '500'], emptyHost(vitals))
      const early = await panda(asked, emptyHost(null))

      expect([known.code, early.code]).toEqual([0, 0])
      expect(early.out).toContain('Nothing is recorded there.')
    })
  })

  test('points come as objects; numbers that JSON lacks come as strings', async () => {
    const { json } = await panda(['metrics', 'd', '--json'], host())

    expect(json).toEqual({
      metric: 'cost',
      branch: 'b1',
      points: [
        { step: 1, min: 0.5, max: 0.5, mean: 0.5 },
        { step: 2, min: 0.25, max: 'Infinity', mean: 'NaN' },
      ],
    })
  })

  test('CSV has a header and a line per point', async () => {
    const { out } = await panda(['metrics', 'd', '--csv'], host())

    expect(out).toBe('step,min,max,mean\n1,0.5,0.5,0.5\n2,0.25,Infinity,NaN\n')
  })

  test('the options become the query; scripts get every step, people twenty points', async () => {
    const used = host()
    const options = ['--metric', 'dev_cost', '--branch', 'b2', '--from', '5', '--to', '9']

    await panda(['metrics', 'd', '--csv', ...options, '--points', '3'], used)
    await panda(['metrics', 'd', '--json'], used)
    await panda(['metrics', 'd'], used)

    const queries = used.calls.filter(([name]) => name === 'run:series').map(([, , query]) => query)
    expect(queries).toEqual([
      { metric: 'dev_cost', branch: 'b2', from: 5, to: 9, points: 3 },
      { metric: 'cost' },
      { metric: 'cost', points: 20 },
    ])
  })

  test.each([
    [['--csv', '--json'], 'either CSV or JSON'],
    [['--branch', 'main'], '--branch must be like b1'],
    [['--from', '-1'], '--from must be a whole number'],
    [['--points', '0'], '--points must be a whole number from 1 to 100000'],
  ])('%j is refused', async (options, message) => {
    const { code, err } = await panda(['metrics', 'd', ...options], host())

    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})
