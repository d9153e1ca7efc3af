import { describe, expect, test } from 'vitest'
import { NOISY, newBench } from './harness.ts'

describe.each([1, 2])('a run with batch norm and dropout on %i threads', (threads) => {
  const settings = { ...NOISY, threads, vitals_every: { steps: 5 } }

  test('trained in one go and with restarts ends in the same bits', async () => {
    const one = newBench()
    await one.create('r', settings)
    await one.train('r', { steps: 17 })
    const whole = await one.host.handlers['run:show']('r')

    const pieces = newBench()
    await pieces.create('r', settings)
    for (const steps of [1, 7, 9]) {
      const bench = pieces.another()
      await bench.train('r', { steps })
      await bench.close()
    }
    const resumed = await pieces.host.handlers['run:show']('r')

    expect(resumed.step).toBe(17)
    expect(resumed.parametersSha256).toBe(whole.parametersSha256)
    expect(resumed.checkpoints.at(-1)?.step).toBe(17)
    expect(resumed.devCost).toBe(whole.devCost) // it looks at the running statistics
  })

  test('is replayed in the same bits, nudges of dropout and batch size included', async () => {
    const { create, train, host } = newBench()
    await create('r', settings)
    await train('r', { steps: 8 })
    await host.handlers['run:nudge']('r', { dropout: 0.5, batch_size: 24, clip_norm: 0.5 })
    await train('r', { days: 2 })
    await host.handlers['run:rollback']('r', '1', { knobs: 'keep' })
    await train('r', { days: 1 })

    const verified = await host.handlers['run:verify']('r', null)

    expect(verified.map(({ day, identical }) => [day, identical])).toEqual([
      [1, true],
      [2, true],
    ])
  })
})

describe('the number of threads', () => {
  test('is chosen at the first start, said, and kept', async () => {
    const bench = newBench()
    await bench.create('r', { threads: undefined })
    const created = await bench.host.handlers['run:show']('r')
    await bench.train('r', { steps: 2 })
    await bench.close()
    const again = bench.another()
    await again.train('r', { steps: 2 })
    const { journal } = await again.host.handlers['run:show']('r')

    const started = journal.filter(({ kind }) => kind === 'started')
    expect(created.journal.map(({ kind }) => kind)).toEqual(['created'])
    expect(started).toHaveLength(1)
    expect(started[0]?.kind === 'started' && started[0].threads).toBeGreaterThanOrEqual(1)
    expect(journal.some(({ kind }) => kind === 'alert')).toBe(false)
  })
})
