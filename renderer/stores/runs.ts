import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import digits from '../../examples/digits.json'
import { PandaError } from '../../core/errors.ts'
import type { RunSummary } from '../../core/protocol/run.ts'
import { useLink } from '../link/link.ts'

/** A name that no run has yet: digits, digits-2, digits-3, … */
export function freeName(base: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base
  let number = 2
  while (taken.includes(`${base}-${number}`)) number += 1
  return `${base}-${number}`
}

/** The runs there are, as the home view and the sidebar list them. */
export const useRunsStore = defineStore('runs', () => {
  const link = useLink()
  const runs = shallowRef<readonly RunSummary[] | null>(null)
  const failure = shallowRef<PandaError | null>(null)

  let isAsking = false
  let isStale = false

  /** Lists again; requests that come while one is on its way are answered by one more. */
  async function refresh(): Promise<void> {
    isStale = true
    if (isAsking) return
    isAsking = true
    while (isStale) {
      isStale = false
      try {
        runs.value = await link.call('runs:list')
        failure.value = null
      } catch (error) {
        if (error instanceof PandaError) failure.value = error
        else throw error
      } finally {
        isAsking = isStale
      }
    }
    isAsking = false
  }

  const listChangingEvents = new Set(['state', 'day', 'rolled-back'])
  link.on('runs:changed', () => void refresh())
  link.on('run:event', ({ event }) => {
    if (listChangingEvents.has(event.type)) void refresh()
  })
  link.onReconnected(() => void refresh())

  /** Creates a run on the sample digits and answers its name. */
  async function createDigits(): Promise<string> {
    const taken = (await link.call('runs:list')).map(({ run }) => run)
    const name = freeName('digits', taken)
    const { run } = await link.call('runs:create', { config: { ...digits, name }, name })
    return run
  }

  return { runs, failure, refresh, createDigits }
})
