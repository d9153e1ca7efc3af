import { describeHyperparameter } from '../../core/protocol/hyperparameters.ts'
import type {
  AlertName,
  Change,
  CheckpointId,
  JournalEntry,
  NoteSubject,
  RunSnapshot,
} from '../../core/protocol/run.ts'
import { formatCount, formatMoment, formatSetting } from '../ui/format.ts'
import { lineageOf, nudgesOf } from '../run/lineage.ts'
import { lineageJournalOf } from './time-anchors.ts'

/** A mark on the curve, with the line of the journal that tells of it. */
export interface Flag {
  readonly id: string
  readonly kind: 'nudge' | 'back' | 'alert' | 'note'
  readonly step: number
  /** Where a ramp has got to where it was to go. */
  readonly untilStep?: number
  readonly label: string
  /** The whole story, for the tooltip and for screen readers. */
  readonly detail: string
  /** The journal's entry; null where none is known. */
  readonly entry: number | null
}

export function describeChange({ name, from, to }: Change): string {
  const { symbol } = describeHyperparameter(name)
  return `${symbol} ${formatSetting(from)} → ${formatSetting(to)}`
}

/** "day 4" where a day ended at this checkpoint, else its step. */
export function placeOf(snapshot: RunSnapshot, checkpoint: CheckpointId): string {
  const day = snapshot.days.find((closed) => closed.checkpoint === checkpoint)
  if (day !== undefined) return `day ${day.day}`
  const found = snapshot.checkpoints.find((known) => known.checkpoint === checkpoint)
  if (found?.kind === 'initial') return 'day 0'
  return found === undefined ? checkpoint : `step ${formatCount(found.step)}`
}

type Nudge = JournalEntry & { readonly kind: 'nudge' }

function nudgeFlag(entry: Nudge): Flag {
  const label = entry.changes.map(describeChange).join(', ')
  const { ramp, firstStep } = entry
  const untilStep = ramp === undefined ? null : firstStep + ramp.steps - 1
  const how =
    untilStep === null || ramp === undefined
      ? `from step ${formatCount(firstStep)}`
      : `over ${formatCount(ramp.steps)} steps, ${formatCount(firstStep)} to ${formatCount(untilStep)}`
  const planned = entry.plan === undefined ? '' : ', as planned for when the dev cost is flat'
  return {
    id: `nudge-${entry.id}`,
    kind: 'nudge',
    step: firstStep,
    label,
    detail: `${label}, ${how}${planned} · ${formatMoment(entry.at)}`,
    entry: entry.id,
    ...(untilStep !== null && { untilStep }),
  }
}

function backFlags(snapshot: RunSnapshot): readonly Flag[] {
  return lineageOf(snapshot)
    .slice(1)
    .map(({ branch, from }): Flag => {
      const made = snapshot.branches.find((known) => known.branch === branch)
      const checkpoint = made?.forkCheckpoint ?? null
      const entry = snapshot.journal.findLast(
        (line) =>
          (line.kind === 'rollback' || line.kind === 'undo') &&
          line.to === checkpoint &&
          (line.branch === branch || line.from.branch === made?.parent),
      )
      const place =
        checkpoint === null ? `step ${formatCount(from)}` : placeOf(snapshot, checkpoint)
      const label = entry?.kind === 'undo' ? 'nudge undone' : `back to ${place}`
      const why = made?.reason ? `: ${made.reason}` : ''
      const when = entry === undefined ? '' : ` · ${formatMoment(entry.at)}`
      const detail = `${label}, step ${formatCount(from)}${why}${when}`
      return {
        id: `back-${branch}`,
        kind: 'back',
        step: from,
        label,
        detail,
        entry: entry?.id ?? null,
      }
    })
}

const LONGEST_LABEL = 28
const shortened = (text: string) =>
  text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1).trimEnd()}…` : text

/** Where on the head's history a note belongs; null where it is about the run, or about a ghost. */
function stepOfNote(snapshot: RunSnapshot, about: NoteSubject | undefined): number | null {
  if (about === undefined) return null
  const part = lineageOf(snapshot).find(({ branch }) => branch === about.branch)
  if (part === undefined) return null
  const day = about.kind === 'day' ? about.day : null
  const step =
    about.kind === 'point'
      ? about.step
      : day === 0
        ? 0
        : snapshot.days.findLast((one) => one.branch === about.branch && one.day === day)?.toStep
  return step !== undefined && step <= part.to ? step : null
}

const ALERTS: { readonly [K in AlertName]: string } = {
  'not-finite': 'not a number',
  interrupted: 'interrupted',
  'engine-changed': 'engine changed',
}

/** Flags of the head's history, oldest first. Nudges that still wait are none. */
export function flagsOf(snapshot: RunSnapshot): readonly Flag[] {
  const others = lineageJournalOf(snapshot).flatMap((entry): Flag[] => {
    if (entry.kind !== 'alert') return []
    const { id, step, message, alert, at } = entry
    const detail = `${message} Step ${formatCount(step)} · ${formatMoment(at)}`
    return [{ id: `alert-${id}`, kind: 'alert', step, label: ALERTS[alert], detail, entry: id }]
  })
  const notes = snapshot.journal.flatMap((entry): Flag[] => {
    if (entry.kind !== 'note') return []
    const step = stepOfNote(snapshot, entry.about)
    if (step === null) return []
    const { id, text, about, at } = entry
    const place = about?.kind === 'day' ? `day ${about.day}` : `step ${formatCount(step)}`
    const detail = `Note on ${place}: ${text} · ${formatMoment(at)}`
    return [{ id: `note-${id}`, kind: 'note', step, label: shortened(text), detail, entry: id }]
  })
  const nudges = nudgesOf(snapshot).map(nudgeFlag)
  return [...nudges, ...backFlags(snapshot), ...others, ...notes].sort((a, b) => a.step - b.step)
}
