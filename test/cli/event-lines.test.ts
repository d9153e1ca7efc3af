import { expect, test } from 'vitest'
import { eventText } from '../../cli/train/event-lines.ts'
import type { JournalDetail } from '../../core/protocol/run.ts'

const at = { branch: 'b1', step: 40 } as const
const textOf = (detail: JournalDetail) =>
  eventText({ type: 'journaled', ...at, entry: { id: 12, at: 0, ...at, ...detail } })

test('whoever watches training reads what people wrote and planned, and no other line', () => {
  const changes = [{ name: 'l2', from: 0, to: 0.1 }] as const
  const when = { evaluations: 5, tolerance: 0.005 }

  expect(textOf({ kind: 'note', text: 'tea' })).toBe('Step 40: note: tea')
  expect(textOf({ kind: 'planned', changes, when })).toContain('Step 40: planned (12): l2 0 → 0.1')
  expect(textOf({ kind: 'plan-dropped', plan: 12 })).toBe('Step 40: plan 12 dropped')
  expect(textOf({ kind: 'paused', reason: 'asked' })).toBeNull()
})
