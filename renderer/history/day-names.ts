import type { NoteSubject, RunSnapshot } from '../../core/protocol/run.ts'
import type { DayCard } from '../run/lineage.ts'
import { formatCost, formatPercent } from '../ui/format.ts'
import type { RollbackTarget } from './rollback-target.ts'

/** How a person calls a day: `day 4`, or `day 5 of ghost b1`. */
export const nameOf = ({ day, branch, isGhost }: DayCard): string =>
  isGhost ? `day ${day} of ghost ${branch}` : `day ${day}`

export const targetOf = (card: DayCard): RollbackTarget => ({
  target: card.target,
  label: nameOf(card),
})

export const noteOn = ({ branch, day }: DayCard): NoteSubject => ({ kind: 'day', branch, day })

/** Unique among all days of a run: one may have ended twice, on two branches. */
export const keyOf = ({ branch, day, checkpoint }: DayCard): string =>
  `${branch}:${day}:${checkpoint}`

/** The day of the head's history with the lowest dev cost; none while there are fewer than two to choose from. */
export function bestOf(cards: readonly DayCard[]): DayCard | undefined {
  let best: DayCard | undefined
  let scored = 0
  for (const card of cards) {
    if (card.day === 0 || card.isGhost || card.devCost === null) continue
    scored += 1
    if (best === undefined || card.devCost < (best.devCost ?? Number.POSITIVE_INFINITY)) best = card
  }
  return scored > 1 ? best : undefined
}

/** Dev error means something where there are classes. */
export const hasError = ({ facts }: Pick<RunSnapshot, 'facts'>): boolean => facts.classes !== null

type Numbers = Pick<DayCard, 'cost' | 'devCost' | 'devAccuracy'>

export const errorOf = ({ devAccuracy }: Pick<Numbers, 'devAccuracy'>): number | null =>
  devAccuracy === null ? null : 1 - devAccuracy

/** The numbers of a day as one hears them: `train cost 0.231, dev cost 0.258, dev error 3.1 %`. */
export function spokenNumbers(numbers: Numbers): string {
  const error = errorOf(numbers)
  return [
    `train cost ${formatCost(numbers.cost)}`,
    `dev cost ${formatCost(numbers.devCost)}`,
    ...(error === null ? [] : [`dev error ${formatPercent(error)}`]),
  ].join(', ')
}

/** A day as one hears it, with what sets it apart. */
export function spokenDay(card: DayCard, isBest: boolean): string {
  const name = nameOf(card)
  const marks = isBest ? ', best' : card.day === 0 ? ', start' : ''
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}, ${spokenNumbers(card)}${marks}`
}
