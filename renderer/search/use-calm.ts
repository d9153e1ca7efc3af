import { onScopeDispose, shallowReadonly, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import type { StudySnapshot } from '../../core/protocol/study.ts'

/** Numbers that change faster are not read by anyone. */
const CALM_MS = 340
/** The curves draw what is new at once. What waits for this long has a frame of its own after that. */
const ASIDE_MS = 80

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value))

/**
 * A study's snapshot for all but the curves: at most three new ones a second, each a little after the curves drew
 * it, the last one never missed. One study after another, and one that goes, are shown at once; so is what comes
 * after a rest, and what is told of the study itself.
 */
export function useCalm(
  source: Readonly<ShallowRef<StudySnapshot | null>>,
): Readonly<ShallowRef<StudySnapshot | null>> {
  const calm = shallowRef(source.value)
  let timer: ReturnType<typeof setTimeout> | null = null
  let shownAt = Number.NEGATIVE_INFINITY

  const forget = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const show = () => {
    forget()
    shownAt = performance.now()
    calm.value = source.value
  }
  watch(source, (next) => {
    const shown = calm.value
    const isTurn =
      next?.study !== shown?.study || next?.state !== shown?.state || next?.config !== shown?.config
    const now = performance.now()
    const due = shownAt + CALM_MS
    if (isTurn || due <= now) return show()
    forget()
    timer = setTimeout(show, clamp(now + ASIDE_MS, due, due + ASIDE_MS) - now)
  })
  onScopeDispose(forget)
  // Not deeply: reading 200 trials through proxies takes longer than drawing them.
  return shallowReadonly(calm)
}
