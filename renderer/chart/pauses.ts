import type { Palette } from './palette.ts'
import { LEAST_HATCHED } from './plane.ts'
import type { Plane } from './plane.ts'
import type { Frame } from './scales.ts'
import type { XAxis } from './x-axis.ts'

const HATCH = 5

/** Where training stood still: a thin break along training time, a hatched stretch on the wall clock. */
export function paintPauses(
  ctx: CanvasRenderingContext2D,
  axis: XAxis,
  { range, place, xOf, left, right }: Plane,
  { top, bottom }: Frame,
  palette: Palette,
): void {
  const isIn = (step: number) => step >= range.from && step <= range.to
  ctx.save()
  ctx.strokeStyle = palette.day
  ctx.lineWidth = 1
  let last = Number.NEGATIVE_INFINITY
  for (const step of axis.pauses) {
    const x = Math.round(xOf(step)) + 0.5
    if (!isIn(step) || x - last < 3) continue
    last = x
    breakAt(ctx, x, top, bottom)
  }
  if (axis.kind !== 'clock') return ctx.restore()
  for (const jump of axis.jumps) {
    if (!isIn(jump.step)) continue
    const from = Math.max(left, place(jump.from))
    const to = Math.min(right, place(jump.to))
    if (to - from < 1) continue
    if (to - from < LEAST_HATCHED) breakAt(ctx, Math.round((from + to) / 2) + 0.5, top, bottom)
    else hatch(ctx, from, to, top, bottom)
  }
  ctx.restore()
}

function breakAt(ctx: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  ctx.setLineDash([1, 3])
  ctx.beginPath()
  ctx.moveTo(x, top)
  ctx.lineTo(x, bottom)
  ctx.stroke()
}

function hatch(
  ctx: CanvasRenderingContext2D,
  from: number,
  to: number,
  top: number,
  bottom: number,
): void {
  ctx.save()
  ctx.setLineDash([])
  ctx.beginPath()
  ctx.rect(from, top, to - from, bottom - top)
  ctx.clip()
  ctx.beginPath()
  const height = bottom - top
  for (let x = from - height; x < to; x += HATCH) {
    ctx.moveTo(x, bottom)
    ctx.lineTo(x + height, top)
  }
  ctx.stroke()
  ctx.restore()
}
