import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { lineageEntries, waitingPlans } from '../../../core/protocol/plans.ts'
import { assertMeasured } from '../../../core/session/planning.ts'
import { lineageJournal } from '../../../core/store/journal.ts'
import { closeRun, openForReading } from '../../../core/store/open.ts'
import { PLACES, newBench } from './harness.ts'
import type { Bench } from './harness.ts'

/** Frozen, so that the dev cost is flat from the second measure on. Measured after each step. */
const FROZEN = {
  hyperparameters: { learning_rate: 0, batch_size: 16 },
  evaluate_every: { steps: 1 },
  day: { steps: 4 },
}
const WHEN = { evaluations: 2, tolerance: 0.01 }

const show = (bench: Bench) => bench.host.handlers['run:show']('r')
const waiting = async (bench: Bench) => waitingPlans(lineageEntries(await show(bench)))

async function planned(settings: object = {}): Promise<Bench & { readonly plan: number }> {
  const bench = newBench()
  await bench.create('r', { ...FROZEN, ...settings })
  const { id } = await bench.host.handlers['run:plan-nudge']('r', { learning_rate: 0.05 }, WHEN)
  return { ...bench, plan: id }
}

describe('a planned nudge', () => {
  test('is journaled on a run at rest and takes force once the dev cost is flat', async () => {
    const bench = await planned()
    const before = await waiting(bench)
    await bench.train('r', { steps: 2 })
    const early = await show(bench)
    await bench.train('r', { steps: 3 })
    const after = await show(bench)

    const nudge = after.journal.find(({ kind }) => kind === 'nudge')
    expect(before).toMatchObject([{ id: bench.plan, kind: 'planned', when: WHEN, step: 0 }])
    expect(early.readings.learning_rate?.inForce).toBe(0)
    expect(nudge).toMatchObject({
      plan: bench.plan,
      step: 3,
      firstStep: 4,
      changes: [{ name: 'learning_rate', from: 0, to: 0.05 }],
    })
    expect(after.readings.learning_rate?.inForce).toBe(0.05)
    expect(after.checkpoints.some(({ kind, step }) => kind === 'nudge' && step === 3)).toBe(true)
    expect(await waiting(bench)).toEqual([])
  })

  test('remembers what was measured across restarts', async () => {
    const bench = await planned()
    for (const steps of [1, 1]) {
      const once = bench.another()
      await once.train('r', { steps })
      await once.close()
    }
    const again = bench.another()

    await again.train('r', { steps: 1 })

    const nudge = (await show(again)).journal.find(({ kind }) => kind === 'nudge')
    expect(nudge).toMatchObject({ plan: bench.plan, step: 3 })
  })

  test('counts what is measured after it was made, and may have a ramp', async () => {
    const bench = newBench()
    await bench.create('r', FROZEN)
    await bench.train('r', { steps: 6 })
    const { handlers } = bench.host
    await handlers['run:plan-nudge']('r', { learning_rate: 0.08 }, WHEN, { steps: 4 })

    await bench.train('r', { steps: 4 })
    const inside = await show(bench)

    expect(inside.journal.find(({ kind }) => kind === 'nudge')).toMatchObject({
      step: 9,
      ramp: { steps: 4 },
    })
    expect(inside.readings.learning_rate).toMatchObject({ requested: 0.08, inForce: 0.04 })
  })

  test('leaves a run that learns alone', async () => {
    const bench = newBench()
    await bench.create('r', {
      optimizer: 'gradient_descent',
      hyperparameters: { learning_rate: 0.01, l2: 10, batch_size: 96 }, // weights just shrink
      evaluate_every: { steps: 1 },
    })
    const when = { evaluations: 2, tolerance: 0 }
    await bench.host.handlers['run:plan-nudge']('r', { learning_rate: 0.02 }, when)

    await bench.train('r', { steps: 8 })

    const { mean } = await bench.host.handlers['run:series']('r', { metric: 'dev_cost' })
    expect([...mean]).toEqual([...mean].toSorted((a, b) => b - a))
    expect(await waiting(bench)).toHaveLength(1)
  })

  test('is dropped once, and by its number alone', async () => {
    const bench = await planned()
    const { handlers } = bench.host
    await expect(handlers['run:drop-plan']('r', bench.plan + 1)).rejects.toMatchObject({
      code: 'session/no-such-target',
    })

    const entry = await handlers['run:drop-plan']('r', bench.plan)
    await bench.train('r', { steps: 5 })

    expect(entry).toMatchObject({ kind: 'plan-dropped', plan: bench.plan })
    expect((await show(bench)).journal.some(({ kind }) => kind === 'nudge')).toBe(false)
    await expect(handlers['run:drop-plan']('r', bench.plan)).rejects.toMatchObject({
      code: 'session/no-such-target',
    })
  })

  test('is gone with a rollback to before it, and waits again after one to before its nudge', async () => {
    const bench = newBench()
    await bench.create('r', { ...FROZEN, day: { steps: 2 } })
    await bench.train('r', { steps: 3 })
    const { handlers } = bench.host
    const plan = await handlers['run:plan-nudge']('r', { learning_rate: 0.05 }, WHEN)
    await bench.train('r', { steps: 5 })
    const fulfilled = await waiting(bench)

    await handlers['run:rollback']('r', '2', { knobs: 'then' })
    const between = await waiting(bench)
    await handlers['run:rollback']('r', '1', { knobs: 'then' })
    const before = await waiting(bench)
    await handlers['run:rollback']('r', 'b2:2', { knobs: 'then' })
    await bench.train('r', { steps: 2 })
    const nudges = (await show(bench)).journal.filter(({ kind }) => kind === 'nudge')

    expect(fulfilled).toEqual([])
    expect(between.map(({ id }) => id)).toEqual([plan.id])
    expect(before).toEqual([])
    expect(nudges.map(({ branch, step }) => [branch, step])).toEqual([
      ['b1', 6],
      ['b4', 6],
    ])
  })

  test('is taken back with an undo of its nudge: it does not nudge again at once', async () => {
    const bench = await planned()
    await bench.train('r', { steps: 5 })

    await bench.host.handlers['run:undo']('r')
    await bench.train('r', { steps: 5 })

    const { journal, readings } = await show(bench)
    expect(await waiting(bench)).toEqual([])
    expect(journal.filter(({ kind }) => kind === 'nudge')).toHaveLength(1)
    expect(readings.learning_rate?.inForce).toBe(0)
  })

  test('is dropped where a person has gone there first', async () => {
    const bench = await planned({ hyperparameters: { learning_rate: 0, batch_size: 96 } })
    await bench.train('r', { steps: 1 })
    const { handlers } = bench.host
    const other = await handlers['run:plan-nudge']('r', { l2: 0.1 }, { ...WHEN, evaluations: 3 })
    await handlers['run:nudge']('r', { l2: 0.1 })
    await handlers['run:drop-plan']('r', bench.plan)

    await bench.train('r', { steps: 6 })

    const { journal } = await show(bench)
    expect(journal.findLast(({ kind }) => kind === 'plan-dropped')).toMatchObject({
      plan: other.id,
      branch: 'b1',
      step: 5,
    })
    expect(journal.filter(({ kind }) => kind === 'nudge')).toHaveLength(1)
  })

  test('is replayed as it was, bit for bit', async () => {
    const bench = await planned()
    await bench.train('r', { steps: 12 })

    const verified = await bench.host.handlers['run:verify']('r', null)

    expect(verified.map(({ identical }) => identical)).toEqual([true, true, true])
  })

  test.each([
    ['an unknown knob', { momentum: 0.5 }, 'session/unknown-hyperparameter'],
    ['a value it cannot have', { learning_rate: -1 }, 'session/invalid-value'],
    ['the value it has', { learning_rate: 0 }, 'session/invalid-value'],
  ])('of %s is refused at once', async (_, changes, code) => {
    const bench = newBench()
    await bench.create('r', FROZEN)

    const planning = bench.host.handlers['run:plan-nudge']('r', changes, WHEN)

    await expect(planning).rejects.toMatchObject({ code })
  })

  test('is refused where nothing measures a dev cost, and what to do is said', () => {
    expect(() => assertMeasured(0)).toThrowError(
      expect.objectContaining({
        code: 'session/not-possible-now',
        remedy: expect.stringMatching(/over a number of steps/) as string,
      }),
    )
    expect(() => assertMeasured(1)).not.toThrow()
  })

  test('is read from a snapshot as from the file, whatever branches there are', async () => {
    const bench = await planned()
    const { handlers } = bench.host
    await bench.train('r', { steps: 5 })
    await handlers['run:note']('r', 'after')
    await handlers['run:rollback']('r', '1', { knobs: 'then' })
    await handlers['run:plan-nudge']('r', { l2: 0.5 }, WHEN)
    await bench.train('r', { steps: 1 })
    await handlers['run:nudge']('r', { l2: 0.1 })
    await handlers['run:note']('r', 'at the same step')
    await handlers['run:nudge']('r', { l2: 0.2 })
    await handlers['run:undo']('r')
    await handlers['run:undo']('r')
    await handlers['run:rollback']('r', '0', { knobs: 'then' })
    await bench.train('r', { steps: 1 })
    const snapshot = await show(bench)
    await bench.close()

    const db = openForReading(path.join(bench.folder, 'r.panda'), PLACES)
    const fromFile = snapshot.branches.map(({ branch }) => lineageJournal(db, branch))
    closeRun(db)

    expect(fromFile.length).toBe(5)
    expect(snapshot.branches.map(({ branch }) => lineageEntries({ ...snapshot, branch }))).toEqual(
      fromFile,
    )
  })
})
