import { useEventListener } from '@vueuse/core'
import { goTo } from '../shell/routing.ts'
import type { RunPage } from '../shell/routing.ts'
import { isOnControl, isTyping } from '../shell/shortcuts.ts'
import type { useRunActions } from './use-run-actions.ts'

/** What of the curve the keys reach, while it is on screen. */
export interface CurveKeys {
  toggleLog(): unknown
  nextAxis(): unknown
  toggleFollow(): unknown
  exportPng(): unknown
  exportCsv(): unknown
  /** True if there was a zoom to take back. */
  resetZoom(): boolean
}

interface KeyTargets {
  readonly act: Pick<ReturnType<typeof useRunActions>, 'toggle' | 'checkpoint'>
  readonly curve: () => CurveKeys | null
  /** True if there was a draft to take back. */
  readonly revertKnobs: () => boolean
  readonly goToPage: (page: RunPage) => void
  /** Does a dialog have the keys? */
  readonly isBusy: () => boolean
}

/** The single keys of the run view. */
export function useRunKeys({ act, curve, revertKnobs, goToPage, isBusy }: KeyTargets): void {
  function escape() {
    if (revertKnobs() || curve()?.resetZoom() === true) return
    goTo({ view: 'home' })
  }
  const keys: { readonly [key: string]: () => unknown } = {
    ' ': act.toggle,
    c: act.checkpoint,
    l: () => curve()?.toggleLog(),
    x: () => curve()?.nextAxis(),
    f: () => curve()?.toggleFollow(),
    '1': () => goToPage('watch'),
    '2': () => goToPage('vitals'),
    '3': () => goToPage('history'),
    '4': () => goToPage('evaluate'),
    Escape: escape,
  }
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.repeat || event.defaultPrevented || isTyping(event) || isBusy()) return
    if (event.key === ' ' && isOnControl(event)) return
    if (document.querySelector('[role=dialog], [role=menu]') !== null) return
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (act === undefined) return
    event.preventDefault()
    void act()
  })
}
