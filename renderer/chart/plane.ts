import type { Column } from './columns.ts'
import type { Range } from './curve-data.ts'
import type { XAxis } from './x-axis.ts'

/** Room left of every plot for its numbers, and right of it. The same for all, so that they line up. */
export const GUTTER = 54
export const RIGHT_MARGIN = 10

/** Steps to pixels and back, for all plots that share one way along. */
export interface Plane {
  readonly left: number
  readonly right: number
  readonly range: Range
  /** The range in the axis's own unit. */
  readonly from: number
  readonly to: number
  xOf(step: number): number
  /** Where a value of the axis's own unit lies. */
  place(value: number): number
  stepAt(x: number): number
  /** Does a hatched pause lie between two neighbours? No line leads across it. */
  isBroken(before: Column, after: Column): boolean
}

/** Narrower than this, in pixels, a pause is a thin break: hatching would be a smudge. */
export const LEAST_HATCHED = 4

export function planeOf(axis: XAxis, range: Range, width: number): Plane {
  const left = GUTTER
  const right = Math.max(left + 1, width - RIGHT_MARGIN)
  const from = axis.at(range.from)
  const to = Math.max(axis.at(range.to), from + Math.abs(from) * 1e-12 + 1e-9)
  const perUnit = (right - left) / (to - from)
  const place = (value: number) => left + (value - from) * perUnit
  const hatched = axis.jumps
    .filter((jump) => (jump.to - jump.from) * perUnit >= LEAST_HATCHED)
    .map(({ step }) => step)
  return {
    left,
    right,
    range,
    from,
    to,
    place,
    xOf: (step) => place(axis.at(step)),
    isBroken: (before, after) => hatched.some((step) => before.step <= step && after.step > step),
    stepAt: (x) => axis.stepAt(from + (x - left) / perUnit),
  }
}
