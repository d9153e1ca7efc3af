import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { newBench } from './harness.ts'

describe('a run on a text', () => {
  const ABC = {
    data: { text: 'abc.txt', context: 6 },
    network: {
      layers: [
        { type: 'embedding', units: 8, positions: true },
        {
          type: 'residual',
          layers: [{ type: 'layer_norm' }, { type: 'attention', heads: 2, causal: true }],
        },
        { type: 'dense', units: 4 },
      ],
    },
    hyperparameters: { learning_rate: 0.02, batch_size: 16 },
    vitals_every: { steps: 2 },
  }

  test('is evaluated, pre-flown and gone on with, the same way each time', async () => {
    const { create, train, host, folder } = newBench()
    writeFileSync(path.join(folder, 'abc.txt'), 'abc '.repeat(200))
    writeFileSync(path.join(folder, 'other.txt'), 'bc b'.repeat(10))
    await create('r', ABC)
    await train('r', { steps: 100 })
    const ask = { text: 'abc a', length: 12, temperature: 0.5, seed: 3 }

    const dev = await host.handlers['run:evaluate']('r', {})
    const other = await host.handlers['run:evaluate']('r', {
      data: { text: 'other.txt' },
      base: folder,
    })
    const once = await host.handlers['run:predict']('r', { data: ask })
    const twice = await host.handlers['run:predict']('r', { data: ask })
    const { checks } = await host.handlers['run:preflight']({ run: 'r' })

    expect(dev.classNames).toEqual([' ', 'a', 'b', 'c'])
    expect(dev.accuracy).toBeGreaterThan(0.95)
    expect(other.perClass?.map(({ count }) => count > 0)).toEqual([true, false, true, true])
    expect(once).toMatchObject({ kind: 'text', text: 'bc abc abc a' })
    expect(twice).toEqual(once)
    expect(checks.find(({ name }) => name === 'initial-cost')?.expected).toBe(Math.log(4))
  })

  test('refuses characters that it never saw, and numbers', async () => {
    const { create, host, folder } = newBench()
    writeFileSync(path.join(folder, 'abc.txt'), 'abc '.repeat(50))
    writeFileSync(path.join(folder, 'xyz.txt'), 'xyz '.repeat(10))
    await create('r', ABC)
    const evaluate = (data: { text: string } | { csv: string; label: string }) =>
      host.handlers['run:evaluate']('r', { data, base: folder })

    await expect(evaluate({ text: 'xyz.txt' })).rejects.toMatchObject({ code: 'data/bad-value' })
    await expect(evaluate({ csv: 'rings.csv', label: 'ring' })).rejects.toMatchObject({
      code: 'data/bad-value',
    })
    await expect(
      host.handlers['run:predict']('r', { data: { rows: [[1, 2]] } }),
    ).rejects.toMatchObject({ code: 'protocol/bad-request' })
  })

  test('is replayed bit for bit', async () => {
    const { create, train, host, folder } = newBench()
    writeFileSync(path.join(folder, 'abc.txt'), 'abc '.repeat(50))
    await create('r', { ...ABC, day: { steps: 5 } })
    await train('r', { days: 2 })

    const verified = await host.handlers['run:verify']('r', null)
    const { vitals } = await host.handlers['run:show']('r')

    expect(verified.map(({ identical }) => identical)).toEqual([true, true])
    expect(vitals?.parameters.map(({ name }) => name)).toContain('layer1.positions')
  })
})
