/** What brushing needs to know of an axis. */
export interface BrushAxis {
  readonly key: string
  /** Whether its values have shares of it, between the stops: a stretch then holds whole shares. */
  readonly isBanded: boolean
  /**
   * Increasing places where a stretch may begin or end by key, at least two. One below 0 or above 1 stands
   * apart, for what has no place in between.
   */
  readonly stops: readonly number[]
}

/** From where to where an axis is brushed, both included. */
export interface Stretch {
  readonly low: number
  readonly high: number
}

/** The stretches by the keys of their axes. An axis that has none keeps everything. */
export type Brushes = ReadonlyMap<string, Stretch>

const EPSILON = 1e-6

const firstOf = ({ stops }: BrushAxis): number => stops[0] ?? 0
const lastOf = ({ stops }: BrushAxis): number => stops.at(-1) ?? 1

/** The stretch itself, or null where it holds the whole axis and so keeps everything. */
const unlessWhole = (axis: BrushAxis, stretch: Stretch): Stretch | null =>
  stretch.low <= firstOf(axis) + EPSILON && stretch.high >= lastOf(axis) - EPSILON ? null : stretch

/** Puts a place that is off the axis on what stands apart there, if it is the nearer, else on the axis. */
function settled(axis: BrushAxis, place: number): number {
  const [first, last] = [firstOf(axis), lastOf(axis)]
  if (place < 0) return first < 0 && place < first / 2 ? first : 0
  if (place > 1) return last > 1 && place > (1 + last) / 2 ? last : 1
  return place
}

/** What a drag from one place to another brushes; null where that is the whole axis. */
export function dragged(axis: BrushAxis, from: number, to: number): Stretch | null {
  const [low, high] = [settled(axis, Math.min(from, to)), settled(axis, Math.max(from, to))]
  if (!axis.isBanded) return unlessWhole(axis, { low, high })
  // Each share that was touched, wholly.
  const below = axis.stops.findLast((stop) => stop <= Math.min(low, 1 - EPSILON)) ?? low
  const above = axis.stops.find((stop) => stop >= high && (stop > below || stop < 0)) ?? high
  return unlessWhole(axis, { low: below, high: above })
}

/** The brushes with that of one axis replaced, or taken away where it is null. */
export function brushed(brushes: Brushes, key: string, stretch: Stretch | null): Brushes {
  const next = new Map(brushes)
  if (stretch === null) next.delete(key)
  else next.set(key, stretch)
  return next
}

/** Does a line through these places, one for each axis, pass all brushes? */
export const passes = (
  places: readonly number[],
  axes: readonly BrushAxis[],
  brushes: Brushes,
): boolean =>
  axes.every(({ key }, i) => {
    const stretch = brushes.get(key)
    const place = places[i]
    if (stretch === undefined) return true
    return place !== undefined && place >= stretch.low - EPSILON && place <= stretch.high + EPSILON
  })

/** The two ends of a stretch as numbers of stops, and how far each of them may go. */
export interface SliderEnds {
  readonly low: number
  readonly high: number
  /** The last stop that the low end may be at. */
  readonly lowMost: number
  /** The first stop that the high end may be at. */
  readonly highLeast: number
}

function nearestStop({ stops }: BrushAxis, place: number): number {
  let nearest = 0
  stops.forEach((stop, i) => {
    if (Math.abs(stop - place) < Math.abs((stops[nearest] ?? 0) - place)) nearest = i
  })
  return nearest
}

/** Where the two ends of an axis's stretch stand; at the axis's own ends where it has none. */
export function sliderEnds(axis: BrushAxis, stretch: Stretch | undefined): SliderEnds {
  const last = axis.stops.length - 1
  return {
    low: stretch === undefined ? 0 : nearestStop(axis, stretch.low),
    high: stretch === undefined ? last : nearestStop(axis, stretch.high),
    lowMost: lastOf(axis) > 1 ? last : last - 1,
    highLeast: firstOf(axis) < 0 ? 0 : 1,
  }
}

/** The stretch after one of its ends went to a stop, pushing the other along; null where it is whole. */
export function slid(
  axis: BrushAxis,
  stretch: Stretch | undefined,
  end: 'low' | 'high',
  stop: number,
): Stretch | null {
  const ends = sliderEnds(axis, stretch)
  const last = axis.stops.length - 1
  const low = end === 'low' ? Math.min(stop, ends.lowMost) : Math.min(ends.low, stop - 1)
  const high = end === 'high' ? Math.max(stop, ends.highLeast) : Math.max(ends.high, stop + 1)
  // What stands apart is a stretch of its own, of no length.
  const place = (index: number) => axis.stops[Math.max(0, Math.min(last, index))] ?? 0
  return unlessWhole(axis, { low: place(low), high: place(high) })
}
