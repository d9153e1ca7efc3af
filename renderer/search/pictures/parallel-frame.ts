import type { Frame } from '../../chart/scales.ts'
import { BROKEN, WITHOUT } from './parallel-model.ts'
import type { ParallelLine } from './parallel-model.ts'

/** Where the axes stand on their canvas, in CSS pixels. */
export interface ParallelFrame extends Frame {
  readonly axes: number
}

/** Around the axes: numbers beside them, what stands apart above and below. */
const MARGIN = { left: 58, right: 62, top: 24, bottom: 28 } as const
/** How far off its axis that stands. */
const APART = 18
/** So near to an axis, a drag is meant for it. */
const GRIP = 14
/** A line so near to the pointer is meant. */
const REACH = 12

export const parallelFrame = (width: number, height: number, axes: number): ParallelFrame => ({
  axes,
  left: MARGIN.left,
  right: Math.max(MARGIN.left + 10, width - MARGIN.right),
  top: MARGIN.top,
  bottom: Math.max(MARGIN.top + 10, height - MARGIN.bottom),
})

/** How far one axis is from the next. */
export const gapOf = ({ axes, left, right }: ParallelFrame): number =>
  (right - left) / Math.max(1, axes - 1)

export const axisX = (frame: ParallelFrame, axis: number): number =>
  frame.left + axis * gapOf(frame)

/** Where a place of an axis is on the canvas: in [0, 1] on the axis, what stands apart a little off it. */
export function yAt({ top, bottom }: ParallelFrame, place: number): number {
  if (place < 0) return bottom + (APART * place) / WITHOUT
  if (place > 1) return top - (APART * (place - 1)) / (BROKEN - 1)
  return bottom - place * (bottom - top)
}

/** The place at a height of the canvas, never farther off than what stands apart. */
export function placeAtY({ top, bottom }: ParallelFrame, y: number): number {
  if (y > bottom) return Math.max(WITHOUT, ((y - bottom) / APART) * WITHOUT)
  if (y < top) return Math.min(BROKEN, 1 + ((top - y) / APART) * (BROKEN - 1))
  return (bottom - y) / (bottom - top)
}

/** The axis that a drag from here is meant for; null between axes. */
export function axisAt(frame: ParallelFrame, x: number): number | null {
  const axis = Math.round((x - frame.left) / gapOf(frame))
  if (axis < 0 || axis >= frame.axes) return null
  return Math.abs(axisX(frame, axis) - x) <= Math.min(GRIP, gapOf(frame) / 2) ? axis : null
}

/** The trial whose line is nearest to a place, in front of those behind it; null where none is near. */
export function lineAt(
  frame: ParallelFrame,
  lines: readonly ParallelLine[],
  { x, y }: { readonly x: number; readonly y: number },
): number | null {
  const gap = gapOf(frame)
  const at = (x - frame.left) / gap
  if (at < -REACH / gap || at > frame.axes - 1 + REACH / gap) return null
  const from = Math.max(0, Math.min(frame.axes - 2, Math.floor(at)))
  const along = Math.max(0, Math.min(1, at - from))
  let nearest: number | null = null
  let least = REACH
  for (const { trial, places } of lines) {
    const a = yAt(frame, places[from] ?? 0)
    const rise = yAt(frame, places[from + 1] ?? 0) - a
    // From the line itself: a steep one is nearer than it is high.
    const far = (Math.abs(a + rise * along - y) * gap) / Math.hypot(gap, rise)
    if (far <= least) [nearest, least] = [trial, far]
  }
  return nearest
}
