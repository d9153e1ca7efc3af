import { useElementSize, useEventListener } from '@vueuse/core'
import { computed, nextTick, ref, watch } from 'vue'
import type { ComputedRef, Ref } from 'vue'

/** Frames kept beyond each edge, so that a flick shows none missing. */
const BEYOND = 4
/** Where nothing is laid out yet, as many as the widest screen shows. */
const WITHOUT_WIDTH = 24

/** Which items of a strip are in view: [first, end). */
export interface StripWindow {
  readonly range: ComputedRef<{ readonly first: number; readonly end: number }>
  /** Brings one item into view, moving no more than needed. */
  reveal(index: number): void
}

/**
 * Draws only what is in view of a strip of `count` items, each `pitch` px from the next: hundreds of days cost
 * what a screenful costs. Stays at the end if it was there when an item is added, else where it is.
 */
export function useStripWindow(
  strip: Readonly<Ref<HTMLElement | null>>,
  count: () => number,
  pitch: number,
): StripWindow {
  const x = ref(0)
  const { width } = useElementSize(strip)
  const follow = () => {
    x.value = strip.value?.scrollLeft ?? 0
  }
  useEventListener(strip, 'scroll', follow, { passive: true })

  const range = computed(() => {
    if (width.value === 0) return { first: Math.max(0, count() - WITHOUT_WIDTH), end: count() }
    const first = Math.max(0, Math.floor(x.value / pitch) - BEYOND)
    const end = Math.min(count(), Math.ceil((x.value + width.value) / pitch) + BEYOND)
    return { first, end }
  })

  const toEnd = (element: HTMLElement) => {
    element.scrollLeft = element.scrollWidth
    follow()
  }
  watch(count, async () => {
    const element = strip.value
    if (element === null) return
    const wasAtEnd = element.scrollLeft + element.clientWidth >= element.scrollWidth - pitch / 2
    await nextTick()
    if (wasAtEnd) toEnd(element)
  })
  // The newest day is what one came to see.
  watch([strip, () => width.value > 0], async () => {
    await nextTick()
    if (strip.value !== null) toEnd(strip.value)
  })

  return {
    range,
    reveal(index) {
      const element = strip.value
      if (element === null) return
      const left = index * pitch
      if (left < element.scrollLeft) element.scrollLeft = left
      const right = left + pitch
      if (right > element.scrollLeft + element.clientWidth) {
        element.scrollLeft = right - element.clientWidth
      }
      follow() // its own event comes only with the next frame, too late for who moves the focus there
    },
  }
}
