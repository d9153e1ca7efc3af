import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { toWireError } from '../../core/errors.ts'
import type { WireError } from '../../core/errors.ts'
import { DEFAULT_SETTINGS } from '../../core/protocol/settings.ts'
import type { SettingsChange, SettingsReply } from '../../core/protocol/settings.ts'
import { useLink } from '../link/link.ts'
import { applyTheme, keptTheme } from '../shell/theme.ts'

/** What a person chose once for every run, as the host keeps it. */
export const useSettingsStore = defineStore('settings', () => {
  const link = useLink()
  /** Null until the host has answered. */
  const reply = shallowRef<SettingsReply | null>(null)
  const failure = shallowRef<WireError | null>(null)
  /** Until the host answers: what is usual, in the colours of the last visit. */
  const settings = computed(
    () => reply.value?.settings ?? { ...DEFAULT_SETTINGS, theme: keptTheme() },
  )

  async function refresh(): Promise<void> {
    try {
      reply.value = await link.call('settings:read')
      failure.value = null
    } catch (error) {
      failure.value = toWireError(error)
    }
  }

  /** Saves some fields. A refusal is thrown, for the field to show; what was in force stays. */
  async function save(change: SettingsChange): Promise<void> {
    reply.value = await link.call('settings:write', change)
  }

  link.on('settings:changed', (changed) => (reply.value = changed))
  link.onReconnected(() => void refresh())
  watch(
    () => settings.value.theme,
    (theme) => applyTheme(theme),
    { immediate: true },
  )

  return { reply, settings, failure, refresh, save }
})
