import { readonly, ref } from 'vue'
import type { Ref } from 'vue'
import { useEventListener } from '@vueuse/core'

/** The views of one run. */
export const RUN_PAGES = ['watch', 'vitals', 'history', 'evaluate'] as const
export type RunPage = (typeof RUN_PAGES)[number]

export type Route =
  | { readonly view: 'home' }
  | { readonly view: 'new' }
  | { readonly view: 'settings' }
  | { readonly view: 'run'; readonly run: string; readonly page: RunPage }

/** Reads the part of an address after the hash. Anything unknown is home. */
export function parseRoute(hash: string): Route {
  if (hash === '#/new') return { view: 'new' }
  if (hash === '#/settings') return { view: 'settings' }
  const [, name, wanted] = /^#\/run\/([^/]+)(?:\/([a-z]+))?$/.exec(hash) ?? []
  const page = wanted === undefined ? 'watch' : RUN_PAGES.find((one) => one === wanted)
  if (name === undefined || page === undefined) return { view: 'home' }
  try {
    return { view: 'run', run: decodeURIComponent(name), page }
  } catch {
    return { view: 'home' } // a malformed escape, typed by hand
  }
}

export function addressOf(route: Route): string {
  if (route.view === 'home') return '#/'
  if (route.view !== 'run') return `#/${route.view}`
  const run = `#/run/${encodeURIComponent(route.run)}`
  return route.page === 'watch' ? run : `${run}/${route.page}`
}

export function goTo(route: Route): void {
  location.hash = addressOf(route)
}

/** The view that the address names, so that a reload comes back to it. */
export function useRoute(): Readonly<Ref<Route>> {
  const route = ref(parseRoute(location.hash))
  useEventListener(window, 'hashchange', () => {
    route.value = parseRoute(location.hash)
  })
  return readonly(route)
}
