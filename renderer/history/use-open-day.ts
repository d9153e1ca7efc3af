import { computed, shallowReadonly, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { refThrottled } from '@vueuse/core'
import type { MetricSeries, RunSnapshot, SeriesQuery } from '../../core/protocol/run.ts'

const POINTS = 40
/** A frame some 110 px wide shows no more than this often that a day goes on. */
const EVERY_MS = 5_000

type Ask = () => Promise<MetricSeries>

/** Asks for the curve of the open day; a new function every few seconds while it trains, null before its first step. */
export function useOpenDay(
  snapshot: () => RunSnapshot,
  series: (query: SeriesQuery) => Promise<MetricSeries>,
): Readonly<Ref<Ask | null>> {
  const ask = shallowRef<Ask | null>(null)
  // Run, branch and day change the curve at once; steps when there are enough of them to see.
  const place = computed(() => {
    const { facts, branch, dayFromStep } = snapshot()
    return `${facts.run} ${branch} ${dayFromStep}`
  })
  const step = refThrottled(
    computed(() => snapshot().step),
    EVERY_MS,
  )
  watch(
    [place, step],
    () => {
      const { branch, dayFromStep, step: to } = snapshot()
      const query = { metric: 'cost', branch, from: dayFromStep, points: POINTS }
      ask.value = to > dayFromStep ? () => series(query) : null
    },
    { immediate: true },
  )
  return shallowReadonly(ask)
}
