import { nextTick, watch } from 'vue'
import type { Ref } from 'vue'
import type { Route } from './routing.ts'

/** What the focus goes by: another page of the same run or study is no other view, nor is a dialog over the home view. */
function placeOf(route: Route): string {
  if (route.view === 'run') return `run/${route.run}`
  if (route.view === 'study') return `study/${route.study}`
  return route.view === 'new' || route.view === 'search' ? 'home' : route.view
}

/** On a change of view the focus moves to the new view's heading, so that a screen reader says where one is. */
export function useViewFocus(route: Readonly<Ref<Route>>): void {
  watch(
    () => placeOf(route.value),
    async () => {
      await nextTick()
      // An open dialog keeps the focus; it returns it itself.
      if (document.querySelector('[role=dialog]') !== null) return
      document.querySelector<HTMLElement>('h1[tabindex="-1"]')?.focus({ preventScroll: true })
    },
  )
}

/** For the link that skips what every view has: the main part takes the focus. */
export function skipToContent(): void {
  document.querySelector<HTMLElement>('main')?.focus()
}
