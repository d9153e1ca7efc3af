import { readonly, ref } from 'vue'
import type { Ref } from 'vue'
import { useEventListener } from '@vueuse/core'

/** The views of one run. */
export const RUN_PAGES = ['watch', 'vitals', 'history', 'evaluate'] as const
export type RunPage = (typeof RUN_PAGES)[number]

/** The views of one study. */
export const STUDY_PAGES = ['watch', 'parameters'] as const
export type StudyPage = (typeof STUDY_PAGES)[number]

export type Route =
  | { readonly view: 'home' }
  | { readonly view: 'new' }
  | { readonly view: 'settings' }
  | { readonly view: 'run'; readonly run: string; readonly page: RunPage }
  | { readonly view: 'study'; readonly study: string; readonly page: StudyPage }
  /** Home with a new search begun; `from`: around this run's config. */
  | { readonly view: 'search'; readonly from?: string }

/** Undoes the escapes of a part of an address; null where they are malformed, as when typed by hand. */
function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function parsePlace(hash: string): Route | null {
  const [, view, escaped = '', wanted] = /^#\/(run|study)\/([^/]+)(?:\/([a-z]+))?$/.exec(hash) ?? []
  const name = unescaped(escaped)
  if (view === undefined || name === null) return null
  if (view === 'run') {
    const page = wanted === undefined ? 'watch' : RUN_PAGES.find((one) => one === wanted)
    return page === undefined ? null : { view, run: name, page }
  }
  const page = wanted === undefined ? 'watch' : STUDY_PAGES.find((one) => one === wanted)
  return page === undefined ? null : { view: 'study', study: name, page }
}

/** Reads the part of an address after the hash. Anything unknown is home. */
export function parseRoute(hash: string): Route {
  if (hash === '#/new') return { view: 'new' }
  if (hash === '#/settings') return { view: 'settings' }
  if (hash === '#/search') return { view: 'search' }
  const from = unescaped(/^#\/search\/from\/([^/]+)$/.exec(hash)?.[1] ?? '')
  if (from) return { view: 'search', from }
  return parsePlace(hash) ?? { view: 'home' }
}

export function addressOf(route: Route): string {
  switch (route.view) {
    case 'home':
      return '#/'
    case 'new':
    case 'settings':
      return `#/${route.view}`
    case 'search':
      return route.from === undefined
        ? '#/search'
        : `#/search/from/${encodeURIComponent(route.from)}`
    case 'run':
    case 'study': {
      const name = route.view === 'run' ? route.run : route.study
      const place = `#/${route.view}/${encodeURIComponent(name)}`
      return route.page === 'watch' ? place : `${place}/${route.page}`
    }
  }
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
