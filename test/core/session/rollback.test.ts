import { describe, expect, test } from 'vitest'
import { newBench } from './harness.ts'

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
