import { ref, shallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import { useLink } from '../link/link.ts'
import { goTo } from '../shell/routing.ts'
import { useRunStore } from '../stores/run.ts'
import { useNewPanda } from './use-new-panda.ts'

/** Makes the run of the draft, goes to it, and starts it if asked. */
export function useCreate() {
  const link = useLink()
  const panda = useNewPanda()
  const current = useRunStore()
  const isCreating = ref(false)
  const failure = shallowRef<WireError | null>(null)

  /** Answers whether there is a run now; why not stands in `failure`. */
  async function create(startsAtOnce: boolean): Promise<boolean> {
    if (isCreating.value) return false
    isCreating.value = true
    failure.value = null
    try {
      const { config } = panda.draft
      const { name } = config
      const named = typeof name === 'string' ? { name } : {}
      const { run } = await link.call('runs:create', { config, ...named })
      panda.startOver()
      await current.open(run)
      goTo({ view: 'run', run, page: 'watch' })
      // A refusal to train shows in the run's own view: the run is there, and whole.
      if (startsAtOnce) void current.command('run:train', null)
      return true
    } catch (error) {
      failure.value = toWireError(error)
      return false
    } finally {
      isCreating.value = false
    }
  }

  return { isCreating, failure, create }
}
