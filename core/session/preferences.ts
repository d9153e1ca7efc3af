import { availableParallelism } from 'node:os'
import type { CallHandlers } from '../protocol/contract.ts'
import { DEFAULT_SETTINGS } from '../protocol/settings.ts'
import type { Settings, SettingsReply } from '../protocol/settings.ts'
import { openSettings } from './settings-file.ts'

interface PreferenceParts {
  readonly dataDir: string
  readonly version: string
  readonly changed: (reply: SettingsReply) => void
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A person's settings as calls, and what they decide for new runs. */
export function createPreferences({ dataDir, version, changed }: PreferenceParts) {
  const file = openSettings(dataDir)
  const replyOf = (settings: Settings): SettingsReply => ({
    settings,
    dataDir,
    cores: availableParallelism(),
    version,
  })
  const handlers: Pick<CallHandlers, 'settings:read' | 'settings:write'> = {
    'settings:read': () => replyOf(file.read()),
    'settings:write': (change) => {
      const reply = replyOf(file.change(change))
      changed(reply)
      return reply
    },
  }
  return {
    handlers,
    /** A new run's config with what it leaves open as the settings say. */
    filledIn(config: unknown): unknown {
      if (!isObject(config)) return config
      const { threads, checkpoint_minutes } = file.read()
      const isUnchanged = checkpoint_minutes === DEFAULT_SETTINGS.checkpoint_minutes
      return {
        ...(threads !== null && { threads }),
        ...(!isUnchanged && { checkpoint_every: { minutes: checkpoint_minutes } }),
        ...config,
      }
    },
  }
}
