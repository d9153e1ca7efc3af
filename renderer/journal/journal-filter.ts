import type { JournalEntry, RunSnapshot } from '../../core/protocol/run.ts'
import { sentenceOf, subjectOf } from './journal-text.ts'

export const JOURNAL_FILTERS = ['all', 'nudges', 'notes', 'alerts', 'days'] as const
export type JournalFilter = (typeof JOURNAL_FILTERS)[number]

/** Under which chip each kind of line is found, besides All. */
export const FILTER_OF: { readonly [K in JournalEntry['kind']]: JournalFilter } = {
  created: 'all',
  started: 'all',
  paused: 'all',
  nudge: 'nudges',
  planned: 'nudges',
  'plan-dropped': 'nudges',
  undo: 'nudges',
  rollback: 'days',
  day: 'days',
  alert: 'alerts',
  note: 'notes',
}

/** A line of the journal as the panel shows it. */
export interface JournalLine {
  readonly entry: JournalEntry
  readonly sentence: string
  /** What a note is about; null for the run as a whole. */
  readonly subject: string | null
}

interface Wanted {
  readonly filter: JournalFilter
  /** Looked for in the sentence, whatever the case; blank finds everything. */
  readonly text: string
}

/** The lines that are wanted, newest first. */
export function journalLines(
  snapshot: RunSnapshot,
  { filter, text }: Wanted,
): readonly JournalLine[] {
  const needle = text.trim().toLocaleLowerCase()
  const lines: JournalLine[] = []
  for (const entry of snapshot.journal) {
    if (filter !== 'all' && FILTER_OF[entry.kind] !== filter) continue
    const sentence = sentenceOf(entry, snapshot)
    const subject = subjectOf(entry, snapshot)
    const said = `${subject ?? ''} ${sentence}`.toLocaleLowerCase()
    if (said.includes(needle)) lines.push({ entry, sentence, subject })
  }
  return lines.reverse()
}
