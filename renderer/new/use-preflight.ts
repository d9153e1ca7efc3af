import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import type { PreflightCheck, PreflightReply } from '../../core/protocol/examine.ts'
import { useLink } from '../link/link.ts'
import type { ConfigDraft } from './config-path.ts'

type PreflightState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'doing'
      readonly what: string
      readonly checks: readonly PreflightCheck[]
      readonly config: ConfigDraft
    }
  | { readonly kind: 'done'; readonly reply: PreflightReply; readonly config: ConfigDraft }
  | { readonly kind: 'failed'; readonly error: WireError; readonly config: ConfigDraft }

/** The checks before a long run; they go on while other steps are looked at. */
export const usePreflight = defineStore('preflight', () => {
  const link = useLink()
  const state = shallowRef<PreflightState>({ kind: 'none' })

  link.on('preflight:progress', (progress) => {
    const at = state.value
    if (at.kind !== 'doing') return
    state.value =
      progress.type === 'doing'
        ? { ...at, what: progress.what }
        : { ...at, checks: [...at.checks, progress.check] }
  })

  async function start(config: ConfigDraft): Promise<void> {
    if (state.value.kind === 'doing') return
    state.value = { kind: 'doing', what: 'reading the data', checks: [], config }
    try {
      const reply = await link.call('run:preflight', { config })
      state.value = { kind: 'done', reply, config }
    } catch (error) {
      state.value = { kind: 'failed', error: toWireError(error), config }
    }
  }

  return { state, start }
})
