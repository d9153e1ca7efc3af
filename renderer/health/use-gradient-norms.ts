import { shallowReadonly, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { useIntervalFn } from '@vueuse/core'
import type { MetricSeries, RunSnapshot, SeriesQuery } from '../../core/protocol/run.ts'
import { NORM_STEPS } from './gradients.ts'

const REFETCH_MS = 2_000

/**
 * The gradient's norm at each of the last steps, before clipping and oldest first, fetched again every two seconds
 * while the run trains. Empty until it is there, or where it can't be had: then the curves alone are judged.
 */
export function useGradientNorms(
  snapshot: () => RunSnapshot | null,
  series: (query: SeriesQuery) => Promise<MetricSeries>,
): Readonly<ShallowRef<readonly number[]>> {
  const norms = shallowRef<readonly number[]>([])
  /** Counts questions, so that the answer to one that was overtaken is dropped. */
  let asked = 0

  async function load(): Promise<void> {
    const now = snapshot()
    if (now?.state.kind !== 'running') return
    const mine = ++asked
    const { branch, step } = now
    try {
      const from = Math.max(0, step - NORM_STEPS)
      const found = await series({ metric: 'gradient_norm', branch, from })
      if (mine === asked) norms.value = Array.from(found.mean)
    } catch {
      if (mine === asked) norms.value = [] // the curve above it asks the same way, and tells what is wrong
    }
  }

  watch(
    () => `${snapshot()?.facts.run} ${snapshot()?.branch} ${snapshot()?.state.kind}`,
    () => {
      asked += 1
      norms.value = []
      void load()
    },
    { immediate: true },
  )
  useIntervalFn(() => void load(), REFETCH_MS)
  return shallowReadonly(norms)
}
