import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'

/** A folder that can't be watched is tried again this often. */
const WATCH_AGAIN_MS = 30_000

/**
 * Calls `changed` when a file that ends in `extension` comes to `folder` or goes, or is taken into care by
 * another process. Returns how to stop.
 */
export function watchFolder(folder: string, extension: string, changed: () => void): () => void {
  let watcher: FSWatcher | null = null
  let again: NodeJS.Timeout | null = null
  const start = (): void => {
    try {
      watcher = watch(folder, (kind, name) => {
        // Files that are trained change all the time; those and locks that come and go are 'renamed'.
        if (kind !== 'rename') return
        const isOurs = name?.endsWith(extension) || name?.endsWith(`${extension}-lock`)
        if (name === null || isOurs) changed()
      })
      watcher.on('error', fail)
      watcher.unref()
    } catch (error) {
      fail(error)
    }
  }
  // The folder was taken away, or the system watches as many files as it can: nothing else suffers.
  const fail = (error: unknown): void => {
    console.error(`panda: changes in ${folder} are not seen: ${String(error)}`)
    watcher?.close()
    again = setTimeout(() => {
      start()
      changed() // what happened meanwhile was missed
    }, WATCH_AGAIN_MS).unref()
  }
  start()
  return () => {
    watcher?.close()
    if (again !== null) clearTimeout(again)
  }
}
