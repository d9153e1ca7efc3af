import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import { useIntervalFn } from '@vueuse/core'
import type { TrialSummary } from '../../core/protocol/study.ts'
import { trialIn } from './study-snapshot.ts'
import { orderTrials } from './trial-columns.ts'
import type { TrialColumn, TrialOrder } from './trial-columns.ts'

/** Rows that change places faster can't be read. */
const REORDER_MS = 1_000

interface Ordered {
  readonly trials: () => readonly TrialSummary[]
  readonly columns: () => readonly TrialColumn[]
  readonly order: () => TrialOrder
  /** Does somebody point at the rows, or move among them? Then they stay where they are. */
  readonly isHeld: () => boolean
}

/** The trials as the table shows them. Figures are always the newest; places change once a second at the most. */
export function useTrialOrder({ trials, columns, order, isHeld }: Ordered): {
  readonly rows: ComputedRef<readonly TrialSummary[]>
  /** Puts them in order now. */
  readonly reorder: () => void
} {
  const places = shallowRef<readonly number[]>([])
  let sorted: readonly TrialSummary[] | null = null

  function reorder(): void {
    sorted = trials()
    places.value = orderTrials(sorted, columns(), order())
  }
  watch(order, reorder, { immediate: true })
  // The first of another study are shown in order at once.
  watch(
    () => trials().length === 0 || places.value.length === 0,
    (isEmpty) => isEmpty || reorder(),
  )
  useIntervalFn(() => {
    if (!isHeld() && sorted !== trials()) reorder()
  }, REORDER_MS)

  const rows = computed(() => {
    const all = trials()
    const placed = places.value
      .map((number) => trialIn(all, number))
      .filter((trial) => trial !== undefined)
    if (placed.length === all.length) return placed
    const known = new Set(places.value)
    return [...placed, ...all.filter(({ trial }) => !known.has(trial))]
  })
  return { rows, reorder }
}
