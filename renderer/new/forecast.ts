import { objectAt } from './config-path.ts'
import type { ConfigDraft } from './config-path.ts'
import { defaultsOf } from './draft-recipe.ts'

/** How long training takes, in ms, from the time of one step. */
interface Forecast {
  readonly epochMs: number
  /** Null where a day has a length of time anyway. */
  readonly dayMs: number | null
}

/** Steps of one epoch. */
export function stepsPerEpoch(config: ConfigDraft, trainExamples: number): number {
  const held = objectAt(config, 'hyperparameters')['batch_size']
  const batchSize = Number(held ?? Math.min(defaultsOf(config).batch_size ?? 64, trainExamples))
  return Math.max(1, Math.ceil(trainExamples / batchSize))
}

export function forecastOf(config: ConfigDraft, trainExamples: number, stepMs: number): Forecast {
  const epochMs = stepsPerEpoch(config, trainExamples) * stepMs
  const { epochs, steps } = objectAt(config, 'day')
  if (typeof epochs === 'number') return { epochMs, dayMs: epochs * epochMs }
  if (typeof steps === 'number') return { epochMs, dayMs: steps * stepMs }
  return { epochMs, dayMs: null }
}

const UNITS = [
  [86_400_000, 'days'],
  [3_600_000, 'hours'],
  [60_000, 'minutes'],
  [1000, 'seconds'],
] as const

/** `0.4 seconds`, `12 minutes`, `3.5 hours`: as exact as a forecast can be. */
export function spanWords(ms: number): string {
  const [size, unit] = UNITS.find(([one]) => ms >= one * 1.5) ?? [1000, 'seconds']
  const count = ms / size
  return `${count >= 10 ? Math.round(count) : Number(count.toPrecision(2))} ${unit}`
}

/** `12 MB`, by powers of ten as disks and networks are counted. */
export function bytesWords(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes >= 1e7 ? 0 : 1)} MB`
  return `${Math.max(1, Math.round(bytes / 1e3))} kB`
}
