import type { Palette } from '../../chart/palette.ts'
import type { Brushes } from './brush.ts'
import { fitted } from './fitted.ts'
import { axisX, gapOf, yAt } from './parallel-frame.ts'
import type { ParallelFrame } from './parallel-frame.ts'
import { BROKEN, WITHOUT } from './parallel-model.ts'
import type { ParallelAxis } from './parallel-model.ts'

type Context = CanvasRenderingContext2D

/** Axes nearer than this have no room for numbers between them. */
const LABEL_ROOM = 54

/** Text with the ground around it, legible over lines. */
function write(ctx: Context, text: string, x: number, y: number, color: string, ground: string) {
  ctx.strokeStyle = ground
  ctx.lineWidth = 4
  ctx.lineJoin = 'round'
  ctx.strokeText(text, x, y)
  ctx.fillStyle = color
  ctx.fillText(text, x, y)
}

/** The axes with their numbers: at the left of each, of the last at its right. */
export function paintParallelAxes(
  ctx: Context,
  frame: ParallelFrame,
  axes: readonly ParallelAxis[],
  brushes: Brushes,
  palette: Palette,
): void {
  const gap = gapOf(frame)
  ctx.font = `11px ${palette.font}`
  ctx.textBaseline = 'middle'
  axes.forEach(({ key, ticks, stops }, i) => {
    const x = Math.round(axisX(frame, i)) + 0.5
    const isLast = i === axes.length - 1
    const side = isLast ? 1 : -1
    const room = i === 0 || isLast ? 50 : Math.min(90, gap - 18)
    ctx.strokeStyle = palette.muted
    ctx.lineWidth = 1
    ctx.beginPath()
    ctx.moveTo(x, frame.top)
    ctx.lineTo(x, frame.bottom)
    for (const { place } of ticks) {
      const y = Math.round(yAt(frame, place)) + 0.5
      ctx.moveTo(x, y)
      ctx.lineTo(x + side * 4, y)
    }
    ctx.stroke()
    ctx.textAlign = isLast ? 'left' : 'right'
    const hasRoom = gap >= LABEL_ROOM || i === 0 || isLast
    // The ends of a brush are written at the brush; what is near to them would run into them.
    const brush = brushes.get(key)
    const isFree = (place: number) =>
      brush === undefined ||
      [brush.low, brush.high].every((end) => Math.abs(yAt(frame, end) - yAt(frame, place)) > 13)
    if (!hasRoom) return
    for (const { place, label } of ticks) {
      if (!isFree(place)) continue
      const text = fitted(ctx, label, room)
      write(ctx, text, x + side * 8, yAt(frame, place), palette.muted, palette.ground)
    }
    const apart = [
      ...((stops[0] ?? 0) < 0 ? [{ place: WITHOUT, text: '—' }] : []),
      ...((stops.at(-1) ?? 1) > 1 ? [{ place: BROKEN, text: '×' }] : []),
    ]
    for (const { place, text } of apart) {
      const color = place > 1 ? palette.bad : palette.muted
      write(ctx, text, x + side * 8, yAt(frame, place), color, palette.ground)
    }
  })
}

/** The stretches that are brushed, with what they begin and end with. */
export function paintBrushes(
  ctx: Context,
  frame: ParallelFrame,
  axes: readonly ParallelAxis[],
  brushes: Brushes,
  palette: Palette,
): void {
  ctx.font = `11px ${palette.font}`
  axes.forEach(({ key, textAt, isBanded }, i) => {
    const brush = brushes.get(key)
    if (brush === undefined) return
    const x = Math.round(axisX(frame, i)) + 0.5
    const isLast = i === axes.length - 1
    // What stands apart has no length of its own; it gets some to be seen.
    const isDot = brush.low === brush.high
    const bottom = Math.round(yAt(frame, brush.low) + (isDot ? 6 : 0))
    const top = Math.round(yAt(frame, brush.high) - (isDot ? 6 : 0))
    ctx.globalAlpha = 0.22
    ctx.fillStyle = palette.ink
    ctx.fillRect(x - 6.5, top, 13, bottom - top)
    ctx.globalAlpha = 1
    ctx.strokeStyle = palette.ink
    ctx.lineWidth = 1
    ctx.strokeRect(x - 6, top + 0.5, 12, Math.max(1, bottom - top - 1))
    ctx.textAlign = isLast ? 'left' : 'right'
    ctx.textBaseline = 'middle'
    const beside = x + (isLast ? 11 : -11)
    const [low, high] = [textAt(brush.low, 'low'), textAt(brush.high, 'high')]
    if (low === high) {
      const text = isBanded || isDot ? low : ''
      return write(ctx, text, beside, (top + bottom) / 2, palette.ink, palette.ground)
    }
    const apart = Math.max(0, (14 - (bottom - top)) / 2)
    write(ctx, high, beside, top - apart, palette.ink, palette.ground)
    write(ctx, low, beside, bottom + apart, palette.ink, palette.ground)
  })
}
