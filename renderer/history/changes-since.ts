import type { JournalEntry, PauseReason, RunSnapshot } from '../../core/protocol/run.ts'
import { describeChange, placeOf } from '../chart/flags.ts'
import { formatCost, formatCount } from '../ui/format.ts'
import type { Look } from './last-look.ts'

/** One thing that happened, in a few words. */
export interface Change {
  readonly text: string
  readonly tone: 'calm' | 'warn' | 'bad'
}

const LONGEST = 80
const shortened = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
const counted = (count: number, one: string) =>
  `${formatCount(count)} ${count === 1 ? one : `${one}s`}`

/** `1 nudge:`, or `3 nudges, the last` */
const latest = (entries: readonly JournalEntry[], one: string) =>
  `${counted(entries.length, one)}${entries.length > 1 ? ', the last' : ':'}`

const calm = (text: string): Change => ({ text, tone: 'calm' })

/** From then to now, where one sees a difference. */
function costLine(look: Look, { step, cost, devCost }: RunSnapshot): readonly Change[] {
  if (step === look.step) return []
  const [name, then, now] =
    devCost === null ? ['train', look.cost, cost] : ['dev', look.devCost, devCost]
  const trained = step > look.step ? ` in ${counted(step - look.step, 'step')}` : ''
  const from = formatCost(then)
  const to = formatCost(now)
  if (now === null || from === to) {
    return trained === '' ? [] : [calm(`${name} ${to}, the same,${trained}`)]
  }
  return [calm(`${name} ${then === null ? '' : `${from} → `}${to}${trained}`)]
}

type OfKind<K extends JournalEntry['kind']> = JournalEntry & { readonly kind: K }
const ofKind = <K extends JournalEntry['kind']>(news: readonly JournalEntry[], kind: K) =>
  news.filter((entry): entry is OfKind<K> => entry.kind === kind)

function daysLine(news: readonly JournalEntry[]): readonly Change[] {
  const days = ofKind(news, 'day').map(({ day }) => day)
  const last = days.at(-1)
  if (last === undefined) return []
  return [
    calm(
      `${counted(days.length, 'day')} closed${days.length > 1 ? ', the last' : ':'} day ${last}`,
    ),
  ]
}

function steeringLine(news: readonly JournalEntry[], snapshot: RunSnapshot): readonly Change[] {
  const nudges = ofKind(news, 'nudge')
  const backs = [...ofKind(news, 'rollback'), ...ofKind(news, 'undo')].sort((a, b) => a.id - b.id)
  const last = nudges.at(-1)
  const lastBack = backs.at(-1)
  const parts = [
    ...(last === undefined
      ? []
      : [`${latest(nudges, 'nudge')} ${last.changes.map(describeChange).join(', ')}`]),
    ...(lastBack === undefined
      ? []
      : [`${latest(backs, 'rollback')} to ${placeOf(snapshot, lastBack.to)}`]),
  ]
  return parts.length === 0 ? [] : [calm(parts.join(' · '))]
}

/** Pauses that nobody asked for. */
const STOPPED: { readonly [K in PauseReason]: string | null } = {
  asked: null,
  'amount-reached': 'it did what was asked and paused',
  'rolled-back': null,
  'not-finite': 'paused: a step was not finite',
  recovered: 'brought back after a crash',
  resting: null,
}

function troubleLine(
  look: Look,
  news: readonly JournalEntry[],
  { state }: RunSnapshot,
): readonly Change[] {
  if (state.kind === 'failed' && look.state !== 'failed')
    return [{ text: `failed: ${state.error.message}`, tone: 'bad' }]
  const alerts = ofKind(news, 'alert')
  const last = alerts.at(-1)
  if (last !== undefined) {
    return [{ text: `${latest(alerts, 'alert')} ${shortened(last.message)}`, tone: 'warn' }]
  }
  const stopped = ofKind(news, 'paused').flatMap(({ reason }) => STOPPED[reason] ?? [])
  return stopped.slice(-1).map(calm)
}

function notesLine(news: readonly JournalEntry[]): readonly Change[] {
  const notes = ofKind(news, 'note')
  const last = notes.at(-1)
  if (last === undefined) return []
  return [calm(`${latest(notes, 'note')} ${shortened(last.text)}`)]
}

/** What happened to a run since a look at it, in at most five lines; none where nothing is new or it is another run. */
export function changesSince(look: Look, snapshot: RunSnapshot): readonly Change[] {
  if (look.bornAt !== snapshot.facts.createdAt) return []
  const news = snapshot.journal.filter(({ id }) => id > look.entry)
  return [
    ...costLine(look, snapshot),
    ...daysLine(news),
    ...steeringLine(news, snapshot),
    ...troubleLine(look, news, snapshot),
    ...notesLine(news),
  ]
}
