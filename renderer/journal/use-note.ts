import { readonly, ref, shallowReadonly, shallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { NoteSubject } from '../../core/protocol/run.ts'

export type WriteNote = (text: string, about?: NoteSubject) => Promise<unknown>

/** A note as it is written: kept until the journal has it, so that a refusal loses no word. */
export function useNote(write: WriteNote) {
  const draft = ref('')
  const failure = shallowRef<WireError | null>(null)
  const isWriting = ref(false)

  /** True once it stands in the journal. A blank note is not sent. */
  async function add(about?: NoteSubject): Promise<boolean> {
    const text = draft.value.trim()
    if (text === '' || isWriting.value) return false
    isWriting.value = true
    failure.value = null
    try {
      await (about === undefined ? write(text) : write(text, about))
      draft.value = ''
      return true
    } catch (error) {
      failure.value = toWireError(error)
      return false
    } finally {
      isWriting.value = false
    }
  }

  function clear(): void {
    draft.value = ''
    failure.value = null
  }

  return {
    draft,
    failure: shallowReadonly(failure),
    isWriting: readonly(isWriting),
    add,
    clear,
  }
}
