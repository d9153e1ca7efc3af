import { shallowReadonly, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { MetricSeries, SeriesQuery } from '../../core/protocol/run.ts'
import { queriesOf } from './comparison.ts'
import type { Compared } from './comparison.ts'

export interface ComparedCurve {
  readonly of: Compared
  readonly points: MetricSeries
}

/** The curves of what is compared, asked for anew when that, its end or the metric changes; the newest answer counts. */
export function useCompared(
  compared: () => readonly Compared[],
  metric: () => string,
  series: (query: SeriesQuery) => Promise<MetricSeries>,
) {
  const curves = shallowRef<readonly ComparedCurve[]>([])
  const failure = shallowRef<WireError | null>(null)
  let asking = 0

  async function load(): Promise<void> {
    const mine = ++asking
    const wanted = compared()
    try {
      const found = await Promise.all(queriesOf(wanted, metric()).map(series))
      if (mine !== asking) return
      curves.value = wanted.flatMap((of, i) => {
        const points = found[i]
        return points === undefined ? [] : [{ of, points }]
      })
      failure.value = null
    } catch (error) {
      if (mine === asking) failure.value = toWireError(error)
    }
  }
  watch(() => JSON.stringify(queriesOf(compared(), metric())), load, {
    immediate: true,
  })

  return {
    curves: shallowReadonly(curves) as Readonly<Ref<readonly ComparedCurve[]>>,
    failure: shallowReadonly(failure) as Readonly<Ref<WireError | null>>,
    retry: load,
  }
}
