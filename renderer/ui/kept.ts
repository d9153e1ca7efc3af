import { useStorage } from '@vueuse/core'
import type { RemovableRef, StorageLike, UseStorageOptions } from '@vueuse/core'

type Place = 'localStorage' | 'sessionStorage'

/** The browser's own storage; null where it lets nobody near it, as with site data blocked: the mere look throws. */
function storageOf(place: Place): Storage | null {
  try {
    return window[place]
  } catch {
    return null // what is kept then lives in memory, until the window is loaded again
  }
}

/** What the browser would not keep, or not give back. */
const inMemory: { readonly [P in Place]: Map<string, string | null> } = {
  localStorage: new Map(),
  sessionStorage: new Map(),
}

/**
 * A storage that never throws: what the browser refuses, for it is blocked or full, is remembered in memory, and is
 * gone with the page. Nothing that is kept here may be needed: it is how a person left things, and no more.
 */
function safe(place: Place): StorageLike {
  const memory = inMemory[place]
  function put(key: string, value: string | null): void {
    try {
      const storage = window[place]
      if (value === null) storage.removeItem(key)
      else storage.setItem(key, value)
      memory.delete(key)
    } catch {
      memory.set(key, value) // blocked, or full
    }
  }
  return {
    getItem(key) {
      const newer = memory.get(key)
      if (newer !== undefined) return newer
      try {
        return window[place].getItem(key)
      } catch {
        return null // blocked: as good as never kept
      }
    },
    setItem: put,
    removeItem: (key) => put(key, null),
  }
}

/** Outlives the window. */
export const kept: StorageLike = safe('localStorage')
/** Outlives a reload. */
export const keptForReload: StorageLike = safe('sessionStorage')

/** A choice of this window's person that outlives the window, where the browser lets it. */
export function useKept<T>(
  key: string,
  initial: T,
  options?: UseStorageOptions<T>,
): RemovableRef<T> {
  // The browser's own, where there is one, hears of other windows too.
  return useStorage<T>(key, initial, storageOf('localStorage') ?? kept, options)
}
