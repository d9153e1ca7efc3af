import { describeHyperparameter } from '../../core/protocol/hyperparameters.ts'
import type { Change, CheckpointId, RunSnapshot } from '../../core/protocol/run.ts'
import { formatCount, formatSetting } from '../ui/format.ts'
import { lineageOf, nudgesOf } from '../run/lineage.ts'

/** A mark on the curve: where a nudge landed, or where the run went back. */
export interface Flag {
  readonly id: string
  readonly kind: 'nudge' | 'back'
  readonly step: number
  readonly label: string
  /** The whole story, for the tooltip and for screen readers. */
  readonly detail: string
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

/** Flags of the head's history, oldest first. */
export function flagsOf(snapshot: RunSnapshot): readonly Flag[] {
  const nudges = nudgesOf(snapshot).map((entry): Flag => {
    const label = entry.changes.map(describeChange).join(', ')
    const detail = `${label}, from step ${formatCount(entry.firstStep)}`
    return { id: `nudge-${entry.id}`, kind: 'nudge', step: entry.firstStep, label, detail }
  })
  const forks = lineageOf(snapshot).slice(1)
  const backs = forks.map(({ branch, from }): Flag => {
    const made = snapshot.branches.find((known) => known.branch === branch)
    const checkpoint = made?.forkCheckpoint ?? null
    const entry = snapshot.journal.findLast(
      (line) =>
        (line.kind === 'rollback' || line.kind === 'undo') &&
        line.to === checkpoint &&
        (line.branch === branch || line.from.branch === made?.parent),
    )
    const place = checkpoint === null ? `step ${formatCount(from)}` : placeOf(snapshot, checkpoint)
    const label = entry?.kind === 'undo' ? 'nudge undone' : `back to ${place}`
    const why = made?.reason ? `: ${made.reason}` : ''
    const detail = `${label}, step ${formatCount(from)}${why}`
    return { id: `back-${branch}`, kind: 'back', step: from, label, detail }
  })
  return [...nudges, ...backs].sort((a, b) => a.step - b.step)
}
