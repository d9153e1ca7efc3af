import type { Flag } from './flags.ts'

/** A flag with its place on the chart, in pixels; or several, where there is no room for each. */
export interface PlacedFlag {
  readonly flags: readonly [Flag, ...Flag[]]
  readonly left: number
  /** Flags that land close together stand below each other. */
  readonly row: number
  /** Room that nothing else takes, from `left` on. */
  readonly width: number
  /** Is there room for its words? Never where it stands for several: those are counted. */
  readonly isRoomy: boolean
  /** Where the ramp of a nudge ends, if it has one. */
  readonly until: number | null
}

interface Plot {
  readonly left: number
  readonly right: number
  xOf(step: number): number
}

const FLAG_ROWS = 3
const ICON_WIDTH = 22
/** An icon and "+12". */
const COUNTER_WIDTH = 44
/** A generous guess at the width of small type; the words are only left out, never cut wrongly. */
const LETTER_WIDTH = 6.2

type Draft = { -readonly [K in keyof PlacedFlag]: PlacedFlag[K] }

/**
 * Gives each flag in view a row where it covers no other: the first where the one before can keep its words,
 * else the first where it can keep its icon, else it is counted in with the last flag of the lowest row.
 */
export function placeFlags(flags: readonly Flag[], plot: Plot): readonly PlacedFlag[] {
  const placed: Draft[] = []
  const last: (Draft | undefined)[] = Array.from({ length: FLAG_ROWS })
  for (const flag of flags) {
    const left = Math.round(plot.xOf(flag.step))
    if (left < plot.left - 1 || left > plot.right + 1) continue
    const leastOf = (draft: Draft) => (draft.flags.length > 1 ? COUNTER_WIDTH : ICON_WIDTH)
    const isFree = (draft: Draft | undefined, width: (one: Draft) => number) =>
      draft === undefined || draft.left + width(draft) <= left
    let row = last.findIndex((draft) => isFree(draft, ({ width }) => width))
    if (row < 0) row = last.findIndex((draft) => isFree(draft, leastOf))
    if (row < 0) {
      // No row has room for it: the flag nearest to it on the lowest row speaks for both.
      const full = last[FLAG_ROWS - 1]!
      full.flags = [...full.flags, flag]
      full.isRoomy = false
      full.width = COUNTER_WIDTH
      continue
    }
    const before = last[row]
    if (before !== undefined && before.left + before.width > left) {
      before.isRoomy = false
      before.width = leastOf(before)
    }
    const words = ICON_WIDTH + flag.label.length * LETTER_WIDTH
    const isRoomy = left + words <= plot.right + 10
    const width = isRoomy ? words : ICON_WIDTH
    const until = flag.untilStep === undefined ? null : Math.round(plot.xOf(flag.untilStep))
    const draft: Draft = { flags: [flag], left, row, width, isRoomy, until }
    placed.push(draft)
    last[row] = draft
  }
  return placed
}
