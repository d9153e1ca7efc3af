import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { newBench } from './harness.ts'

describe('a run that another host trains', () => {
  test('takes commands through it, and its events reach both', async () => {
    const trainer = newBench()
    await trainer.create('r', { day: { steps: 100_000 } })
    await trainer.host.handlers['run:train']('r', null)
    const terminal = trainer.another()
    const seen = terminal.until((event) => event.type === 'nudged')

    const reply = await terminal.host.handlers['run:nudge']('r', { learning_rate: 0.5 })
    const shown = await terminal.host.handlers['run:show']('r')
    await terminal.host.handlers['run:pause']('r')

    expect(shown.state).toEqual({ kind: 'running' })
    expect(shown.readings.learning_rate?.inForce).toBe(0.5)
    expect(await seen).toMatchObject({ entry: { firstStep: reply.step } })
    expect(trainer.events).toContainEqual(expect.objectContaining({ type: 'nudged' }))
    expect((await trainer.host.handlers['run:show']('r')).state).toMatchObject({ kind: 'paused' })
  })

  test('takes a new goal from another host, by name and by path', async () => {
    const trainer = newBench()
    await trainer.create('r', { day: { steps: 100_000 } })
    await trainer.host.handlers['run:train']('r', null)
    const { handlers } = trainer.another().host

    for (const reference of ['r', path.join(trainer.folder, 'r.panda')]) {
      const { step } = await handlers['run:train'](reference, { steps: 1_000_000 })
      const { goal, state } = await handlers['run:show'](reference)

      expect(state).toEqual({ kind: 'running' })
      expect(goal).toEqual({ kind: 'step', step: step + 1_000_000 })
    }
  })

  test('is free for others once it is closed, and nothing lies beside the file', async () => {
    const first = newBench()
    await first.create('r')
    await first.train('r', { steps: 4 })
    await first.close()
    const second = first.another()
    await second.train('r', { steps: 4 })
    await second.close()

    const left = readdirSync(first.folder).toSorted()
    expect(left).toEqual(['r.panda', 'rings.csv'])
    expect((await first.another().host.handlers['run:show']('r')).step).toBe(8)
  })

  test('is let go of at once when its host goes away', async () => {
    const trainer = newBench()
    await trainer.create('r')
    await trainer.train('r', { steps: 2 })
    const terminal = trainer.another()
    await terminal.host.handlers['run:note']('r', 'through the host')
    await trainer.close()

    const note = await terminal.host.handlers['run:note']('r', 'on the file')

    expect(note).toMatchObject({ kind: 'note', step: 2, text: 'on the file' })
    expect((await terminal.host.handlers['run:show']('r')).journal.at(-1)).toEqual(note)
  })
})

describe('the folder of runs', () => {
  test('tells a run by its name, a unique prefix or its path', async () => {
    const { create, host, folder } = newBench()
    await create('alpha')
    await create('alphabet')
    await create('beta')
    const nameOf = async (reference: string) =>
      (await host.handlers['run:show'](reference)).facts.run

    expect(await nameOf('alpha')).toBe('alpha')
    expect(await nameOf('b')).toBe('beta')
    expect(await nameOf(path.join(folder, 'alphabet.panda'))).toBe('alphabet')
    await expect(nameOf('alph')).rejects.toMatchObject({ code: 'session/ambiguous-run' })
    await expect(nameOf('gamma')).rejects.toMatchObject({ code: 'session/no-such-run' })
  })

  test('lists what it cannot read with the reason, and leaves it as it is', async () => {
    const { create, host, folder } = newBench()
    await create('good')
    const bytes = readFileSync(path.join(folder, 'good.panda'))
    const bad: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      foreign: Buffer.from('not a database at all'),
      truncated: bytes.subarray(0, bytes.length / 2),
    }
    for (const [name, body] of Object.entries(bad)) {
      writeFileSync(path.join(folder, `${name}.panda`), body)
    }

    const listed = await host.handlers['runs:list']()

    expect(listed.map(({ run, ok }) => [run, ok])).toEqual([
      ['empty', false],
      ['foreign', false],
      ['good', true],
      ['truncated', false],
    ])
    for (const name of Object.keys(bad)) {
      await expect(host.handlers['run:train'](name, { steps: 1 })).rejects.toMatchObject({
        code: expect.stringMatching(/^store\/(not-a-run|corrupt)$/) as string,
      })
      expect(readFileSync(path.join(folder, `${name}.panda`))).toEqual(bad[name])
    }
  })

  test.each([
    ['a misspelt key', { optimiser: 'adam' }, 'config/invalid'],
    ['a negative learning rate', { hyperparameters: { learning_rate: -1 } }, 'config/invalid'],
    ['NaN', { hyperparameters: { learning_rate: Number.NaN } }, 'config/invalid'],
    ['a knob of another optimizer', { hyperparameters: { momentum: 0.9 } }, 'config/invalid'],
    [
      'a batch larger than the data',
      { hyperparameters: { batch_size: 9999 } },
      'session/invalid-value',
    ],
    ['data that are not there', { data: { csv: 'gone.csv', label: 'ring' } }, 'data/unreadable'],
    [
      'a column that is not there',
      { data: { csv: 'rings.csv', label: 'rong' } },
      'data/unreadable',
    ],
    [
      'too few output units',
      { network: { layers: [{ type: 'dense', units: 1 }] } },
      'engine/invalid-model',
    ],
  ])('refuses a config with %s and creates nothing', async (_, settings, code) => {
    const { create, folder } = newBench()

    await expect(create('r', settings)).rejects.toMatchObject({ code })

    expect(readdirSync(folder)).toEqual(['rings.csv'])
  })

  test('never replaces a run', async () => {
    const { create, folder } = newBench()
    await create('r')
    const before = readFileSync(path.join(folder, 'r.panda'))

    await expect(create('r', { seed: 8 })).rejects.toMatchObject({ code: 'store/exists' })

    expect(readFileSync(path.join(folder, 'r.panda'))).toEqual(before)
  })
})
