/** Round numbers between two values, about `count` of them. */
export function niceTicks(min: number, max: number, count: number): readonly number[] {
  const span = max - min
  if (!(span > 0) || !Number.isFinite(span)) return []
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const stride = power * ([1, 2, 5, 10].find((multiple) => multiple * power >= rough) ?? 10)
  const ticks: number[] = []
  for (let i = Math.ceil(min / stride); i * stride <= max + stride * 1e-9; i++) {
    ticks.push(Number((i * stride).toPrecision(12)))
  }
  return ticks
}

/** More labels than this along an upright axis are noise. */
const MOST_LOG_TICKS = 8

/**
 * 1, 2 and 5 of each power of ten, fewer where the range is wide, round numbers where it is narrow. Over
 * very many decades every second, third, … power only: never more than eight.
 */
export function logTicks(min: number, max: number, most = MOST_LOG_TICKS): readonly number[] {
  if (!(min > 0) || !(max > min)) return []
  const decades = Math.log10(max / min)
  if (decades < 0.6) return niceTicks(min, max, Math.min(4, most)).filter((tick) => tick > 0)
  const multiples = decades > 3 ? [1] : decades > 1.6 ? [1, 3] : [1, 2, 5]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const multiple of multiples) {
      const tick = Number(`${multiple}e${power}`)
      if (tick >= min && tick <= max) ticks.push(tick)
    }
  }
  if (ticks.length <= most) return ticks
  const stride = Math.ceil((Math.floor(decades) + 1) / most)
  return ticks.filter((tick) => {
    const power = Math.round(Math.log10(tick))
    return Number(`1e${power}`) === tick && power % stride === 0
  })
}

/** A number on an axis, as short as the axis is narrow: 0.02, 1e−5. */
export function writeTick(value: number): string {
  const isShort = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5)
  const text = isShort ? String(value) : value.toExponential().replace('e+', 'e')
  return text.replaceAll('-', '−')
}
