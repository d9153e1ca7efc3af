import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { newBench } from './harness.ts'

describe('evaluating a run', () => {
  test('tells cost, accuracy and the confusion of the classes, which all agree', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { epochs: 10 })
    const shown = await host.handlers['run:show']('r')

    const reply = await host.handlers['run:evaluate']('r', {})

    const { confusion = [], perClass } = reply
    const total = confusion?.flat().reduce((sum, count) => sum + count, 0)
    const right = confusion?.reduce((sum, row, id) => sum + (row[id] ?? 0), 0)
    expect(reply).toMatchObject({ on: 'dev', branch: 'b1', step: 60, classNames: ['0', '1'] })
    expect(reply.cost).toBe(shown.devCost)
    expect(reply.accuracy).toBe(shown.devAccuracy)
    expect(reply.error).toBeCloseTo(1 - (reply.accuracy ?? NaN), 12)
    expect(total).toBe(reply.examples)
    expect((right ?? 0) / (total ?? 1)).toBeCloseTo(reply.accuracy ?? NaN, 12)
    expect(perClass?.map(({ count }) => count)).toEqual(
      confusion?.map((row) => row.reduce((sum, count) => sum + count, 0)),
    )
    expect([reply.rmse, reply.mae]).toEqual([null, null])
  })

  test('looks at the training set, and at a checkpoint of before', async () => {
    const { create, train, host } = newBench()
    await create('r')
    await train('r', { days: 6 })

    const now = await host.handlers['run:evaluate']('r', { on: 'train' })
    const then = await host.handlers['run:evaluate']('r', { on: 'train', checkpoint: '0' })

    expect(now).toMatchObject({ on: 'train', examples: 96, step: 36 })
    expect(then).toMatchObject({ examples: 96, step: 0, checkpoint: 'c1' })
    expect(now.cost).toBeLessThan(then.cost)
  })

  test('reads files by the names of their classes, whatever order they come in', async () => {
    const { create, train, host, folder } = newBench()
    await create('r')
    await train('r', { steps: 3 })
    writeFileSync(path.join(folder, 'ones.csv'), 'x,y,ring\n2,0,1\n0,2,1\n-2,0,1\n')
    const data = { csv: 'ones.csv' }

    const { confusion, perClass } = await host.handlers['run:evaluate']('r', { data, base: folder })

    expect(confusion?.[0]).toEqual([0, 0])
    expect(perClass?.map(({ class: name, count }) => [name, count])).toEqual([
      ['0', 0],
      ['1', 3],
    ])
    expect(perClass?.[0]?.recall).toBeNull()
  })

  test.each([
    ['a class that the run does not know', 'x,y,ring\n1,2,7\n', /"7".*does not know/],
    ['too many columns', 'x,y,z,ring\n1,2,3,0\n', /3 features.*takes 2/],
    ['a value that is no number', 'x,y,ring\n1,NaN,0\n', /not a finite number/],
  ])('refuses a file with %s', async (_, text, message) => {
    const { create, host, folder } = newBench()
    await create('r')
    writeFileSync(path.join(folder, 'bad.csv'), text)

    await expect(
      host.handlers['run:evaluate']('r', { data: { csv: 'bad.csv' }, base: folder }),
    ).rejects.toMatchObject({
      code: 'data/bad-value',
      message: expect.stringMatching(message) as string,
    })
  })

  test('of a regression measures how far it is off', async () => {
    const { create, train, host } = newBench()
    const layers = [{ type: 'dense', units: 1 }]
    await create('r', { loss: 'mean_squared_error', network: { layers } })
    await train('r', { steps: 3 })

    const reply = await host.handlers['run:evaluate']('r', {})

    expect(reply).toMatchObject({ accuracy: null, error: null, confusion: null, perClass: null })
    expect((reply.rmse ?? 0) ** 2).toBeCloseTo(reply.dataCost, 5)
    expect(reply.mae).toBeLessThanOrEqual(reply.rmse ?? 0)
  })

  test('leaves the run alone, and does not stop one that trains', async () => {
    const { create, host, until, events } = newBench()
    await create('r', { day: { steps: 100_000 } })
    await host.handlers['run:train']('r', null)
    await until((event) => event.type === 'metrics')

    const first = await host.handlers['run:evaluate']('r', {})
    const second = await host.handlers['run:evaluate']('r', {})
    const { state, checkpoints } = await host.handlers['run:show']('r')

    expect(state).toEqual({ kind: 'running' })
    expect(second.step).toBeGreaterThan(first.step)
    expect(first.checkpoint).toBeNull()
    expect(checkpoints.map(({ kind }) => kind)).toEqual(['initial'])
    expect(events.some(({ type }) => type === 'checkpoint')).toBe(false)
  })

  test('of a run that another host trains is done there', async () => {
    const trainer = newBench()
    await trainer.create('r', { day: { steps: 100_000 } })
    await trainer.host.handlers['run:train']('r', null)
    await trainer.until((event) => event.type === 'metrics')

    const reply = await trainer.another().host.handlers['run:evaluate']('r', {})

    expect(reply.checkpoint).toBeNull()
    expect(reply.step).toBeGreaterThan(0)
  })
})
