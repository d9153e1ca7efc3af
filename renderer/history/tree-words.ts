import type { CheckpointSummary, NoteSubject, RunSnapshot } from '../../core/protocol/run.ts'
import { formatCount } from '../ui/format.ts'
import { nameOf, noteOn, spokenNumbers, targetOf } from './day-names.ts'
import type { RollbackTarget } from './rollback-target.ts'
import type { TreePoint } from './tree-layout.ts'

/** The newest complete state on a branch up to a step. */
export const checkpointAt = (
  { checkpoints }: Pick<RunSnapshot, 'checkpoints'>,
  branch: string,
  step: number,
): CheckpointSummary | undefined =>
  checkpoints.findLast((known) => known.branch === branch && known.step <= step)

/** What is known of how well the network did at a point. */
export function numbersAt(point: TreePoint, snapshot: RunSnapshot) {
  if (point.kind === 'now') return snapshot
  const saved = checkpointAt(snapshot, point.branch, point.step)
  const found = point.card ?? (saved?.step === point.step ? saved : undefined)
  return found ?? { cost: null, devCost: null, devAccuracy: null }
}

/** How a person calls a point: `day 4`, `now`, `the end of b1`. */
export function pointName(point: TreePoint): string {
  if (point.card !== null) return nameOf(point.card)
  return point.kind === 'now' ? 'now' : `the end of ${point.branch}`
}

/** A point as one hears it: `day 4 of branch b1, step 500, train cost 0.402, dev cost 0.371, ghost`. */
export function spokenPoint(point: TreePoint, snapshot: RunSnapshot): string {
  const { kind, branch, step, card, isGhost, isBest } = point
  const what = kind === 'now' ? 'now, on' : kind === 'tip' ? 'end of' : `day ${card?.day ?? 0} of`
  const marks = [isBest && 'best', isGhost && 'ghost'].filter((mark) => mark !== false)
  return [
    `${what} branch ${branch}`,
    `step ${formatCount(step)}`,
    spokenNumbers(numbersAt(point, snapshot)),
    ...marks,
  ].join(', ')
}

/** Where one gets back to from a point; null for now, and for an end that was saved nowhere. */
export function targetAt(point: TreePoint, snapshot: RunSnapshot): RollbackTarget | null {
  if (point.card !== null) return targetOf(point.card)
  if (point.kind === 'now') return null
  const saved = checkpointAt(snapshot, point.branch, point.step)
  if (saved?.step !== point.step) return null
  return { target: saved.checkpoint, label: pointName(point) }
}

export const noteAt = ({ card, branch, step }: TreePoint): NoteSubject =>
  card === null ? { kind: 'point', branch, step } : noteOn(card)
