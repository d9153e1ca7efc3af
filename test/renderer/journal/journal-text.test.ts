import { describe, expect, test } from 'vitest'
import type { JournalDetail } from '../../../core/protocol/run.ts'
import { sentenceOf, subjectOf } from '../../../renderer/journal/journal-text.ts'
import { FakeRun } from '../fake-run.ts'

const changes = [{ name: 'learning_rate', from: 0.001, to: 0.0005 }] as const
const when = { evaluations: 5, tolerance: 0.005 }

/** The sentence of the last of some lines, each written after the one before. */
function sentence(...details: readonly JournalDetail[]) {
  const run = new FakeRun('digits')
  for (const detail of details) {
    const { branch, step } = run.snapshot
    run.say({ branch, step, type: 'journaled', entry: { ...run.entry(), ...detail } })
  }
  const last = run.snapshot.journal.at(-1)
  return last && sentenceOf(last, run.snapshot)
}

describe('a nudge with a shape', () => {
  test('over some steps says where it starts and where it has arrived', () => {
    const nudge = { kind: 'nudge', changes, checkpoint: 'c2', firstStep: 501 } as const

    expect(sentence({ ...nudge, ramp: { steps: 1_000 } })).toBe(
      'Nudged α 0.001 → 5e-4, from step 501 to step 1\u202f500.',
    )
    expect(sentence({ ...nudge, plan: 2 })).toBe(
      'As planned, nudged α 0.001 → 5e-4, from step 501.',
    )
  })

  test('that waits says for what', () => {
    expect(sentence({ kind: 'planned', changes, when, ramp: { steps: 200 } })).toBe(
      'Planned α 0.001 → 5e-4, over 200 steps, once the dev cost falls less than 0.5 % in 5 measures.',
    )
  })

  test('that was dropped says which it was', () => {
    expect(sentence({ kind: 'planned', changes, when }, { kind: 'plan-dropped', plan: 2 })).toBe(
      'Dropped the planned nudge: α 0.001 → 5e-4.',
    )
  })
})

test('a note names its branch only where there are several', () => {
  const run = new FakeRun('digits')
  run.train(250)
  const about = { kind: 'point', branch: 'b1', step: 1_200 } as const
  const entry = { ...run.entry(), kind: 'note', text: 'here', about } as const

  expect(subjectOf(entry, run.snapshot)).toBe('step 1\u202f200')
  run.rollback(run.targetOf('1'), null, 'rollback')

  expect(subjectOf(entry, run.snapshot)).toBe('step 1\u202f200 of b1')
})
