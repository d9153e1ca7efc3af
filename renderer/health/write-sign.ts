/** A vital sign in few characters: 0.62, 12.4, 1.2e−3, NaN, ∞. Two digits, which is what it is good for. */
export function formatSign(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size === 0) return '0'
  const text =
    size >= 0.01 && size < 1000
      ? String(Number(value.toPrecision(2)))
      : value.toExponential(1).replace('e+', 'e')
  return text.replaceAll('-', '−')
}
