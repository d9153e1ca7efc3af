import { z } from 'zod'

/** What a person chose once for every run and every window of one data folder. */
export const settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Threads of new runs; null: measured by the first training. */
  threads: z.int().min(1).max(256).nullable().default(null),
  /** Minutes from one timer checkpoint to the next, for new runs. */
  checkpoint_minutes: z.number().min(0.1).max(1_440).default(10),
  notifications: z
    .strictObject({
      /** Outside the window, by the system or the browser. */
      desktop: z.boolean().default(false),
      day: z.boolean().default(true),
      alert: z.boolean().default(true),
      finished: z.boolean().default(true),
    })
    .prefault({}),
})
export type Settings = z.output<typeof settings>
export const DEFAULT_SETTINGS: Settings = settings.parse({})

export const settingsChange = z.strictObject({
  theme: settings.shape.theme.removeDefault().optional(),
  threads: settings.shape.threads.removeDefault().optional(),
  checkpoint_minutes: settings.shape.checkpoint_minutes.removeDefault().optional(),
  notifications: z
    .strictObject({
      desktop: z.boolean().optional(),
      day: z.boolean().optional(),
      alert: z.boolean().optional(),
      finished: z.boolean().optional(),
    })
    .optional(),
})
export type SettingsChange = z.output<typeof settingsChange>

export interface SettingsReply {
  readonly settings: Settings
  /** Where runs live. */
  readonly dataDir: string
  /** Cores of the machine that trains. */
  readonly cores: number
  readonly version: string
}
