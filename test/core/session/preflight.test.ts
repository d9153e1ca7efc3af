import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SMALL, newBench } from './harness.ts'

describe('a pre-flight', () => {
  const FIT = { ...SMALL, hyperparameters: { learning_rate: 0.03, batch_size: 16 } }

  test('of a sound config passes its checks, and writes nothing', async () => {
    const { host, folder } = newBench()
    const told: string[] = []
    host.on('preflight:progress', (progress) => {
      if (progress.type === 'checked') told.push(progress.check.name)
    })

    const reply = await host.handlers['run:preflight']({ config: FIT, base: folder })

    expect(reply.checks.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['initial-cost', 'pass'],
      ['l2-raises-cost', 'pass'],
      ['overfit-20', 'pass'],
    ])
    expect(reply.checks[0]?.expected).toBeCloseTo(Math.log(2), 12)
    expect(told).toEqual(reply.checks.map(({ name }) => name))
    expect(reply.parameters).toBe(2 * 8 + 8 + 8 * 2 + 2)
    expect(reply.memoryBytes).toBeGreaterThan(reply.parameters * 16)
    expect(reply.stepMs).toBeGreaterThan(0)
    expect(readdirSync(folder)).toEqual(['rings.csv'])
  })

  test('of a run tells that it cannot learn with a learning rate of 0', async () => {
    const { create, host } = newBench()
    await create('r', { hyperparameters: { learning_rate: 0, batch_size: 16 } })

    const { checks } = await host.handlers['run:preflight']({ run: 'r' })

    const overfit = checks.find(({ name }) => name === 'overfit-20')
    expect(overfit?.verdict).toBe('fail')
    expect(overfit?.remedy).toMatch(/learning rate/)
  })

  test('refuses a config that cannot be a run', async () => {
    const { host, folder } = newBench()
    const request = { config: { ...FIT, optimiser: 'adam' }, base: folder }

    await expect(
      Promise.resolve().then(() => host.handlers['run:preflight'](request)),
    ).rejects.toMatchObject({ code: 'config/invalid' })
  })

  test('is given up when its host is closed', async () => {
    const bench = newBench()
    const layers = [
      { type: 'dense', units: 1500, activation: 'tanh' },
      { type: 'dense', units: 1500, activation: 'tanh' },
      { type: 'dense', units: 2 },
    ]
    const config = { ...FIT, network: { layers }, hyperparameters: { learning_rate: 0 } }
    const overfitting = new Promise((resolve) => {
      bench.host.on('preflight:progress', (progress) => {
        if (progress.type === 'doing' && progress.what.startsWith('overfitting')) resolve(null)
      })
    })
    const flight = Promise.resolve(
      bench.host.handlers['run:preflight']({ config, base: bench.folder }),
    )
    const refused = expect(flight).rejects.toMatchObject({ code: 'session/closed' })
    await overfitting

    await bench.close()

    await refused
  })
})
