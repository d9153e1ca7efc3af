import { describe, expect, test } from 'vitest'
import { newBench } from './harness.ts'

const DAYS = 3

describe('a run', () => {
  test('trained in one go and with ten pauses and restarts ends in the same hash', async () => {
    const one = newBench()
    await one.create('r')
    await one.train('r', { steps: 33 })
    const whole = await one.host.handlers['run:show']('r')

    const pieces = newBench()
    await pieces.create('r')
    for (let piece = 0; piece < 11; piece++) {
      const bench = pieces.another()
      await bench.train('r', { steps: 3 })
      await bench.close()
    }
    const resumed = await pieces.host.handlers['run:show']('r')

    expect(resumed.step).toBe(33)
    expect(resumed.parametersSha256).toBe(whole.parametersSha256)
    expect(resumed.days.map((day) => day.parametersSha256)).toEqual(
      whole.days.map((day) => day.parametersSha256),
    )
  })

  test('records the cost of every step, and gets better', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { epochs: 20 })

    const { step, mean } = await host.handlers['run:series']('r', { metric: 'cost' })

    expect([...step]).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
    expect(mean.at(-1)).toBeLessThan(mean[0] ?? 0)
  })

  test('closes its days, each with a checkpoint that holds the same weights', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { days: DAYS })

    const { days, checkpoints, day } = await host.handlers['run:show']('r')

    expect(day).toBe(DAYS + 1)
    expect(days.map(({ fromStep, toStep }) => [fromStep, toStep])).toEqual([
      [0, 6],
      [6, 12],
      [12, 18],
    ])
    for (const closed of days) {
      const checkpoint = checkpoints.find((taken) => taken.checkpoint === closed.checkpoint)
      expect(checkpoint?.parametersSha256).toBe(closed.parametersSha256)
      expect(closed.devAccuracy).toBeGreaterThanOrEqual(0)
    }
  })

  test('keeps only the newest of a timer’s checkpoints, and every one that history needs', async () => {
    const { create, train, host } = newBench()
    await create('r', { checkpoint_every: { steps: 1 }, day: { steps: 10 } })
    await train('r', { steps: 5 })
    await host.handlers['run:nudge']('r', { learning_rate: 0.02 })
    await train('r', { steps: 40 })

    const { checkpoints, days, journal } = await host.handlers['run:show']('r')
    const verified = await host.handlers['run:verify']('r', null)

    const known = new Set(checkpoints.map(({ checkpoint }) => checkpoint))
    const nudge = journal.find((entry) => entry.kind === 'nudge')
    expect(checkpoints.filter(({ kind }) => kind === 'timer').length).toBeLessThanOrEqual(7)
    expect(nudge?.kind === 'nudge' && known.has(nudge.checkpoint)).toBe(true)
    expect(days.every(({ checkpoint }) => known.has(checkpoint))).toBe(true)
    expect(verified.every(({ identical }) => identical)).toBe(true)
    expect(await host.handlers['run:undo']('r')).toMatchObject({ step: 5 })
  })

  test('replays every day bit for bit, nudges and rollbacks included', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { steps: 8 })
    await host.handlers['run:nudge']('r', { learning_rate: 0.05, batch_size: 24 })
    await train('r', { days: 2 })
    await host.handlers['run:rollback']('r', '1', { knobs: 'keep' })
    await train('r', { days: 2 })

    const verified = await host.handlers['run:verify']('r', null)

    expect(verified.map(({ day, identical }) => ({ day, identical }))).toEqual([
      { day: 1, identical: true },
      { day: 2, identical: true },
      { day: 3, identical: true },
    ])
  })

  test('a replay leaves the run where it was', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { steps: 15 })
    const before = await host.handlers['run:show']('r')
    await host.handlers['run:verify']('r', 1)
    const after = await host.handlers['run:show']('r')

    expect(after.parametersSha256).toBe(before.parametersSha256)
    expect(after.step).toBe(15)
  })
})

describe('a nudge', () => {
  test('names the first step trained with it, and is in force, in the journal and on disk', async () => {
    const bench = newBench()
    await bench.create('r')
    await bench.train('r', { steps: 5 })

    const reply = await bench.host.handlers['run:nudge']('r', { learning_rate: 0.5 })
    await bench.close()
    const reopened = await bench.another().host.handlers['run:show']('r')

    expect(reply.step).toBe(6)
    expect(reply.changes).toEqual([{ name: 'learning_rate', from: 0.01, to: 0.5 }])
    expect(reopened.readings.learning_rate).toEqual({
      requested: 0.5,
      inForce: 0.5,
      scheduled: 0.5,
    })
    expect(reopened.journal.filter(({ kind }) => kind === 'nudge')).toMatchObject([
      { step: 5, firstStep: 6, checkpoint: reply.checkpoint },
    ])
  })

  test('while training is acknowledged between steps and used from the step it names', async () => {
    const { create, train, host, until } = newBench()
    await create('r', { day: { steps: 1000 } })
    const still = until((event) => event.type === 'state' && event.state.kind === 'paused')
    await host.handlers['run:train']('r', { steps: 200 })
    const { step } = await host.handlers['run:nudge']('r', { learning_rate: 0.123 })
    await still

    const rates = await host.handlers['run:series']('r', { metric: 'learning_rate' })

    expect([...rates.step]).toEqual(step === 1 ? [1] : [1, step])
    expect(rates.mean.at(-1)).toBe(0.123)
    expect(train).toBeDefined()
  })

  test('is undone exactly: what came after becomes a ghost', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { steps: 7 })
    const before = await host.handlers['run:show']('r')
    await host.handlers['run:nudge']('r', { learning_rate: 1 })
    await train('r', { steps: 4 })

    const undone = await host.handlers['run:undo']('r')
    const after = await host.handlers['run:show']('r')

    expect(undone).toMatchObject({ branch: 'b2', step: 7 })
    expect(after.parametersSha256).toBe(before.parametersSha256)
    expect(after.readings).toEqual(before.readings)
    expect(after.branches).toHaveLength(2)
    await expect(host.handlers['run:undo']('r')).rejects.toMatchObject({
      code: 'session/nothing-to-undo',
    })
  })

  test('that is undone in a resting file does not come back when it is opened again', async () => {
    const bench = newBench()
    await bench.create('r')
    await bench.train('r', { steps: 3 })
    await bench.host.handlers['run:nudge']('r', { learning_rate: 1 })
    await bench.host.handlers['run:checkpoint']('r')
    await bench.host.handlers['run:undo']('r')
    await bench.close()

    const again = bench.another()
    const shown = await again.host.handlers['run:show']('r')
    await again.train('r', { steps: 1 })
    const trained = await again.host.handlers['run:show']('r')

    expect(shown.readings.learning_rate?.inForce).toBe(0.01)
    expect(trained.readings.learning_rate?.inForce).toBe(0.01)
  })
})

describe('a rollback', () => {
  test('lands paused on that day, and goes on as the ghost did, bit for bit', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { days: 5 })
    const then = await host.handlers['run:show']('r')
    const reply = await host.handlers['run:rollback']('r', '2', { knobs: 'then', reason: 'test' })
    const landed = await host.handlers['run:show']('r')
    await train('r', { steps: 18 })
    const ghost = await host.handlers['run:series']('r', {
      metric: 'cost',
      branch: 'b1',
      scope: 'branch',
      from: 12,
      to: 30,
    })
    const branch = await host.handlers['run:series']('r', { metric: 'cost', scope: 'branch' })

    expect(landed.state).toEqual({ kind: 'paused', reason: 'rolled-back' })
    expect(reply.parametersSha256).toBe(then.days[1]?.parametersSha256)
    expect(landed.parametersSha256).toBe(then.days[1]?.parametersSha256)
    expect(landed.day).toBe(3)
    expect([...branch.step]).toEqual([...ghost.step])
    expect([...branch.mean]).toEqual([...ghost.mean])
  })

  test('can go to the abandoned future again, by branch and day or by checkpoint', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { days: 3 })
    const { days } = await host.handlers['run:show']('r')
    await host.handlers['run:rollback']('r', '1', { knobs: 'then' })

    const byDay = await host.handlers['run:rollback']('r', 'b1:3', { knobs: 'then' })
    const byCheckpoint = await host.handlers['run:rollback']('r', days[1]?.checkpoint ?? '', {
      knobs: 'then',
    })

    expect(byDay.parametersSha256).toBe(days[2]?.parametersSha256)
    expect(byCheckpoint.parametersSha256).toBe(days[1]?.parametersSha256)
    await expect(host.handlers['run:rollback']('r', '9', { knobs: 'then' })).rejects.toMatchObject({
      code: 'session/no-such-target',
    })
  })

  test('takes that day’s knobs or keeps mine, and the preview says which is which', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { days: 1 })
    await host.handlers['run:nudge']('r', { learning_rate: 0.2 })
    await train('r', { days: 1 })

    const preview = await host.handlers['run:preview-rollback']('r', '1')
    await host.handlers['run:rollback']('r', '1', { knobs: 'keep' })
    const kept = await host.handlers['run:show']('r')
    await host.handlers['run:rollback']('r', '1', { knobs: 'then' })
    const taken = await host.handlers['run:show']('r')

    expect(preview.stepsToGhost).toBe(6)
    expect(preview.knobs).toContainEqual({ name: 'learning_rate', now: 0.2, then: 0.01 })
    expect(kept.readings.learning_rate?.inForce).toBe(0.2)
    expect(kept.journal.at(-1)).toMatchObject({ kind: 'nudge', step: 6, firstStep: 7 })
    expect(taken.readings.learning_rate?.inForce).toBe(0.01)
  })

  test('to day 0 starts from the initial state', async () => {
    const { create, train, host } = newBench()
    await create('r')
    const initial = await host.handlers['run:show']('r')
    await train('r', { days: 1 })

    const reply = await host.handlers['run:rollback']('r', '0', { knobs: 'then' })

    expect(reply).toMatchObject({ step: 0, parametersSha256: initial.parametersSha256 })
  })

  test('while training pauses first', async () => {
    const { create, host } = newBench()
    await create('r')
    await host.handlers['run:train']('r', null)

    const reply = await host.handlers['run:rollback']('r', '0', { knobs: 'then' })
    const { state, step } = await host.handlers['run:show']('r')

    expect(reply.step).toBe(0)
    expect(state).toEqual({ kind: 'paused', reason: 'rolled-back' })
    expect(step).toBe(0)
  })
})

describe('a bad step', () => {
  test('never reaches the weights: the run pauses, says which step, and can go back', async () => {
    const { create, train, host, events } = newBench()
    await create('r', {
      optimizer: 'gradient_descent',
      loss: 'sparse_categorical_cross_entropy',
      network: {
        layers: [
          { type: 'dense', units: 8, activation: 'relu' },
          { type: 'dense', units: 8, activation: 'relu' },
          { type: 'dense', units: 2 },
        ],
      },
      hyperparameters: { learning_rate: 1000, l2: 1, batch_size: 16 },
    })
    await train('r', { steps: 500 })
    const { state, step, journal, parametersSha256, checkpoints } =
      await host.handlers['run:show']('r')

    expect(state).toEqual({ kind: 'paused', reason: 'not-finite' })
    expect(journal.findLast(({ kind }) => kind === 'alert')).toMatchObject({
      alert: 'not-finite',
      step,
      message: expect.stringContaining(`step ${step + 1} was refused`) as string,
    })
    expect(checkpoints.at(-1)).toMatchObject({ step, parametersSha256 })
    expect(events.some(({ type }) => type === 'alert')).toBe(true)
    await host.handlers['run:rollback']('r', '0', { knobs: 'then' })
    await host.handlers['run:nudge']('r', { learning_rate: 0.01 })
    await train('r', { steps: 3 })
    expect((await host.handlers['run:show']('r')).step).toBe(3)
  })
})
