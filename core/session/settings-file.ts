import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PandaError } from '../errors.ts'
import { explained } from '../store/failures.ts'
import { DEFAULT_SETTINGS, settings } from '../protocol/settings.ts'
import type { Settings, SettingsChange } from '../protocol/settings.ts'

/** What a person chose, kept beside the runs. */
export interface SettingsFile {
  /** Throws `settings/unreadable` once where the file is broken; it is put aside then, and the defaults hold. */
  read(): Settings
  /** Whole on disk when this returns. */
  change(change: SettingsChange): Settings
}

/** The settings of one data folder. A file that cannot be understood is never written over. */
export function openSettings(folder: string): SettingsFile {
  const file = path.join(folder, 'settings.json')

  function read(): Settings {
    if (!existsSync(file)) return DEFAULT_SETTINGS
    const parsed = settings.safeParse(parsedJson(readFileSync(file, 'utf8')))
    if (parsed.success) return parsed.data
    const aside = path.join(folder, `settings-unreadable-${Date.now()}.json`)
    renameSync(file, aside)
    throw new PandaError(
      'settings/unreadable',
      `${file} could not be understood`,
      `It was kept as ${aside}; the defaults hold until you choose again.`,
    )
  }

  return {
    read,
    change({ notifications, ...rest }) {
      const before = read()
      const after = settings.parse({
        ...before,
        ...rest,
        notifications: { ...before.notifications, ...notifications },
      })
      const draft = `${file}.new`
      try {
        writeFileSync(draft, `${JSON.stringify(after, null, 2)}\n`)
        renameSync(draft, file)
      } catch (error) {
        rmSync(draft, { force: true })
        throw explained(error, file)
      }
      return after
    },
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // told by the caller, who knows the file
  }
}
