import type { Palette } from '../../chart/palette.ts'
import { axisX, yAt } from './parallel-frame.ts'
import type { ParallelFrame } from './parallel-frame.ts'
import type { ParallelLine } from './parallel-model.ts'
import type { ValueRamp } from './value-ramp.ts'

type Context = CanvasRenderingContext2D

/** How a line is drawn that stands out. */
export interface LineStyle {
  readonly color: string
  readonly width: number
  readonly alpha: number
}

/** What a brush leaves out stays as a trace. */
const FAINT = 0.1

function trace(ctx: Context, frame: ParallelFrame, { places }: ParallelLine): void {
  ctx.beginPath()
  places.forEach((place, i) => {
    const [x, y] = [axisX(frame, i), yAt(frame, place)]
    if (i === 0) ctx.moveTo(x, y)
    else ctx.lineTo(x, y)
  })
  ctx.stroke()
}

/** All lines, very faint: what is left of those that a brush leaves out. */
export function paintFaint(
  ctx: Context,
  frame: ParallelFrame,
  lines: readonly ParallelLine[],
  { muted }: Palette,
): void {
  ctx.lineWidth = 1
  ctx.lineJoin = 'round'
  ctx.strokeStyle = muted
  ctx.globalAlpha = FAINT
  for (const line of lines) trace(ctx, frame, line)
  ctx.globalAlpha = 1
}

/** Lines by their results, the good ones clearer and over the others. */
export function paintLines(
  ctx: Context,
  frame: ParallelFrame,
  lines: readonly ParallelLine[],
  { ramp, bad }: { readonly ramp: ValueRamp; readonly bad: string },
): void {
  ctx.lineJoin = 'round'
  // Many lines lie on each other and add up.
  const many = Math.max(0.4, Math.min(1, Math.sqrt(50 / lines.length)))
  for (const line of lines) {
    const { share } = line
    ctx.strokeStyle = share === null ? bad : ramp(share)
    ctx.lineWidth = share === null ? 1 : 1.6 - 0.6 * share
    ctx.globalAlpha = many * (share === null ? 0.55 : 0.95 - 0.55 * share)
    trace(ctx, frame, line)
  }
  ctx.globalAlpha = 1
}

/** A line that stands out, on ground of its own. */
export function paintOne(
  ctx: Context,
  frame: ParallelFrame,
  line: ParallelLine,
  { color, width, alpha, ground }: LineStyle & { readonly ground: string },
): void {
  ctx.lineJoin = 'round'
  ctx.globalAlpha = alpha
  ctx.strokeStyle = ground
  ctx.lineWidth = width + 2
  trace(ctx, frame, line)
  ctx.strokeStyle = color
  ctx.lineWidth = width
  trace(ctx, frame, line)
  ctx.globalAlpha = 1
}
