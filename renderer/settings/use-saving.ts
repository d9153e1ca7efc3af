import { shallowReactive } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { SettingsChange } from '../../core/protocol/settings.ts'
import { useSettingsStore } from '../stores/settings.ts'

/** How the last change of a field went. */
export type Saving =
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'failed'; readonly error: Pick<WireError, 'message' | 'remedy'> }

/** Saves fields one by one, and remembers of each how it went. Only the newest field says "Saved". */
export function useSaving<Field extends string>() {
  const store = useSettingsStore()
  const savings = shallowReactive(new Map<Field, Saving>())

  function fail(field: Field, error: Pick<WireError, 'message' | 'remedy'>): void {
    savings.set(field, { kind: 'failed', error })
  }

  /** Answers whether it is saved. Where not, what was in force stays, and `of(field)` says why. */
  async function save(field: Field, change: SettingsChange): Promise<boolean> {
    for (const [other, { kind }] of savings) if (kind === 'saved') savings.delete(other)
    savings.set(field, { kind: 'saving' })
    try {
      await store.save(change)
      savings.set(field, { kind: 'saved' })
      return true
    } catch (error) {
      fail(field, toWireError(error))
      return false
    }
  }

  return { save, fail, of: (field: Field): Saving | null => savings.get(field) ?? null }
}
