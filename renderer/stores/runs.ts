import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useThrottleFn } from '@vueuse/core'
import digits from '../../examples/digits.json'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { RunEvent, RunSummary } from '../../core/protocol/run.ts'
import { useLink } from '../link/link.ts'

/** A name that no run has yet: digits, digits-2, digits-3, … */
export function freeName(base: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base
  let number = 2
  while (taken.includes(`${base}-${number}`)) number += 1
  return `${base}-${number}`
}

/** How often the figures of runs that train move, in ms: on a second monitor once a second is calm. */
const FIGURES_MS = 1_000

/** A run's line, brought forward to what its session said last. The list that the host gives is the truth again. */
export function withFigures(summary: RunSummary, event: RunEvent | undefined): RunSummary {
  if (!summary.ok || event?.type !== 'metrics' || event.step <= summary.step) return summary
  const { step, epoch, day } = event
  return { ...summary, step, epoch, day, cost: event.costs.at(-1) ?? summary.cost }
}

/** The runs there are, as the home view and the sidebar list them. */
export const useRunsStore = defineStore('runs', () => {
  const link = useLink()
  const runs = shallowRef<readonly RunSummary[] | null>(null)
  const failure = shallowRef<WireError | null>(null)
  const names = computed(() => (runs.value ?? []).map(({ run }) => run))

  let asking: Promise<void> | null = null
  let isStale = false

  /** Lists again, and never rejects; requests that come while one is on its way are answered by one more. */
  function refresh(): Promise<void> {
    isStale = true
    asking ??= list().finally(() => (asking = null))
    return asking
  }

  async function list(): Promise<void> {
    while (isStale) {
      isStale = false
      try {
        runs.value = await link.call('runs:list')
        failure.value = null
      } catch (error) {
        failure.value = toWireError(error)
      }
    }
  }

  /** The newest metrics of each run that the list does not hold yet. */
  const newest = new Map<string, RunEvent>()
  const moveFigures = useThrottleFn(
    () => {
      runs.value = runs.value?.map((line) => withFigures(line, newest.get(line.run))) ?? null
      newest.clear()
    },
    FIGURES_MS,
    true,
  )

  const listChangingEvents = new Set(['state', 'day', 'alert', 'rolled-back'])
  link.on('runs:changed', () => void refresh())
  link.on('run:event', ({ run, event }) => {
    if (event.type === 'metrics') {
      newest.set(run, event)
      void moveFigures()
    } else if (listChangingEvents.has(event.type)) {
      newest.delete(run) // from before a rollback, it would be ahead of the list
      void refresh()
    }
  })
  link.onReconnected(() => void refresh())

  /** Creates a run on the sample digits and answers its name. */
  async function createDigits(): Promise<string> {
    const taken = (await link.call('runs:list')).map(({ run }) => run)
    const name = freeName('digits', taken)
    const { run } = await link.call('runs:create', { config: { ...digits, name }, name })
    return run
  }

  return { runs, names, failure, refresh, createDigits }
})
