import { onScopeDispose, shallowReadonly, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { StudySnapshot } from '../../core/protocol/study.ts'

/** Numbers that change faster are not read by anyone. */
const CALM_MS = 250

/**
 * A study's snapshot for all but the curves: at most four new ones a second, the last one never missed. One
 * study after another, and one that goes, are shown at once.
 */
export function useCalm(
  source: Readonly<ShallowRef<StudySnapshot | null>>,
): Readonly<ShallowRef<StudySnapshot | null>> {
  const calm = shallowRef(source.value)
  let timer: ReturnType<typeof setTimeout> | null = null
  let shownAt = Number.NEGATIVE_INFINITY

  const show = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    shownAt = performance.now()
    calm.value = source.value
  }
  watch(source, (next) => {
    const wait = shownAt + CALM_MS - performance.now()
    if (next?.study !== calm.value?.study || wait <= 0) show()
    else timer ??= setTimeout(show, wait)
  })
  onScopeDispose(() => {
    if (timer !== null) clearTimeout(timer)
  })
  // Not deeply: reading 200 trials through proxies takes longer than drawing them.
  return shallowReadonly(calm)
}
