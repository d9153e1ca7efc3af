import { onScopeDispose, readonly, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { RunSnapshot } from '../../core/protocol/run.ts'

/** Numbers that change faster are not read by anyone, and cost the curve its frames. */
const CALM_MS = 250

/** What only tells how far training is: steps, costs and times. Everything else is news. */
const PROGRESS: ReadonlySet<keyof RunSnapshot> = new Set([
  'step',
  'epoch',
  'cost',
  'stepsPerSecond',
  'branches',
  'readings',
  'trainedMs',
  'dayTrainedMs',
  'memoryBytes',
])

const isNews = (before: RunSnapshot, after: RunSnapshot): boolean =>
  (Object.keys(after) as (keyof RunSnapshot)[]).some(
    (key) => !PROGRESS.has(key) && before[key] !== after[key],
  )

/**
 * The snapshot for all but the curve: news at once, progress four times a second. Snapshots come a dozen
 * times a second and more; drawing every number with each of them took more time than the curve itself.
 */
export function useCalmSnapshot(
  source: () => RunSnapshot | null,
): Readonly<ShallowRef<RunSnapshot | null>> {
  const calm = shallowRef(source())
  let timer: ReturnType<typeof setTimeout> | null = null
  let shownAt = Number.NEGATIVE_INFINITY

  const show = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    shownAt = performance.now()
    calm.value = source()
  }
  watch(source, (next) => {
    const { value: before } = calm
    if (next === null || before === null || isNews(before, next)) return show()
    timer ??= setTimeout(show, Math.max(0, shownAt + CALM_MS - performance.now()))
  })
  onScopeDispose(() => {
    if (timer !== null) clearTimeout(timer)
  })
  return readonly(calm) as Readonly<ShallowRef<RunSnapshot | null>>
}
