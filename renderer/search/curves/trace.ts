import type { Frame } from '../../chart/scales.ts'
import type { Display } from './display.ts'
import type { Limits } from './limits.ts'

/** Where one drawing puts values: the axes of all its lines. */
export interface Scales {
  /** In the unit of the way along. */
  readonly end: number
  readonly limits: Limits
  readonly isLog: boolean
  readonly frame: Frame
}

/** A curve in pixels. Lines break where x is NaN. */
export interface Trace {
  readonly trial: number
  readonly x: Float32Array
  readonly y: Float32Array
  readonly length: number
  /** Where it first leaves the picture through the top; null where it stays. */
  readonly leavesAt: number | null
}

/** Points nearer than this along add nothing to a line that is averaged already. */
const LEAST_APART = 1.5
/** Lines leave the picture, but not by so much that painters lose count. */
const FAR_OUT = 4_000

/** Values to pixels, upwards. Above the frame they may lie outside; below it they stay on its edge. */
export function placeIn({ limits, isLog, frame }: Scales): (value: number) => number {
  const { top, bottom } = frame
  const low = isLog ? Math.log(limits.min) : limits.min
  const high = isLog ? Math.log(limits.max) : limits.max
  const perUnit = (bottom - top) / (high - low || 1)
  return (value) => {
    if (isLog && !(value > 0)) return Number.isNaN(value) ? Number.NaN : bottom
    const y = bottom - ((isLog ? Math.log(value) : value) - low) * perUnit
    return y > bottom ? bottom : y < top - FAR_OUT ? top - FAR_OUT : y
  }
}

/** The line of one trial. `at` tells where a step lies, in the unit of the way along. */
export function traceOf(
  trial: number,
  display: Display,
  at: (trial: number, step: number) => number,
  scales: Scales,
): Trace {
  const { frame, end } = scales
  const place = placeIn(scales)
  const perUnit = (frame.right - frame.left) / end
  const { step } = display.track
  const room = display.length
  const x = new Float32Array(room)
  const y = new Float32Array(room)
  let length = 0
  let leavesAt: number | null = null
  // A straight way along needs no call for each point.
  const [zero, one] = [at(trial, 0), at(trial, 1)]
  for (let i = 0; i < room; i++) {
    const value = display.values[i]!
    const px = frame.left + (zero + (one - zero) * step[i]!) * perUnit
    const py = place(value)
    if (py < frame.top) leavesAt ??= px
    const isNear = length > 0 && px - x[length - 1]! < LEAST_APART && i < room - 1
    if (isNear && !Number.isNaN(py) && !Number.isNaN(y[length - 1]!)) continue
    x[length] = px
    y[length] = py
    length += 1
  }
  return { trial, x, y, length, leavesAt }
}

/** The last point that is a number; -1 where there is none. */
export function tipOf({ y, length }: Trace): number {
  let i = length - 1
  while (i >= 0 && Number.isNaN(y[i]!)) i -= 1
  return i
}

/** How far a point is from a line between two others, squared. */
function distance(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay]
  const long = dx * dx + dy * dy
  const share = long === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / long))
  return (ax + share * dx - px) ** 2 + (ay + share * dy - py) ** 2
}

/** Index of the first point at `x` or right of it. */
function firstFrom({ x, length }: Trace, at: number): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

function distanceTo(trace: Trace, px: number, py: number, reach: number): number {
  let least = Infinity
  const from = Math.max(0, firstFrom(trace, px - reach) - 1)
  for (let i = from; i < trace.length; i++) {
    const [ax, ay] = [trace.x[i]!, trace.y[i]!]
    if (ax > px + reach && i > from) break
    const next = i + 1 < trace.length && !Number.isNaN(trace.y[i + 1]!) ? i + 1 : i
    const far = distance(px, py, ax, ay, trace.x[next]!, trace.y[next]!)
    if (far < least) least = far
  }
  return Math.sqrt(least)
}

/**
 * The trial whose line is nearest to a point, within `reach` pixels. Of lines that lie on each other, one
 * that stands out is meant.
 */
export function nearestOf(
  traces: Iterable<Trace>,
  point: { readonly x: number; readonly y: number },
  reach: number,
  standsOut: (trial: number) => boolean,
): number | null {
  let [nearest, least]: [number | null, number] = [null, reach]
  for (const trace of traces) {
    const far = distanceTo(trace, point.x, point.y, reach) - (standsOut(trace.trial) ? 4 : 0)
    if (far < least) [nearest, least] = [trace.trial, far]
  }
  return nearest
}
