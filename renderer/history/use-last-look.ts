import { shallowReadonly, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { tryOnScopeDispose, useEventListener, useIntervalFn } from '@vueuse/core'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import { changesSince } from './changes-since.ts'
import type { Change } from './changes-since.ts'
import { keepLook, lastLookOf } from './last-look.ts'

/** Who touched nothing for so long may have left: a visible window is not a seen one. */
const ATTENTION_MS = 60_000
/** Who was gone for less has not forgotten. */
const AWAY_MS = 5 * 60_000
const EVERY_MS = 5_000

export interface SinceLook {
  /** When the person last looked, ms since the epoch. */
  readonly at: number
  readonly changes: readonly Change[]
}

/**
 * Keeps, per run, when and at what a person last looked, and tells what happened while they were away. `now` is
 * the clock, in ms since the epoch.
 */
export function useLastLook(snapshot: () => RunSnapshot, now: () => number = Date.now) {
  const since = shallowRef<SinceLook | null>(null)
  let touchedAt = Number.NEGATIVE_INFINITY

  const isAttended = () =>
    document.visibilityState === 'visible' && now() - touchedAt < ATTENTION_MS

  /** What is new to someone who was away, kept current until they are back. */
  function tellNews(): void {
    const look = lastLookOf(snapshot().facts.run)
    if (look === null || now() - look.at < AWAY_MS) return
    const changes = changesSince(look, snapshot())
    since.value = changes.length === 0 ? null : { at: look.at, changes }
  }

  function tick(): void {
    if (isAttended()) keepLook(snapshot(), now())
    else tellNews()
  }

  function touch(): void {
    if (document.visibilityState !== 'visible') return
    if (!isAttended()) tellNews()
    touchedAt = now()
  }

  function open(): void {
    since.value = null
    tellNews()
    // A page that is opened under someone's hands is looked at; one that a browser restores is not.
    if (document.hasFocus()) touch()
    tick()
  }

  const leave = () => {
    if (now() - touchedAt < ATTENTION_MS) keepLook(snapshot(), now())
  }

  watch(() => snapshot().facts.run, open, { immediate: true })
  useIntervalFn(tick, EVERY_MS)
  useEventListener(window, ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'], touch, {
    passive: true,
    capture: true,
  })
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave()
  })
  useEventListener(window, 'pagehide', leave)
  tryOnScopeDispose(leave)

  return {
    since: shallowReadonly(since) as Readonly<Ref<SinceLook | null>>,
    dismiss: () => {
      since.value = null
    },
  }
}
