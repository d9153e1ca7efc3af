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

/** 1, 2 and 5 of each power of ten, fewer where the range is wide, round numbers where it is narrow. */
export function logTicks(min: number, max: number): readonly number[] {
  if (!(min > 0) || !(max > min)) return []
  const decades = Math.log10(max / min)
  if (decades < 0.6) return niceTicks(min, max, 4).filter((tick) => tick > 0)
  const multiples = decades > 3 ? [1] : decades > 1.6 ? [1, 3] : [1, 2, 5]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const multiple of multiples) {
      const tick = Number(`${multiple}e${power}`)
      if (tick >= min && tick <= max) ticks.push(tick)
    }
  }
  return ticks
}
