/** Where a plot lies on its canvas, in CSS pixels. */
export interface Frame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Values to pixels. What is too large or infinite lands on the edge, so that it can be marked there. */
export interface YScale {
  readonly min: number
  readonly max: number
  readonly isLog: boolean
  at(value: number): number
}

/** A linear or logarithmic scale over [min, max], upwards. NaN stays NaN: it has no place. */
export function yScaleOf(
  { min, max }: { readonly min: number; readonly max: number },
  isLog: boolean,
  { top, bottom }: Pick<Frame, 'top' | 'bottom'>,
): YScale {
  const place = isLog ? (value: number) => Math.log(Math.max(value, Number.MIN_VALUE)) : Number
  const [low, high] = [place(min), place(max)]
  const perUnit = (bottom - top) / (high - low || 1)
  return {
    min,
    max,
    isLog,
    at: (value) => {
      const y = bottom - (place(value) - low) * perUnit
      return y < top ? top : y > bottom ? bottom : y
    },
  }
}
