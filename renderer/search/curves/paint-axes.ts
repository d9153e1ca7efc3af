import { paintYAxis } from '../../chart/axes.ts'
import type { Palette } from '../../chart/palette.ts'
import { yScaleOf } from '../../chart/scales.ts'
import { niceTicks, writeTick } from '../../chart/ticks.ts'
import { formatCount } from '../../ui/format.ts'
import { writeError } from '../write-error.ts'
import type { Along } from './along.ts'
import type { Ground } from './standing-layer.ts'
import type { Scales } from './trace.ts'

type Context = CanvasRenderingContext2D

/** Of what is written above the plot: clear of a number at its very top. */
const ABOVE = 8

/** The numbers of both axes, hairlines, and where trials are compared. */
export function paintAxes(
  ctx: Context,
  { scales, along, metric, palette, width: room }: Ground,
): void {
  const { frame, limits, isLog, end } = scales
  const write = metric === 'dev_error' ? writeError : writeTick
  const most = Math.max(2, Math.min(8, Math.floor((frame.bottom - frame.top) / 42)))
  paintYAxis(ctx, yScaleOf(limits, isLog, frame), frame, palette, { most, write })
  const width = frame.right - frame.left
  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  ctx.fillStyle = palette.muted
  for (const tick of niceTicks(0, end, Math.max(2, Math.floor(width / 110)))) {
    const text = Number.isInteger(tick) ? formatCount(tick) : String(tick)
    const x = frame.left + (tick / end) * width
    ctx.fillText(text, Math.min(x, room - ctx.measureText(text).width / 2), frame.bottom + 6)
  }
  paintRungs(ctx, scales, along, palette, room)
}

/** Faint uprights, each with its place above it where that has room. */
function paintRungs(
  ctx: Context,
  { frame, end }: Scales,
  along: Along,
  palette: Palette,
  /** The right end of the canvas. */
  room: number,
): void {
  ctx.textBaseline = 'bottom'
  ctx.lineWidth = 1
  let lastRight = -Infinity
  if (along.rungs.length > 0) {
    ctx.textAlign = 'right'
    ctx.fillText('rungs', frame.left - 7, frame.top - ABOVE)
    ctx.textAlign = 'center'
  }
  for (const { at, label } of along.rungs) {
    if (at > end * 1.0001) break
    const x = frame.left + (at / end) * (frame.right - frame.left)
    ctx.strokeStyle = palette.day
    ctx.setLineDash([3, 3])
    ctx.beginPath()
    ctx.moveTo(Math.round(x) + 0.5, frame.top)
    ctx.lineTo(Math.round(x) + 0.5, frame.bottom)
    ctx.stroke()
    ctx.setLineDash([])
    const half = ctx.measureText(label).width / 2
    const middle = Math.min(x, room - half)
    if (middle - half < lastRight + 8) continue
    lastRight = middle + half
    ctx.fillText(label, middle, frame.top - ABOVE)
  }
}
