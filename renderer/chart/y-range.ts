/** What a scale needs: all finite values seen, with a little air. A log scale takes the positive ones. */
export function yRangeOf(
  values: Iterable<number>,
  isLog: boolean,
): { readonly min: number; readonly max: number } {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!Number.isFinite(value) || (isLog && value <= 0)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  if (min > max) return isLog ? { min: 0.1, max: 3 } : { min: 0, max: 3 }
  if (isLog) {
    const air = Math.max(1.03, (max / min) ** 0.05)
    return { min: min / air, max: max * air }
  }
  const air = Math.max((max - min) * 0.05, Math.abs(max) * 1e-3, 1e-9)
  return { min: min >= 0 ? Math.max(0, min - air) : min - air, max: max + air }
}
