import type { Flag } from './flags.ts'

/** A flag with its place on the chart, in pixels. */
export interface PlacedFlag {
  readonly flag: Flag
  readonly left: number
  /** Flags that land close together stand below each other. */
  readonly row: number
  /** Is there room for its words? */
  readonly isRoomy: boolean
}

interface Plot {
  area(): { readonly left: number; readonly right: number }
  xOf(step: number): number
}

const ROWS = 3
const ICON_WIDTH = 22
/** A generous guess at the width of small type; the words are only cut, never wrong. */
const LETTER_WIDTH = 5.8

/** Gives each flag in view the highest row where it covers no other. */
export function placeFlags(flags: readonly Flag[], plot: Plot): readonly PlacedFlag[] {
  const { left: start, right: end } = plot.area()
  const taken = Array<number>(ROWS).fill(Number.NEGATIVE_INFINITY)
  return flags.flatMap((flag) => {
    const left = Math.round(plot.xOf(flag.step))
    if (left < start - 1 || left > end + 1) return []
    const width = ICON_WIDTH + flag.label.length * LETTER_WIDTH
    const free = taken.findIndex((until) => until <= left)
    const isRoomy = free >= 0 && left + width <= end + 10
    const row = Math.max(0, free)
    taken[row] = left + (isRoomy ? width : ICON_WIDTH)
    return [{ flag, left, row, isRoomy }]
  })
}
