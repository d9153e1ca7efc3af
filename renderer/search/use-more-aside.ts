import { computed, shallowRef } from 'vue'
import type { ComputedRef, Ref } from 'vue'
import { useElementSize } from '@vueuse/core'

/**
 * Whether a table goes on to the right of what is in view: numbers that are cut there could be taken for others.
 * Like `useRowsInView` it measures nothing by itself, so that no layout is forced.
 */
export function useMoreAside(
  scroller: Readonly<Ref<HTMLElement | null>>,
  table: Readonly<Ref<HTMLElement | null>>,
): {
  /** Where its room ends, in px; null where nothing more follows. */
  readonly edge: ComputedRef<number | null>
  /** Is the table wider than its room, wherever it was scrolled to? */
  readonly isWider: ComputedRef<boolean>
  /** To be called whenever the table was scrolled. */
  readonly scrolledAside: () => void
} {
  const left = shallowRef(0)
  const { width: room } = useElementSize(scroller)
  const { width: all } = useElementSize(table)
  const isWider = computed(() => room.value < all.value - 1)
  const edge = computed(() => (left.value + room.value < all.value - 1 ? room.value : null))
  const scrolledAside = () => {
    left.value = scroller.value?.scrollLeft ?? 0
  }
  return { edge, isWider, scrolledAside }
}
