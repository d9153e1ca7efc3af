import { onScopeDispose, readonly, shallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import { uploadFile } from '../link/upload.ts'
import type { FileRole } from './data-source.ts'

/** One file on its way to the machine that trains. */
export type UploadState =
  | { readonly kind: 'sending'; readonly name: string; readonly share: number }
  | { readonly kind: 'failed'; readonly name: string; readonly error: WireError }

export type Uploads = { readonly [R in FileRole]?: UploadState }

/** Sends files, one for each role at a time; `arrived` is told where they lie. */
export function useUploads(arrived: (role: FileRole, path: string) => void) {
  const uploads = shallowRef<Uploads>({})
  const running = new Map<FileRole, AbortController>()

  function set(role: FileRole, state: UploadState | null): void {
    const { [role]: _, ...others } = uploads.value
    uploads.value = state === null ? others : { ...others, [role]: state }
  }

  async function send(role: FileRole, file: File): Promise<void> {
    cancel(role)
    const mine = new AbortController()
    running.set(role, mine)
    const { name } = file
    set(role, { kind: 'sending', name, share: 0 })
    try {
      const { path } = await uploadFile(file, {
        signal: mine.signal,
        onProgress: (share) => {
          if (!mine.signal.aborted) set(role, { kind: 'sending', name, share })
        },
      })
      if (mine.signal.aborted) return
      set(role, null)
      arrived(role, path)
    } catch (error) {
      if (!mine.signal.aborted) set(role, { kind: 'failed', name, error: toWireError(error) })
    }
  }

  /** Calls it off, and forgets a failure. */
  function cancel(role: FileRole): void {
    running.get(role)?.abort()
    running.delete(role)
    set(role, null)
  }

  onScopeDispose(() => {
    for (const one of running.values()) one.abort()
  })
  return { uploads: readonly(uploads), send, cancel }
}
