/** The chart's colours, read from the style sheet's tokens: one place decides, light and dark alike. */
export interface Palette {
  readonly train: string
  readonly band: string
  /** The train line before smoothing. */
  readonly raw: string
  readonly dev: string
  readonly ghost: string
  readonly grid: string
  readonly day: string
  readonly ink: string
  readonly muted: string
  readonly ground: string
  readonly font: string
}

export function readPalette(element: Element): Palette {
  const styles = getComputedStyle(element)
  const token = (name: string) => styles.getPropertyValue(`--${name}`).trim()
  return {
    train: token('train'),
    band: token('train-band'),
    raw: token('train-raw'),
    dev: token('dev'),
    ghost: token('ghost'),
    grid: token('grid'),
    day: token('day-line'),
    ink: token('ink'),
    muted: token('muted'),
    ground: token('ground'),
    font: styles.fontFamily,
  }
}
