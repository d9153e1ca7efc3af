import { computed, ref, shallowRef } from 'vue'
import { toWireError } from '../../../core/errors.ts'
import type { WireError } from '../../../core/errors.ts'
import { useLink } from '../../link/link.ts'
import { readNumber } from '../space/number-text.ts'
import { dataPlaceOf } from './base-words.ts'
import { useNewSearch } from './use-new-search.ts'

/** Asks what the time one has is enough for. Measuring takes some seconds, and only happens when asked for. */
export function useAdvice() {
  const link = useLink()
  const search = useNewSearch()
  const days = ref('1')
  const epochs = ref('30')
  const cores = ref('')
  const isMeasuring = ref(false)
  const failure = shallowRef<WireError | null>(null)

  const above = (text: string) => {
    const value = readNumber(text)
    return value !== null && value > 0 ? null : 'Give a number above 0.'
  }
  const faults = computed(() => {
    const count = readNumber(cores.value)
    const isCount = count !== null && Number.isInteger(count) && count >= 1
    return {
      days: above(days.value),
      epochs: above(epochs.value),
      cores: cores.value.trim() === '' || isCount ? null : 'Give a whole number, at least 1.',
    }
  })
  const canMeasure = computed(
    () =>
      search.draft.run !== null &&
      !search.faults.some(({ step }) => step === 'trained') &&
      Object.values(faults.value).every((one) => one === null),
  )

  async function measure(): Promise<void> {
    if (!canMeasure.value || isMeasuring.value) return
    isMeasuring.value = true
    failure.value = null
    const { run } = search.draft
    const count = readNumber(cores.value)
    try {
      const advice = await link.call('search:advise', {
        config: run,
        days: readNumber(days.value) ?? 1,
        epochs: readNumber(epochs.value) ?? 1,
        ...(count === null ? {} : { cores: count }),
        ...dataPlaceOf(search.draft),
      })
      search.keepAdvice(advice, run)
    } catch (error) {
      failure.value = toWireError(error)
    } finally {
      isMeasuring.value = false
    }
  }

  return { days, epochs, cores, faults, canMeasure, isMeasuring, failure, measure }
}
