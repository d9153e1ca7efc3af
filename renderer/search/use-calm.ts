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

/** Two frames, and some air for a late one. */
const TURN_MS = 50
/** Who has shown nothing for so long need not wait for a turn. */
const REST_MS = 500

/**
 * The same snapshot a few frames later, while new ones keep coming: a part of the view that has much to show gets
 * a frame of its own. After a rest at once, as is another study and what is told of the study itself.
 */
export function useNextTurn(source: () => StudySnapshot): Readonly<ShallowRef<StudySnapshot>> {
  const shown = shallowRef(source())
  let timer: ReturnType<typeof setTimeout> | null = null
  let shownAt = performance.now()

  const forget = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const show = () => {
    forget()
    shownAt = performance.now()
    shown.value = source()
  }
  watch(source, (next) => {
    const { study, state, config } = shown.value
    const isTold = next.study !== study || next.state !== state || next.config !== config
    if (isTold || performance.now() - shownAt >= REST_MS) show()
    else timer ??= setTimeout(show, TURN_MS)
  })
  onScopeDispose(forget)
  return shallowReadonly(shown)
}
