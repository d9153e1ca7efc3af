import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import { dayCardsOf } from '../run/lineage.ts'
import type { DayCard } from '../run/lineage.ts'

/**
 * The days of a run as cards. They change with days, rollbacks and the first checkpoint, not with every step: a
 * snapshot that comes ten times a second costs nothing while those are the same.
 */
export function useDayCards(snapshot: () => RunSnapshot): ComputedRef<readonly DayCard[]> {
  let madeFrom: readonly unknown[] = []
  return computed<readonly DayCard[]>((before) => {
    const given = snapshot()
    const { facts, branch, branches, days, checkpoints } = given
    const shape = branches.map(({ branch: id, forkStep }) => `${id}@${forkStep}`).join(' ')
    const isReturned = checkpoints.some(({ kind }) => kind === 'initial')
    const from = [facts.run, branch, shape, days, isReturned]
    const isSame = from.length === madeFrom.length && from.every((one, i) => one === madeFrom[i])
    if (isSame && before !== undefined) return before
    madeFrom = from
    return dayCardsOf(given)
  })
}
