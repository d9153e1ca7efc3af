import type { NoteSubject, RunSnapshot } from '../../core/protocol/run.ts'
import { formatCount } from '../ui/format.ts'
import { lineageOf } from './lineage.ts'

/** The point of the head's history at a step: which branch it was recorded on. */
export function pointAt(snapshot: RunSnapshot, step: number): NoteSubject {
  const at = Math.max(0, Math.min(Math.round(step), snapshot.step))
  const stretch = lineageOf(snapshot).find(({ to }) => at <= to)
  return { kind: 'point', branch: stretch?.branch ?? snapshot.branch, step: at }
}

/** What a note is about, as a person would say it. */
export function labelOfSubject(subject: NoteSubject | null): string {
  if (subject === null) return ''
  return subject.kind === 'day'
    ? `day ${subject.day} of branch ${subject.branch}`
    : `step ${formatCount(subject.step)} of branch ${subject.branch}`
}
