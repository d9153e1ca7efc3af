import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import { useIntervalFn } from '@vueuse/core'
import type { TrialSummary } from '../../core/protocol/study.ts'
import { trialIn } from './study-snapshot.ts'
import { orderTrials } from './trial-columns.ts'
import type { TrialColumn, TrialOrder } from './trial-columns.ts'

/** Rows that change places faster can't be read. */
const REORDER_MS = 1_000
/** New figures come so soon while trials run: rows that change places with them are laid out once for both. */
const NEXT_FIGURES_MS = 400

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
  let sortedAt = Number.NEGATIVE_INFINITY

  function reorder(): void {
    sorted = trials()
    sortedAt = performance.now()
    places.value = orderTrials(sorted, columns(), order())
  }
  watch(order, reorder, { immediate: true })
  // The first of another study are shown in order at once.
  watch(
    () => trials().length === 0 || places.value.length === 0,
    (isEmpty) => isEmpty || reorder(),
  )
  const reorderAfter = (ms: number) => {
    const isDue = performance.now() - sortedAt >= ms
    if (isDue && !isHeld() && sorted !== trials()) reorder()
  }
  watch(trials, () => reorderAfter(REORDER_MS))
  useIntervalFn(() => reorderAfter(REORDER_MS + NEXT_FIGURES_MS), REORDER_MS / 2)

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
