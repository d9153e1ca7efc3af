import { paintYAxis } from '../../chart/axes.ts'
import type { Palette } from '../../chart/palette.ts'
import { yScaleOf } from '../../chart/scales.ts'
import { niceTicks, writeTick } from '../../chart/ticks.ts'
import { formatCount } from '../../ui/format.ts'
import type { Along } from './along.ts'
import type { CurveMetric } from './trial-curves-data.ts'
import type { Scales } from './trace.ts'

type Context = CanvasRenderingContext2D

const writeError = (share: number): string => `${Number((share * 100).toPrecision(3))} %`

/** The numbers of both axes, hairlines, and where trials are compared. */
export function paintAxes(
  ctx: Context,
  scales: Scales,
  along: Along,
  metric: CurveMetric,
  palette: Palette,
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
    ctx.fillText(text, frame.left + (tick / end) * width, frame.bottom + 6)
  }
  paintRungs(ctx, scales, along, palette)
}

/** Faint uprights, each with its place above it where that has room. */
function paintRungs(ctx: Context, { frame, end }: Scales, along: Along, palette: Palette): void {
  ctx.textBaseline = 'bottom'
  ctx.lineWidth = 1
  let lastRight = -Infinity
  if (along.rungs.length > 0) {
    ctx.textAlign = 'right'
    ctx.fillText('rungs', frame.left - 7, frame.top - 3)
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
    if (x - half < lastRight + 8) continue
    lastRight = x + half
    ctx.fillText(label, x, frame.top - 3)
  }
}
