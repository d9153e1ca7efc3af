import { assertNever } from '../../core/errors.ts'
import type { JournalEntry, PauseReason, RunSnapshot } from '../../core/protocol/run.ts'
import { describeChange, placeOf } from '../chart/flags.ts'
import { formatCount } from '../ui/format.ts'

const PAUSED: { readonly [K in PauseReason]: string } = {
  asked: 'Paused.',
  'amount-reached': 'Paused: the amount asked for is done.',
  'rolled-back': 'Paused after going back.',
  'not-finite': 'Paused: a step was not finite and never reached the weights.',
  recovered: 'Brought back after a crash.',
  resting: 'Saved and closed.',
}

/** A line of the journal as a person would say it. */
export function sentenceOf(entry: JournalEntry, snapshot: RunSnapshot): string {
  switch (entry.kind) {
    case 'created':
      return 'A panda was born.'
    case 'started':
      return `Training ${entry.step === 0 ? 'started' : 'went on'} (${entry.threads} ${entry.threads === 1 ? 'thread' : 'threads'}).`
    case 'paused':
      return PAUSED[entry.reason]
    case 'nudge':
      return `Nudged ${entry.changes.map(describeChange).join(', ')}, from step ${formatCount(entry.firstStep)}.`
    case 'day':
      return `Day ${entry.day} ended.`
    case 'rollback': {
      const why = entry.reason ? ` ${entry.reason}` : ''
      return `Went back to ${placeOf(snapshot, entry.to)} from step ${formatCount(entry.from.step)}.${why}`
    }
    case 'undo':
      return `Undid a nudge: back to ${placeOf(snapshot, entry.to)} from step ${formatCount(entry.from.step)}.`
    case 'alert':
      return entry.message
    case 'note':
      return entry.text
    default:
      return assertNever(entry)
  }
}
