import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { MOST_PICKS, pickKey } from './comparison.ts'
import type { Pick } from './comparison.ts'

/** What is being compared, so that it is still there when one comes back from another page. */
export const useComparisonStore = defineStore('comparison', () => {
  const run = shallowRef<string | null>(null)
  const picks = shallowRef<readonly Pick[]>([])

  /** Names the run that is looked at; another run has nothing picked. */
  function open(wanted: string): void {
    if (run.value === wanted) return
    run.value = wanted
    picks.value = []
  }

  /** Adds to what is compared; where there is no room, the oldest makes way. */
  function add(pick: Pick): void {
    const others = picks.value.filter((one) => pickKey(one) !== pickKey(pick))
    picks.value = [...others, pick].slice(-MOST_PICKS)
  }

  function remove(key: string): void {
    picks.value = picks.value.filter((pick) => pickKey(pick) !== key)
  }

  function replace(wanted: readonly Pick[]): void {
    picks.value = wanted.slice(0, MOST_PICKS)
  }

  return { run, picks, open, add, remove, replace }
})
