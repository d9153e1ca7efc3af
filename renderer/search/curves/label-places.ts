import type { Frame } from '../../chart/scales.ts'

/** The end of a line, in CSS pixels, and how wide the words beside it are. */
export interface LabelEnd {
  readonly trial: number
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Where words stand. */
export interface LabelPlace {
  /** Where they begin; where they end if they stand to the left of their line's end. */
  readonly x: number
  /** Their middle. */
  readonly y: number
  readonly isLeft: boolean
  readonly width: number
}

/** How high the plate of words is, and how far it reaches past them on both sides. */
export const PLATE = { height: 16, rim: 3 } as const
/** From the end of a line to its words. */
const ASIDE = 9
/** Words to the left of their line's end would lie on the line: they stand above it. */
const LIFTED = 12

interface Plate {
  readonly from: number
  readonly to: number
  readonly y: number
}

/**
 * Places words beside the ends of lines, on the other side where the right one has no room. Where two would
 * lie on each other the later in order steps aside, up or down, whichever is nearer: so the first never moves.
 */
export function labelPlaces(
  ends: readonly LabelEnd[],
  { top, bottom }: Pick<Frame, 'top' | 'bottom'>,
  /** The right end of the canvas. */
  room: number,
): ReadonlyMap<number, LabelPlace> {
  const half = PLATE.height / 2
  const [highest, lowest] = [top + half, bottom - half]
  const taken: Plate[] = []
  const places = new Map<number, LabelPlace>()
  for (const { trial, x: end, y: wanted, width } of ends) {
    const isLeft = end + ASIDE + width > room - 2
    const x = isLeft ? end - ASIDE : end + ASIDE
    const lift = isLeft ? LIFTED : 0
    const [least, most] = [highest - lift, lowest - lift]
    const at = Math.max(highest, Math.min(lowest, wanted)) - lift
    const [from, to] = [x - (isLeft ? width : 0) - PLATE.rim, x + (isLeft ? 0 : width) + PLATE.rim]
    const near = taken.filter((one) => one.from < to && from < one.to)
    const isFree = (y: number) => near.every((one) => Math.abs(one.y - y) >= PLATE.height)
    const around = near.flatMap((one) => [one.y - PLATE.height, one.y + PLATE.height])
    const y = [at, ...around]
      .filter((one) => one === at || (one >= least && one <= most))
      .toSorted((a, b) => Math.abs(a - at) - Math.abs(b - at))
      .find(isFree)
    taken.push({ from, to, y: y ?? at })
    places.set(trial, { x, y: y ?? at, isLeft, width })
  }
  return places
}
