import { yScaleOf } from '../../chart/scales.ts'
import type { Frame } from '../../chart/scales.ts'
import type { ResultRange, ScatterPoint } from './scatter.ts'

/** Around the plot, for the numbers of its axes. */
export const MARGIN = { left: 50, right: 12, top: 12, bottom: 21 } as const
/** Under the plot, for each round. */
export const BRACKET_ROW = 7
/** The newest rounds say what is going on; more of them would take the plot's place. */
export const MOST_BRACKETS = 6

/** Where the plot lies on a canvas of this size, with room for so many brackets below it. */
export function frameOf(width: number, height: number, brackets: number): Frame {
  const rows = Math.min(brackets, MOST_BRACKETS)
  const rowsHigh = rows === 0 ? 0 : rows * BRACKET_ROW + 3
  return {
    left: MARGIN.left,
    right: Math.max(MARGIN.left + 10, width - MARGIN.right),
    top: MARGIN.top,
    bottom: Math.max(MARGIN.top + 10, height - MARGIN.bottom - rowsHigh),
  }
}

/** Where a place in [0, 1] lies across the plot. */
export const xOf = (place: number, { left, right }: Frame): number => left + place * (right - left)

/** A place on the canvas, in CSS pixels. */
export interface Spot {
  readonly x: number
  readonly y: number
}

/** Says where points are drawn; what came to no number lies at the top edge. */
export function spotsIn(
  frame: Frame,
  range: ResultRange | null,
): (point: Pick<ScatterPoint, 'x' | 'y'>) => Spot {
  const scale = range === null ? null : yScaleOf(range, range.isLog, frame)
  return ({ x, y }) => ({
    x: xOf(x, frame),
    y: scale === null || !Number.isFinite(y) ? frame.top : scale.at(y),
  })
}

/** A point so near to the pointer, in CSS pixels, is meant. */
const REACH = 24

/** The point nearest to a place on the canvas, in front of those behind it; null where none is near. */
export function nearestPoint(
  points: readonly ScatterPoint[],
  at: Spot,
  frame: Frame,
  range: ResultRange | null,
): ScatterPoint | null {
  const spotOf = spotsIn(frame, range)
  let nearest: ScatterPoint | null = null
  let least = REACH
  for (const point of points) {
    const spot = spotOf(point)
    const far = Math.hypot(spot.x - at.x, spot.y - at.y)
    if (far <= least) [nearest, least] = [point, far]
  }
  return nearest
}
