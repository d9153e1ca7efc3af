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
