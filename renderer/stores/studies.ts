import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useThrottleFn } from '@vueuse/core'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import { wordsOf } from '../../core/protocol/study.ts'
import type { StudyEvent, StudySummary } from '../../core/protocol/study.ts'
import { useLink } from '../link/link.ts'
import { isEnded } from '../search/study-snapshot.ts'
import { freeName } from './runs.ts'

/** Does the list look different after it? */
const changesList = (event: StudyEvent): boolean =>
  event.type === 'study-state' ||
  event.type === 'study-changed' ||
  event.type === 'study-failed' ||
  wordsOf(event).some((one) => one.type === 'trial-changed' && isEnded(one.trial))

/** At most so often, in ms: many trials end in the same moment. */
const REFRESH_MS = 1_000

/** The studies there are, as the home view lists them. */
export const useStudiesStore = defineStore('studies', () => {
  const link = useLink()
  const studies = shallowRef<readonly StudySummary[] | null>(null)
  const failure = shallowRef<WireError | null>(null)
  const names = computed(() => (studies.value ?? []).map(({ study }) => study))

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
        studies.value = await link.call('studies:list')
        failure.value = null
      } catch (error) {
        failure.value = toWireError(error)
      }
    }
    isAsking = false
  }

  const refreshSoon = useThrottleFn(refresh, REFRESH_MS, true)
  link.on('studies:changed', () => void refresh())
  link.on('study:event', ({ event }) => {
    if (changesList(event)) void refreshSoon()
  })
  link.onReconnected(() => void refresh())

  /** A name that no study has yet: digits, digits-2, digits-3, … */
  const createName = (base: string): string => freeName(base, names.value)

  return { studies, names, failure, refresh, createName }
})
