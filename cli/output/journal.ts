import type { JournalEntry, PauseReason } from '../../core/protocol/run.ts'
import { assertNever } from '../../core/errors.ts'

/** Why a run stands still, as the end of a sentence. */
export const PAUSE_REASONS: { readonly [R in PauseReason]: string } = {
  asked: 'asked to',
  'amount-reached': 'the amount asked for is done',
  'rolled-back': 'rolled back',
  'not-finite': 'a step whose cost or gradient was not finite was refused',
  recovered: 'reopened after a crash',
  resting: 'saved and closed',
}

/** What one line of the journal says, without when and where. */
export function describeEntry(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'created':
      return 'created'
    case 'started':
      return `started (${entry.engine}, threads: ${entry.threads})`
    case 'paused':
      return `paused: ${PAUSE_REASONS[entry.reason]}`
    case 'nudge': {
      const changes = entry.changes.map(({ name, from, to }) => `${name} ${from} → ${to}`)
      return `nudge: ${changes.join(', ')} from step ${entry.firstStep} on`
    }
    case 'day':
      return `day ${entry.day} closed (${entry.checkpoint})`
    case 'rollback':
    case 'undo': {
      const { branch, step } = entry.from
      const reason = entry.reason === null ? '' : `: ${entry.reason}`
      return `${entry.kind} to ${entry.to} from ${branch} at step ${step}${reason}`
    }
    case 'alert':
      return `alert: ${entry.message}`
    case 'note':
      return `note: ${entry.text}`
    default:
      return assertNever(entry)
  }
}
