import { ref } from 'vue'
import { toWireError } from '../../../core/errors.ts'
import { useLink } from '../../link/link.ts'
import { goTo } from '../../shell/routing.ts'
import { useToasts } from '../../shell/toasts.ts'
import { dataPlaceOf } from './base-words.ts'
import { useNewSearch } from './use-new-search.ts'

/** Makes the study of the draft, goes to it, and starts its trials if asked. */
export function useStartSearch() {
  const link = useLink()
  const { say } = useToasts()
  const search = useNewSearch()
  const isCreating = ref(false)

  /** Answers whether there is a study now; why not stands in the store's `refusal`. */
  async function create(startsAtOnce: boolean): Promise<boolean> {
    const { config } = search.read
    if (isCreating.value || config === null) return false
    isCreating.value = true
    search.refusal = null
    try {
      const named = config.name === undefined ? {} : { name: config.name }
      const place = dataPlaceOf(search.draft)
      const { study } = await link.call('study:create', { config, ...named, ...place })
      if (startsAtOnce) await start(study)
      search.startOver()
      goTo({ view: 'study', study, page: 'watch' })
      return true
    } catch (error) {
      search.refusal = toWireError(error)
      return false
    } finally {
      isCreating.value = false
    }
  }

  /** The study is there and whole, so a refusal to start it keeps nobody here. */
  async function start(study: string): Promise<void> {
    try {
      await link.call('study:resume', study)
    } catch (error) {
      const { message, remedy } = toWireError(error)
      say(`${study} does not run yet: ${message}. ${remedy ?? 'Start it from its view.'}`, 'warn')
    }
  }

  return { isCreating, create }
}
