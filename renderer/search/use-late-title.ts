import { onScopeDispose, shallowRef, watch } from 'vue'
import { useTitle } from '@vueuse/core'

/** Nobody reads a tab more often. */
const LATE_MS = 1_000

/**
 * Words of a title that change all the time: written once a second at the most, in a frame of their own. Of all
 * that a snapshot changes a title costs most, as the whole browser hears of it. The last words are never missed.
 */
export function useLateTitle(words: () => string): void {
  const title = shallowRef(words())
  let timer: ReturnType<typeof setTimeout> | null = null
  watch(words, () => {
    timer ??= setTimeout(() => {
      timer = null
      title.value = words()
    }, LATE_MS)
  })
  onScopeDispose(() => {
    if (timer !== null) clearTimeout(timer)
  })
  useTitle(title)
}
