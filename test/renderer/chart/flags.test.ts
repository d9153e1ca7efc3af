import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JournalDetail } from '../../../core/protocol/run.ts'
import { flagsOf } from '../../../renderer/chart/flags.ts'
import type { Flag } from '../../../renderer/chart/flags.ts'
import { placeFlags } from '../../../renderer/chart/place-flags.ts'
import { FakeRun } from '../fake-run.ts'

const plot = { left: 0, right: 800, xOf: (step: number) => step }
const flagAt = (step: number, label = 'α 0.01 → 0.02', id = step): Flag => ({
  id: String(id),
  kind: 'nudge',
  step,
  label,
  detail: label,
  entry: id,
})

describe('placing flags', () => {
  test('never lets one cover another, and loses none that is in view', () => {
    const flag = fc.tuple(fc.integer({ min: 0, max: 800 }), fc.string({ maxLength: 30 }))
    fc.assert(
      fc.property(fc.array(flag, { maxLength: 60 }), (list) => {
        const flags = list
          .toSorted(([a], [b]) => a - b)
          .map(([step, label], i) => flagAt(step, label, i))

        const placed = placeFlags(flags, plot)

        for (const [i, a] of placed.entries()) {
          for (const b of placed.slice(i + 1)) {
            if (a.row === b.row) expect(a.left + a.width).toBeLessThanOrEqual(b.left)
          }
        }
        expect(placed.flatMap((one) => one.flags.map(({ id }) => id)).sort()).toEqual(
          flags.map(({ id }) => id).sort(),
        )
      }),
    )
  })

  test('stands close ones below each other, counts those that have no room, leaves out what is not in view', () => {
    const placed = placeFlags(
      [10, 12, 14, 16, 18, 300, 795, 900].map((step) => flagAt(step)),
      plot,
    )

    expect(placed.map(({ row, isRoomy, flags }) => [row, isRoomy, flags.length])).toEqual([
      [0, true, 1],
      [1, true, 1],
      [2, false, 3],
      [0, true, 1],
      [0, false, 1],
    ])
  })

  test('takes the words of a flag before it counts the next one in', () => {
    const placed = placeFlags(
      [10, 12, 14, 50].map((step) => flagAt(step)),
      plot,
    )

    expect(placed.map(({ row, isRoomy }) => [row, isRoomy])).toEqual([
      [0, false],
      [1, true],
      [2, true],
      [0, true],
    ])
  })

  test('shows how long a ramp takes', () => {
    const [placed] = placeFlags([{ ...flagAt(100), untilStep: 400 }], plot)

    expect(placed).toMatchObject({ left: 100, until: 400 })
  })
})

describe('the flags of a run', () => {
  const write = (run: FakeRun, detail: JournalDetail) => {
    const { branch, step } = run.snapshot
    run.say({ branch, step, type: 'journaled', entry: { ...run.entry(), ...detail } })
  }

  test('tell of ramps, alerts and notes about points and days, each with its journal entry', () => {
    const run = new FakeRun('digits')
    run.train(130)
    write(run, { kind: 'note', text: 'a bump', about: { kind: 'point', branch: 'b1', step: 40 } })
    write(run, { kind: 'note', text: 'good day', about: { kind: 'day', branch: 'b1', day: 1 } })
    write(run, { kind: 'note', text: 'about the run' })
    write(run, { kind: 'alert', alert: 'interrupted', message: 'Panda was ended.' })
    const { checkpoint } = run.checkpoint('nudge')
    write(run, {
      kind: 'nudge',
      changes: [{ name: 'learning_rate', from: 0.001, to: 0.002 }],
      checkpoint,
      firstStep: 131,
      ramp: { steps: 100 },
    })

    const flags = flagsOf(run.snapshot)

    expect(flags.map(({ kind, step, untilStep }) => [kind, step, untilStep])).toEqual([
      ['note', 40, undefined],
      ['note', 125, undefined],
      ['alert', 130, undefined],
      ['nudge', 131, 230],
    ])
    const entries = new Set(run.snapshot.journal.map(({ id }) => id))
    for (const { entry } of flags) expect(entries.has(entry ?? -1)).toBe(true)
    expect(flags[0]?.detail).toContain('a bump')
    expect(flags.at(-1)?.detail).toContain('over 100 steps, 131 to 230')
  })

  test('do not tell of nudges that still wait, nor of what was left on a ghost', () => {
    const run = new FakeRun('digits')
    run.train(300)
    write(run, {
      kind: 'planned',
      changes: [{ name: 'learning_rate', from: 0.001, to: 0.0005 }],
      when: { evaluations: 5, tolerance: 0.005 },
    })
    write(run, { kind: 'note', text: 'odd', about: { kind: 'point', branch: 'b1', step: 290 } })
    run.rollback(run.targetOf('1'), 'too high', 'rollback')

    expect(flagsOf(run.snapshot).map(({ kind, label }) => [kind, label])).toEqual([
      ['back', 'back to day 1'],
    ])
  })
})
