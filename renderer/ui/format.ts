/** Grouped with narrow no-break spaces: 184 210. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

const withMinus = (text: string) => text.replace('-', '−')

/** A cost, or a dash where there is none. NaN and infinity are news and are shown as such. */
export function formatCost(cost: number | null): string {
  if (cost === null) return '—'
  if (Number.isNaN(cost)) return 'NaN'
  if (!Number.isFinite(cost)) return cost > 0 ? '∞' : '−∞'
  const size = Math.abs(cost)
  if (size === 0) return '0'
  if (size >= 1e5 || size < 1e-3) return withMinus(cost.toExponential(2))
  return withMinus(cost.toFixed(size >= 0.1 ? 3 : 4))
}

/** A hyperparameter, as short as it can be without losing digits that a person typed: 0.001, 3e-4, 1e-8. */
export function formatSetting(value: number): string {
  const rounded = Number(value.toPrecision(6))
  const size = Math.abs(rounded)
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    return rounded.toExponential().replace('e+', 'e')
  }
  return rounded.toString()
}

export function formatDelta(delta: number): string {
  return delta > 0 ? `+${formatCost(delta)}` : formatCost(delta)
}

export const formatPercent = (share: number | null): string =>
  share === null ? '—' : `${(share * 100).toFixed(1)} %`

export const formatEpoch = (epoch: number): string => epoch.toFixed(epoch < 10 ? 2 : 1)

export const formatRate = (perSecond: number): string =>
  perSecond >= 100 ? formatCount(perSecond) : perSecond.toFixed(1)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "45 s", "12 min", "3 h 10 min", "2 d 4 h": the two largest units that say something. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '—'
  if (ms < MINUTE) return `${Math.max(1, Math.round(ms / 1000))} s`
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`
  if (ms < DAY) {
    const minutes = Math.round((ms % HOUR) / MINUTE)
    return minutes === 0 || minutes === 60
      ? `${Math.round(ms / HOUR)} h`
      : `${Math.floor(ms / HOUR)} h ${minutes} min`
  }
  const hours = Math.round((ms % DAY) / HOUR)
  return hours === 0 || hours === 24
    ? `${Math.round(ms / DAY)} d`
    : `${Math.floor(ms / DAY)} d ${hours} h`
}

/** In MB, as task managers say it. */
export const formatMegabytes = (bytes: number | null): string =>
  bytes === null ? '—' : `${formatCount(bytes / 1e6)} MB`

export function formatAgo(at: number, now: number): string {
  const age = Math.max(0, now - at)
  if (age < MINUTE) return 'just now'
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`
  const days = Math.floor(age / DAY)
  return days === 1 ? 'yesterday' : `${days} days ago`
}

const clock = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
})
export const formatMoment = (at: number): string => clock.format(at)

const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
/** "14:05". */
export const formatClock = (at: number): string => timeOfDay.format(at)

const weekTime = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
/** "Tue 14:05": tells this morning from yesterday's. */
export const formatWeekTime = (at: number): string => weekTime.format(at)

/** Reads what a person typed into a number field; NaN where it is no number. */
export function parseNumber(text: string): number {
  const trimmed = text.trim().replace('−', '-')
  return trimmed === '' ? Number.NaN : Number(trimmed)
}
