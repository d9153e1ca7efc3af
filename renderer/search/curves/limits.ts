import type { Display } from './display.ts'

export interface Limits {
  readonly min: number
  readonly max: number
}

/** One trial, as the limits see it. */
export interface Spanned {
  readonly display: Display
  /** Diverged or failed: it must not decide what the others look like. */
  readonly isBad: boolean
  readonly isBest: boolean
}

/** Above the usual first value by more than this a line leaves the picture. */
const MOST_ABOVE = { log: 10, linear: 3 } as const
/** Less than so much more is shown after all. */
const TOLERATED = 2
/** What lies deeper than so many times below the top would flatten all else. */
const DEEPEST = 1e6
/** Beyond these, arithmetic on limits itself would overflow. */
const LARGEST = 1e200
const SMALLEST = 1e-200
/** Log limits lie on a grid of so many to a decade, so that they seldom move. */
const PER_DECADE = 8
const LINEAR_STEPS = 10

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** What the top must at least be: robust against a few that went through the roof. */
function topOf(all: readonly Spanned[], isLog: boolean): number {
  const sane = all.filter(({ isBad }) => !isBad)
  const judged = sane.length > 0 ? sane : all
  const rising = (values: readonly number[]) =>
    values.filter((value) => Number.isFinite(value) && value > 0).toSorted((a, b) => a - b)
  const highs = rising(judged.map(({ display }) => display.high))
  const firsts = rising(judged.map(({ display }) => display.first))
  const highest = quantile(rising(all.map(({ display }) => display.high)), 1)
  // Quartiles of the logarithm, and one and a half times what lies between them on top.
  const [lower, upper] = [quantile(highs, 0.25), quantile(highs, 0.75)]
  const usual = Math.max(upper * (upper / lower) ** 1.5, quantile(firsts, 0.75) * 1.3)
  const best = Math.max(...all.map(({ isBest, display }) => (isBest ? display.high : 0)))
  const most = quantile(firsts, 0.5) * (isLog ? MOST_ABOVE.log : MOST_ABOVE.linear)
  const top = Math.max(Math.min(usual, most), best)
  return highest <= top * TOLERATED ? highest : top
}

/** Round limits around [min, max]. */
function rounded(min: number, max: number, isLog: boolean): Limits {
  if (isLog) {
    const low = Math.floor(Math.log10(min) * PER_DECADE - 0.3)
    const high = Math.max(Math.ceil(Math.log10(max) * PER_DECADE + 0.3), low + 1)
    return { min: 10 ** (low / PER_DECADE), max: 10 ** (high / PER_DECADE) }
  }
  const span = Math.max(max - min, Math.abs(max) * 1e-6, 1e-12)
  const power = 10 ** Math.floor(Math.log10(span / LINEAR_STEPS))
  const stride = power * ([1, 2, 5].find((by) => by * power >= span / LINEAR_STEPS) ?? 10)
  const low = Math.floor(min / stride) * stride
  return { min: min >= 0 ? Math.max(0, low) : low, max: Math.ceil(max / stride + 0.2) * stride }
}

/** So much of the height may be empty before limits are drawn in again. */
const SLACK = 0.25

/** Are limits that were good still so: nothing outside, and not much empty? */
function holds(before: Limits, { min, max }: Limits, isLog: boolean): boolean {
  if (before.min > min || before.max < max) return false
  const place = isLog ? Math.log : Number
  const whole = place(before.max) - place(before.min)
  return place(max) - place(min) >= whole * (1 - SLACK)
}

/**
 * The upright range: from the lowest value to what is usual at the start, so that one that grows beyond all
 * measure flattens no other. Round, and kept from one drawing to the next as long as it will do.
 */
export function limitsOf(
  all: readonly Spanned[],
  isLog: boolean,
  { before, most = Infinity }: { readonly before?: Limits; readonly most?: number } = {},
): Limits {
  const top = Math.max(SMALLEST, Math.min(topOf(all, isLog), most, LARGEST))
  let min = Infinity
  for (const { display } of all) min = Math.min(min, isLog ? display.lowPositive : display.low)
  if (!Number.isFinite(min) || !Number.isFinite(top)) {
    return isLog ? { min: 0.1, max: Math.min(3, most) } : { min: 0, max: Math.min(3, most) }
  }
  if (isLog) min = Math.max(min, top / DEEPEST)
  else if (min > 0 && min < top * 0.5) min = 0
  else min = Math.max(min, -LARGEST)
  const next = rounded(Math.min(min, top), top, isLog)
  const round = { min: next.min, max: Math.min(next.max, isLog ? most * 1.15 : most * 1.02) }
  return before !== undefined && holds(before, round, isLog) ? before : round
}
