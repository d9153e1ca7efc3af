import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { NOISY, newBench } from './harness.ts'
import type { Bench } from './harness.ts'

/** Several knobs at once: one on each scale, one of whole numbers, one of the evaluated cost. */
const CHANGES = { learning_rate: 0.1, beta1: 0.99, dropout: 0.6, batch_size: 32, l2: 0.01 }
const RAMP = { steps: 6 }
const SETTINGS = { ...NOISY, day: { steps: 5 } }

const show = (bench: Bench) => bench.host.handlers['run:show']('r')

/** A run at step 7 whose knobs are on their way in the steps 8 to 13. */
async function ramping(): Promise<Bench> {
  const bench = newBench()
  await bench.create('r', SETTINGS)
  await bench.train('r', { steps: 7 })
  await bench.host.handlers['run:nudge']('r', CHANGES, RAMP)
  return bench
}

/** As if all was lost but the records: checkpoints after this step can't be read. */
function rot({ folder }: Bench, afterStep: number): void {
  const db = new Database(path.join(folder, 'r.panda'))
  db.prepare(
    `UPDATE checkpoint_chunks SET body = zeroblob(length(body))
      WHERE checkpoint IN (SELECT id FROM checkpoints WHERE step > ?)`,
  ).run(afterStep)
  db.close()
}

describe('a nudge over several steps', () => {
  test('is acknowledged with its targets, and the readings tell them from what holds', async () => {
    const bench = await ramping()
    const before = await show(bench)
    await bench.train('r', { steps: 3 })
    const inside = await show(bench)
    await bench.train('r', { steps: 3 })
    const after = await show(bench)

    const nudge = before.journal.findLast(({ kind }) => kind === 'nudge')
    expect(nudge).toMatchObject({ firstStep: 8, ramp: RAMP, step: 7 })
    expect(before.readings.learning_rate?.requested).toBe(0.1)
    expect(before.readings.learning_rate?.inForce).toBeCloseTo(0.01 * 10 ** (1 / 6), 12)
    expect(inside.readings.learning_rate).toMatchObject({
      requested: 0.1,
      inForce: expect.closeTo(0.01 * 10 ** (4 / 6), 12) as number,
    })
    expect(inside.readings.batch_size).toMatchObject({ requested: 32, inForce: 25 })
    expect(after.readings.learning_rate).toEqual({ requested: 0.1, inForce: 0.1, scheduled: 0.1 })
    expect(after.readings.batch_size?.inForce).toBe(32)
  })

  test('is recorded step by step in the curve of the learning rate', async () => {
    const bench = await ramping()
    await bench.train('r', { steps: 8 })

    const { step, mean } = await bench.host.handlers['run:series']('r', { metric: 'learning_rate' })

    expect([...step]).toEqual([1, 8, 9, 10, 11, 12, 13])
    expect(mean[5]).toBeCloseTo(0.01 * 10 ** (5 / 6), 12)
    expect(mean[6]).toBe(0.1)
  })

  test('ends in the same bits when it is interrupted at each of its steps', async () => {
    const one = await ramping()
    await one.train('r', { steps: 8 })
    const whole = await show(one)
    let pieces = await ramping()

    for (let step = 8; step <= 15; step++) {
      await pieces.close()
      pieces = pieces.another()
      await pieces.train('r', { steps: 1 })
    }
    const resumed = await show(pieces)

    expect(resumed.step).toBe(15)
    expect(resumed.parametersSha256).toBe(whole.parametersSha256)
    expect(resumed.checkpoints.at(-1)?.sha256).toBeTypeOf('string')
    expect(resumed.readings).toEqual(whole.readings)
  })

  test.each([8, 11, 13])(
    'is replayed from the records where all but those of step %i is lost',
    async (step) => {
      const one = await ramping()
      await one.train('r', { steps: 9 })
      const whole = await show(one)
      const broken = await ramping()
      await broken.train('r', { steps: step - 7 })
      await broken.close()
      rot(broken, 7)

      const again = broken.another()
      await again.train('r', { steps: 16 - step })
      const after = await show(again)

      expect(after.journal.findLast(({ kind }) => kind === 'alert')).toMatchObject({
        message: expect.stringMatching(/bit for bit/) as string,
      })
      expect(after.step).toBe(16)
      expect(after.parametersSha256).toBe(whole.parametersSha256)
    },
  )

  test('is verified: days that it begins in, fills and ends in come out with the same state', async () => {
    const bench = await ramping()
    await bench.train('r', { steps: 13 })

    const verified = await bench.host.handlers['run:verify']('r', null)

    expect(verified.map(({ day, identical }) => [day, identical])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, true],
    ])
  })

  test('is undone exactly from inside it', async () => {
    const bench = await ramping()
    const before = await show(bench)
    await bench.train('r', { steps: 3 })

    await bench.host.handlers['run:undo']('r')
    const undone = await show(bench)
    await bench.train('r', { steps: 5 })
    const straight = newBench()
    await straight.create('r', SETTINGS)
    await straight.train('r', { steps: 12 })

    expect(undone.step).toBe(7)
    expect(undone.parametersSha256).toBe(before.parametersSha256)
    expect(undone.readings.learning_rate).toEqual({
      requested: 0.01,
      inForce: 0.01,
      scheduled: 0.01,
    })
    expect((await show(bench)).parametersSha256).toBe((await show(straight)).parametersSha256)
  })

  test('goes on after a rollback into it, as it did the first time', async () => {
    const bench = await ramping()
    await bench.train('r', { steps: 8 })
    const first = await show(bench)

    await bench.host.handlers['run:rollback']('r', '2', { knobs: 'then' })
    const back = await show(bench)
    await bench.train('r', { steps: 5 })
    const second = await show(bench)

    expect(back.step).toBe(10)
    expect(back.readings.dropout).toMatchObject({ requested: 0.6, inForce: 0.5 })
    expect(second.step).toBe(first.step)
    expect(second.parametersSha256).toBe(first.parametersSha256)
  })

  test('ends where knobs are kept in a rollback into it: they hold the values they have', async () => {
    const bench = await ramping()
    await bench.train('r', { steps: 5 })
    const now = await show(bench)
    const preview = await bench.host.handlers['run:preview-rollback']('r', '2')

    await bench.host.handlers['run:rollback']('r', '2', { knobs: 'keep' })
    const back = await show(bench)
    await bench.train('r', { steps: 6 })
    const later = await show(bench)

    expect(now.readings.dropout?.requested).toBe(0.6)
    for (const name of ['learning_rate', 'beta1', 'dropout', 'batch_size', 'l2'] as const) {
      const value = now.readings[name]?.inForce
      expect(preview.knobs.find((knob) => knob.name === name)?.now).toBe(value)
      expect(preview.knobs.find((knob) => knob.name === name)?.then).not.toBe(value)
      expect(back.readings[name]).toMatchObject({ requested: value, inForce: value })
      expect(later.readings[name]).toMatchObject({ requested: value, inForce: value })
    }
    const verified = await bench.host.handlers['run:verify']('r', null)
    expect(verified.map(({ identical }) => identical)).toEqual([true, true, true])
  })

  test('is stopped by a nudge to the value that has been reached, and only by a new one after that', async () => {
    const bench = await ramping()
    await bench.train('r', { steps: 2 })
    const reached = (await show(bench)).readings.dropout?.inForce ?? NaN
    const { nudge } = {
      nudge: (value: number) => bench.host.handlers['run:nudge']('r', { dropout: value }),
    }

    const { changes } = await nudge(reached)
    const held = await show(bench)

    expect(changes).toEqual([{ name: 'dropout', from: reached, to: reached }])
    expect(held.readings.dropout).toMatchObject({ requested: reached, inForce: reached })
    expect(held.readings.l2?.requested).toBe(0.01) // the others go on
    await expect(nudge(reached)).rejects.toMatchObject({
      code: 'session/invalid-value',
      message: expect.stringMatching(/changes nothing/) as string,
    })
    expect((await show(bench)).journal).toEqual(held.journal)
  })
})

test('a nudge that changes nothing is refused, at rest without a byte of the file changed', async () => {
  const bench = newBench()
  await bench.create('r')
  const before = await show(bench)

  const nudging = bench.host.handlers['run:nudge']('r', { learning_rate: 0.01 })

  await expect(nudging).rejects.toMatchObject({
    code: 'session/invalid-value',
    message: expect.stringMatching(/learning_rate is 0.01 already/) as string,
  })
  expect(await show(bench)).toEqual(before)
})

test('of several changes, those that change nothing are left out of the journal', async () => {
  const bench = newBench()
  await bench.create('r')

  const { changes } = await bench.host.handlers['run:nudge']('r', { learning_rate: 0.01, l2: 0.5 })

  expect(changes).toEqual([{ name: 'l2', from: 0, to: 0.5 }])
})
