import { onScopeDispose, readonly, shallowRef, watch } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { MetricSeries, SeriesQuery } from '../../core/protocol/run.ts'

const POINTS = 300
/** Vitals come every hundred steps or so: more often would draw the same picture again. */
const REFETCH_MS = 2_000

/**
 * The recorded series of these metrics, fetched again as the run goes on (`version` grows) but not more often
 * than every two seconds. What is there stays until the newer is.
 */
export function useVitalSeries(
  metrics: () => readonly string[],
  version: () => string,
  fetch: (query: SeriesQuery) => Promise<MetricSeries>,
) {
  const found = shallowRef<ReadonlyMap<string, MetricSeries>>(new Map())
  const failure = shallowRef<WireError | null>(null)
  let timer: ReturnType<typeof setTimeout> | null = null
  let asked = 0
  let lastAt = Number.NEGATIVE_INFINITY
  let isOver = false

  async function load(): Promise<void> {
    const mine = ++asked
    lastAt = performance.now()
    try {
      const series = await Promise.all(
        metrics().map(async (metric) => [metric, await fetch({ metric, points: POINTS })] as const),
      )
      if (mine !== asked || isOver) return
      found.value = new Map(series)
      failure.value = null
    } catch (error) {
      if (mine === asked) failure.value = toWireError(error)
    }
  }

  watch(
    [() => metrics().join(), version],
    () => {
      timer ??= setTimeout(
        () => {
          timer = null
          void load()
        },
        Math.max(0, lastAt + REFETCH_MS - performance.now()),
      )
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    isOver = true
    if (timer !== null) clearTimeout(timer)
  })
  return { found: readonly(found), failure: readonly(failure), retry: load }
}
