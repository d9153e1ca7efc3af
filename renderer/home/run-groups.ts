import type { RunSummary } from '../../core/protocol/run.ts'
import { unseenAlertOf } from './unseen-alert.ts'

/** A part of the home view: runs that want the same of a person. */
export interface RunGroup {
  readonly title: 'Training' | 'Needs you' | 'Resting'
  readonly runs: readonly RunSummary[]
}

/**
 * Does it wait for a person: it failed, a step was refused, it was interrupted, its file can't be read, or it has
 * an alert that nobody has seen?
 */
export function needsYou(summary: RunSummary): boolean {
  if (!summary.ok || unseenAlertOf(summary) !== null) return true
  const { state } = summary
  if (state.kind === 'failed') return true
  return state.kind === 'paused' && (state.reason === 'not-finite' || state.reason === 'recovered')
}

const titleOf = (summary: RunSummary): RunGroup['title'] => {
  if (needsYou(summary)) return 'Needs you'
  const isUnderWay =
    summary.ok && (summary.state.kind === 'running' || summary.state.kind === 'preparing')
  return isUnderWay ? 'Training' : 'Resting'
}

/** Has a name every word of `filter`, in any order, with or without capitals? */
export const fitsName = (name: string, filter: string): boolean =>
  filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => name.toLowerCase().includes(word))

const timeOf = (summary: RunSummary) => (summary.ok ? summary.updatedAt : 0)

/**
 * The runs whose name has every word of `filter`, in groups: who needs a person first, who rests last. What rests
 * is ordered by when it last changed; the others by name, so that nothing moves while it trains.
 */
export function groupRuns(runs: readonly RunSummary[], filter: string): readonly RunGroup[] {
  const fitting = runs.filter(({ run }) => fitsName(run, filter))
  const byName = (a: RunSummary, b: RunSummary) =>
    a.run.localeCompare(b.run, undefined, { numeric: true })
  const groups = (['Needs you', 'Training', 'Resting'] as const).map((title) => ({
    title,
    runs: fitting
      .filter((summary) => titleOf(summary) === title)
      .toSorted((a, b) => (title === 'Resting' ? timeOf(b) - timeOf(a) : 0) || byName(a, b)),
  }))
  return groups.filter((group) => group.runs.length > 0)
}
