const ABSENT = '–'

/** Four significant digits: enough to see a curve move, short enough for a column. */
export function formatCost(value: number | null): string {
  if (value === null) return ABSENT
  if (value === 0 || !Number.isFinite(value)) return String(value)
  return value
    .toPrecision(4)
    .replace(/(\.\d*?)0+e/, '$1e')
    .replace('.e', 'e')
}

export const formatAccuracy = (value: number | null): string =>
  value === null ? ABSENT : `${(value * 100).toFixed(2)} %`

export const formatEpoch = (value: number): string => value.toFixed(2)

export function formatRate(stepsPerSecond: number): string {
  const digits = stepsPerSecond >= 100 ? 0 : 1
  return `${stepsPerSecond.toFixed(digits)} steps/s`
}

/** A duration in its two largest units. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  const two = (value: number): string => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  const hours = Math.floor(seconds / 3600)
  if (hours < 48) return `${hours}h ${two(Math.floor((seconds % 3600) / 60))}m`
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`
}

/** A short time: steps take from tenths of a millisecond to seconds. */
export const formatMilliseconds = (durationMs: number): string =>
  durationMs < 1000 ? `${durationMs.toPrecision(3)} ms` : `${(durationMs / 1000).toPrecision(3)} s`

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}

/** Local date and time, sortable. */
export function formatTime(at: number): string {
  const time = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

/** Enough of a hash to tell two apart by eye. */
export const formatHash = (sha256: string): string => sha256.slice(0, 12)

/** "1 step", "3 steps". */
export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`
