/** A place on an axis and what is written there. */
export interface Tick {
  readonly value: number
  readonly label: string
}

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400
const STRIDES = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
  86_400, 172_800, 345_600, 604_800,
]

const strideFor = (span: number, count: number): number => {
  const rough = span / Math.max(1, count)
  const known = STRIDES.find((stride) => stride >= rough)
  return known ?? Math.ceil(rough / (7 * DAY)) * 7 * DAY
}

/** A length of time, as short as it can be said: 40 s, 10 min, 1 h 30, 2 d 6 h. */
export function writeDuration(seconds: number): string {
  const all = Math.round(seconds)
  const [days, hours] = [Math.floor(all / DAY), Math.floor((all % DAY) / HOUR)]
  const [minutes, rest] = [Math.floor((all % HOUR) / MINUTE), all % MINUTE]
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`
  if (hours > 0)
    return minutes > 0 ? `${hours} h ${String(minutes).padStart(2, '0')}` : `${hours} h`
  if (minutes > 0) {
    return rest > 0 ? `${minutes}:${String(rest).padStart(2, '0')} min` : `${minutes} min`
  }
  return `${rest} s`
}

/** Round lengths of training time, in seconds. */
export function durationTicks(from: number, to: number, count: number): readonly Tick[] {
  if (!(to > from)) return []
  const stride = strideFor(to - from, count)
  const ticks: Tick[] = []
  for (let i = Math.ceil(from / stride); i * stride <= to; i++) {
    ticks.push({ value: i * stride, label: writeDuration(i * stride) })
  }
  return ticks
}

const two = (number: number) => String(number).padStart(2, '0')
const dayOf = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** Round times of the local day, and the date where a day begins. `from` and `to` in seconds after `zeroMs`. */
export function clockTicks(
  from: number,
  to: number,
  zeroMs: number,
  count: number,
): readonly Tick[] {
  if (!(to > from)) return []
  const stride = strideFor(to - from, count)
  const end = zeroMs + to * 1000
  const at = new Date(zeroMs + from * 1000)
  at.setHours(0, 0, 0, 0)
  const ticks: Tick[] = []
  // Day by day, so that a change of the clocks shifts no label off its hour.
  const strideDays = Math.max(1, Math.round(stride / DAY))
  for (; at.getTime() <= end; at.setDate(at.getDate() + strideDays)) {
    for (let seconds = 0; seconds < DAY; seconds += stride) {
      const moment = new Date(at)
      moment.setSeconds(seconds)
      const value = (moment.getTime() - zeroMs) / 1000
      if (value > to) break
      if (value < from) continue
      const clock = `${two(moment.getHours())}:${two(moment.getMinutes())}`
      const isFine = stride < MINUTE
      const label =
        seconds === 0
          ? dayOf.format(moment)
          : isFine
            ? `${clock}:${two(moment.getSeconds())}`
            : clock
      ticks.push({ value, label })
    }
  }
  return ticks
}
