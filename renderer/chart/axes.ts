import { formatCount } from '../ui/format.ts'
import type { Palette } from './palette.ts'
import type { Frame, YScale } from './scales.ts'
import { logTicks, niceTicks, writeTick } from './ticks.ts'

/** Numbers to the left of a plot with hairlines through it. `most` bounds how many. */
export function paintYAxis(
  ctx: CanvasRenderingContext2D,
  y: YScale,
  frame: Frame,
  palette: Palette,
  { most, write = writeTick }: { readonly most: number; readonly write?: (v: number) => string },
): void {
  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'right'
  ctx.textBaseline = 'middle'
  ctx.lineWidth = 1
  const ticks = y.isLog ? logTicks(y.min, y.max, most) : niceTicks(y.min, y.max, most)
  for (const tick of ticks) {
    const at = Math.round(y.at(tick)) + 0.5
    ctx.strokeStyle = palette.grid
    ctx.beginPath()
    ctx.moveTo(frame.left, at)
    ctx.lineTo(frame.right, at)
    ctx.stroke()
    ctx.fillStyle = palette.muted
    ctx.fillText(write(tick), frame.left - 7, at)
  }
}

/** Steps along the bottom, as many as there is room for. */
export function paintStepAxis(
  ctx: CanvasRenderingContext2D,
  { from, to }: { readonly from: number; readonly to: number },
  frame: Frame,
  palette: Palette,
): void {
  const width = frame.right - frame.left
  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  ctx.fillStyle = palette.muted
  for (const tick of niceTicks(from, to, Math.max(1, Math.floor(width / 90)))) {
    if (!Number.isInteger(tick)) continue
    const x = frame.left + ((tick - from) / (to - from)) * width
    const text = formatCount(tick)
    const half = ctx.measureText(text).width / 2
    ctx.fillText(text, Math.min(frame.right - half, Math.max(half, x)), frame.bottom + 5)
  }
}
