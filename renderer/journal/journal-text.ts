import { assertNever } from '../../core/errors.ts'
import type {
  Change,
  JournalEntry,
  NudgeRamp,
  PauseReason,
  RunSnapshot,
} from '../../core/protocol/run.ts'
import { describeChange, placeOf } from '../chart/flags.ts'
import { formatCount, formatPercent } from '../ui/format.ts'

const PAUSED: { readonly [K in PauseReason]: string } = {
  asked: 'Paused.',
  'amount-reached': 'Paused: the amount asked for is done.',
  'rolled-back': 'Paused after going back.',
  'not-finite': 'Paused: a step was not finite and never reached the weights.',
  recovered: 'Brought back after a crash.',
  resting: 'Saved and closed.',
}

const changesIn = (changes: readonly Change[]) => changes.map(describeChange).join(', ')

const rampIn = (ramp: NudgeRamp | undefined) =>
  ramp === undefined ? '' : `, over ${formatCount(ramp.steps)} steps`

function nudgeSentence(entry: JournalEntry & { readonly kind: 'nudge' }): string {
  const { changes, firstStep, ramp, plan } = entry
  const start = plan === undefined ? 'Nudged' : 'As planned, nudged'
  const last = ramp === undefined ? '' : ` to step ${formatCount(firstStep + ramp.steps - 1)}`
  return `${start} ${changesIn(changes)}, from step ${formatCount(firstStep)}${last}.`
}

function plannedSentence(entry: JournalEntry & { readonly kind: 'planned' }): string {
  const { changes, ramp, when } = entry
  const flat = `falls less than ${formatPercent(when.tolerance)} in ${when.evaluations} measures`
  return `Planned ${changesIn(changes)}${rampIn(ramp)}, once the dev cost ${flat}.`
}

function droppedSentence(plan: number, { journal }: RunSnapshot): string {
  const planned = journal.find(({ id }) => id === plan)
  const what = planned?.kind === 'planned' ? `: ${changesIn(planned.changes)}` : ''
  return `Dropped the planned nudge${what}.`
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
      return nudgeSentence(entry)
    case 'planned':
      return plannedSentence(entry)
    case 'plan-dropped':
      return droppedSentence(entry.plan, snapshot)
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

/** What a note is about, as `day 4`, `day 5 of b2` or `step 1 200`; null for the run and other lines. */
export function subjectOf(entry: JournalEntry, snapshot: RunSnapshot): string | null {
  if (entry.kind !== 'note' || entry.about === undefined) return null
  const { about } = entry
  const where = about.kind === 'day' ? `day ${about.day}` : `step ${formatCount(about.step)}`
  return snapshot.branches.length > 1 ? `${where} of ${about.branch}` : where
}
