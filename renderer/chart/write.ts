import { formatCost } from '../ui/format.ts'

export { formatCount } from '../ui/format.ts'

/** A value of any size in few letters; NaN and infinities as such. */
export const formatTiny = (value: number): string =>
  Number.isFinite(value) && value !== 0 && Math.abs(value) < 1e-2
    ? value.toExponential(1).replaceAll('-', '−')
    : formatCost(value)
