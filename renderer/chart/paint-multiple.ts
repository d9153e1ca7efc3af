import type { Column } from './columns.ts'
import type { Multiple } from './multiples.ts'
import { clipped, paintBand, paintDots, paintLine, paintMarks, paintSpikes } from './paint.ts'
import type { Palette } from './palette.ts'
import type { Plane } from './plane.ts'
import { yScaleOf } from './scales.ts'
import type { YScale } from './scales.ts'
import { logTicks, niceTicks, writeTick } from './ticks.ts'
import { yRangeOf } from './y-range.ts'

const LARGE_SPAN = 10

function* valuesOf(lines: readonly (readonly Column[])[], reference?: number): Iterable<number> {
  for (const columns of lines) {
    for (const { min, max } of columns) {
      yield min
      yield max
    }
  }
  if (reference !== undefined) yield reference
}

function isWide(lines: readonly (readonly Column[])[]): boolean {
  let [low, high] = [Infinity, 0]
  for (const value of valuesOf(lines)) {
    if (value <= 0) return false
    if (value < low) low = value
    if (value > high) high = value
  }
  return high > low * LARGE_SPAN
}

/** Two numbers tell the scale of so low a plot; what is set is told as it is. */
function ticksOf(y: YScale, { isStep }: Multiple, lines: readonly (readonly Column[])[]) {
  if (isStep) {
    const values = new Set(lines.flatMap((columns) => columns.map(({ mean }) => mean)))
    const finite = [...values].filter(Number.isFinite)
    return finite.length === 0 ? [] : [...new Set([Math.min(...finite), Math.max(...finite)])]
  }
  return y.isLog ? logTicks(y.min, y.max, 3) : niceTicks(y.min, y.max, 3)
}

/** One small plot: its scale, its lines, its reference. `height` in pixels. */
export function paintMultiple(
  ctx: CanvasRenderingContext2D,
  multiple: Multiple,
  lines: readonly (readonly Column[])[],
  { left, right, isBroken }: Plane,
  height: number,
  palette: Palette,
): void {
  if (lines.every((columns) => columns.length === 0)) return
  const frame = { left, right, top: 20, bottom: height - 7 }
  const { log, reference, isStep, isDev = false } = multiple
  const isLog = log === 'always' || (log === 'wide' && isWide(lines))
  const y = yScaleOf(yRangeOf(valuesOf(lines, reference), isLog), isLog, frame)

  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'right'
  ctx.textBaseline = 'middle'
  ctx.lineWidth = 1
  let lastAt = Infinity
  for (const tick of ticksOf(y, multiple, lines).toSorted((a, b) => a - b)) {
    const at = Math.round(y.at(tick)) + 0.5
    if (lastAt - at < 13) continue
    lastAt = at
    ctx.strokeStyle = palette.grid
    ctx.beginPath()
    ctx.moveTo(left, at)
    ctx.lineTo(right, at)
    ctx.stroke()
    ctx.fillStyle = palette.muted
    ctx.fillText(
      isDev ? multiple.write(tick) : writeTick(Number(tick.toPrecision(2))),
      left - 8,
      at,
    )
  }
  if (reference !== undefined) {
    const at = Math.round(y.at(reference)) + 0.5
    ctx.save()
    ctx.setLineDash([4, 4])
    ctx.strokeStyle = palette.accent
    ctx.beginPath()
    ctx.moveTo(left, at)
    ctx.lineTo(right, at)
    ctx.stroke()
    ctx.restore()
  }
  const colours = isDev ? [palette.dev] : [palette.muted, palette.ghost]
  clipped(ctx, frame, () => {
    for (const [i, columns] of lines.entries()) {
      const color = colours[i % colours.length] ?? palette.muted
      ctx.globalAlpha = 0.18
      paintBand(ctx, columns, y, color, isBroken)
      ctx.globalAlpha = 0.5
      if (!isStep) paintSpikes(ctx, columns, y, color)
      ctx.globalAlpha = 1
      if (i > 0) ctx.setLineDash([4, 2])
      paintLine(ctx, columns, y, { color, width: 1.3, isStep, ...(!isStep && { isBroken }) })
      ctx.setLineDash([])
      if (isDev && columns.length <= 120) paintDots(ctx, columns, y, color, 2)
      paintMarks(ctx, columns, y, frame, palette.bad)
    }
  })
}
