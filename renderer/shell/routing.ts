import { readonly, ref } from 'vue'
import type { Ref } from 'vue'
import { useEventListener } from '@vueuse/core'

export type Route = { readonly view: 'home' } | { readonly view: 'run'; readonly run: string }

/** Reads the part of an address after the hash. Anything unknown is home. */
export function parseRoute(hash: string): Route {
  const match = /^#\/run\/([^/]+)$/.exec(hash)
  if (match?.[1] === undefined) return { view: 'home' }
  try {
    return { view: 'run', run: decodeURIComponent(match[1]) }
  } catch {
    return { view: 'home' } // a malformed escape, typed by hand
  }
}

export const addressOf = (route: Route): string =>
  route.view === 'home' ? '#/' : `#/run/${encodeURIComponent(route.run)}`

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
