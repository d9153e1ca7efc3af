import { readonly, ref } from 'vue'
import type { Ref } from 'vue'
import { useIntervalFn } from '@vueuse/core'

/** The time now, in ms since the epoch, as fresh as "3 min ago" needs it. */
export function useClock(everyMs: number): Readonly<Ref<number>> {
  const now = ref(Date.now())
  useIntervalFn(() => {
    now.value = Date.now()
  }, everyMs)
  return readonly(now)
}
