import { computed, shallowRef } from 'vue'
import type { ComputedRef, Ref } from 'vue'
import { useResizeObserver } from '@vueuse/core'

interface Rows {
  readonly scroller: Readonly<Ref<HTMLElement | null>>
  readonly count: () => number
  /** Of one row, in px. All have the same. */
  readonly height: number
  /** So many more are drawn above and below: a fast hand finds no hole. */
  readonly spare: number
}

/**
 * Which rows of a long table are drawn: those in view, and some more. Measures nothing when rows change, only when
 * somebody scrolls or the room does: asking for a size forces the page to be laid out.
 */
export function useRowsInView({ scroller, count, height, spare }: Rows): {
  /** The first that is drawn, and the first after it that is not. */
  readonly from: ComputedRef<number>
  readonly to: ComputedRef<number>
  /** To be called whenever the table was scrolled. */
  readonly scrolled: () => void
} {
  const top = shallowRef(0)
  const room = shallowRef(0)
  const scrolled = () => {
    top.value = scroller.value?.scrollTop ?? 0
  }
  useResizeObserver(scroller, ([entry]) => {
    if (entry !== undefined) room.value = entry.contentRect.height
    scrolled() // more room may have moved it
  })
  const fits = computed(() => Math.ceil(room.value / height) + 1)
  const first = computed(() => Math.floor(top.value / height))
  const from = computed(() =>
    // Fewer rows than before may end above where it stands.
    Math.max(0, Math.min(first.value, count() - fits.value) - spare),
  )
  const to = computed(() => Math.min(count(), first.value + fits.value + spare))
  return { from, to, scrolled }
}
