import { describe, expect, test } from 'vitest'
import type { NoteSubject } from '../../../core/protocol/run.ts'
import { newBench } from './harness.ts'

/** Two closed days of six steps on b1; on b2, from day 1, four steps of the second day. */
async function twoBranches() {
  const bench = newBench()
  await bench.create('r')
  await bench.train('r', { steps: 13 })
  await bench.host.handlers['run:rollback']('r', '1', { knobs: 'then' })
  await bench.train('r', { steps: 4 })
  return bench
}

describe('a note', () => {
  test.each([
    { kind: 'day', branch: 'b1', day: 2 },
    { kind: 'day', branch: 'b2', day: 1 }, // closed on the way there
    { kind: 'day', branch: 'b2', day: 2 }, // open
    { kind: 'day', branch: 'b1', day: 0 },
    { kind: 'point', branch: 'b1', step: 13 },
    { kind: 'point', branch: 'b2', step: 10 },
    { kind: 'point', branch: 'b2', step: 0 },
  ] as const satisfies readonly NoteSubject[])('can be about %j', async (about) => {
    const { host } = await twoBranches()

    const entry = await host.handlers['run:note']('r', '  seen  ', about)

    expect(entry).toMatchObject({ kind: 'note', text: 'seen', about, branch: 'b2', step: 10 })
    expect((await host.handlers['run:journal']('r')).at(-1)).toEqual(entry)
  })

  test('is refused, and nothing journaled, where there is nothing that it could be about', async () => {
    const { host } = await twoBranches()
    const before = await host.handlers['run:journal']('r')
    const wrong = [
      { kind: 'day', branch: 'b2', day: 3 },
      { kind: 'day', branch: 'b1', day: 3 }, // was open when b1 was left
      { kind: 'day', branch: 'b3', day: 1 },
      { kind: 'point', branch: 'b1', step: 14 },
      { kind: 'point', branch: 'b2', step: 11 },
    ] as const

    for (const about of wrong) {
      await expect(host.handlers['run:note']('r', 'seen', about)).rejects.toMatchObject({
        code: 'session/no-such-target',
      })
    }
    expect(await host.handlers['run:journal']('r')).toEqual(before)
  })

  test.each(['', ' ', '\n\t '])('%j is refused as blank', async (text) => {
    const bench = newBench()
    await bench.create('r')

    for (const step of [0, 1]) {
      if (step > 0) await bench.train('r', { steps: 1 }) // from here on a session has it
      await expect(bench.host.handlers['run:note']('r', text)).rejects.toMatchObject({
        code: 'session/invalid-value',
      })
    }
  })
})
