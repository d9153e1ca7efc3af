import type { Examined } from '../../core/protocol/examine.ts'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatCount } from '../ui/format.ts'
import type { DayCard } from '../run/lineage.ts'

/** A state of the run that can be asked about; `value` is a target, or empty for the run as it is. */
export interface Subject {
  readonly value: string
  readonly label: string
}

/** Now, then the days: newest first, ghosts' days with their branch, the untrained state last. */
export function subjectsOf(cards: readonly DayCard[]): Subject[] {
  const days = cards.toReversed().map(({ day, branch, toStep, isGhost, target }): Subject => {
    const label = day === 0 ? 'Day 0, untrained' : `Day ${day}, step ${formatCount(toStep)}`
    return { value: target, label: isGhost ? `${label} (ghost ${branch})` : label }
  })
  return [{ value: '', label: 'As it is now' }, ...days]
}

/** How far an answer lies behind the run, in words; null where it is about the run as it is. */
export function stalenessOf(
  { branch, step }: Examined,
  now: Pick<RunSnapshot, 'branch' | 'step'>,
): string | null {
  if (branch !== now.branch) return 'The run has gone back since.'
  const since = now.step - step
  if (since <= 0) return null
  return `Training has gone on ${formatCount(since)} ${since === 1 ? 'step' : 'steps'} since.`
}
