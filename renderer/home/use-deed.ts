import { readonly, shallowReadonly, ref, shallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'

/** One thing that a dialog does: under way or not, and why it was refused. */
export function useDeed() {
  const isBusy = ref(false)
  const failure = shallowRef<WireError | null>(null)

  /** Answers what `work` answers, or null where it was refused: `failure` then says why. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    if (isBusy.value) return null
    isBusy.value = true
    failure.value = null
    try {
      return await work()
    } catch (error) {
      failure.value = toWireError(error)
      return null
    } finally {
      isBusy.value = false
    }
  }

  const clear = () => {
    failure.value = null
  }

  return { isBusy: readonly(isBusy), failure: shallowReadonly(failure), attempt, clear }
}
