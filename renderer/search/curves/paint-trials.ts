import type { Frame } from '../../chart/scales.ts'
import type { TrialLook } from '../trial-look.ts'
import { PLATE } from './label-places.ts'
import type { LabelPlace } from './label-places.ts'
import type { Trace } from './trace.ts'
import { tipOf } from './trace.ts'

type Context = CanvasRenderingContext2D

interface Stroke {
  readonly width: number
  readonly alpha: number
}

/**
 * A painter without a graphics card draws a line as wide as a pixel ten times faster than any wider one. Two of
 * them, so far apart, look as wide as a line of one and a half.
 */
const APART = 0.5
/** Where both lie on each other they are as strong as one. */
const TWICE = 0.85

/** What a line is drawn as: the one under the pointer keeps its colour and comes forward. */
export type Drawn = TrialLook | 'hovered'

/** How strongly each look is drawn. Where many lines lie on each other they add up. */
const STROKES: { readonly [D in Drawn]: Stroke } = {
  best: { width: 2.6, alpha: 1 },
  selected: { width: 2.2, alpha: 1 },
  hovered: { width: 2, alpha: 1 },
  running: { width: 1.4, alpha: 0.9 },
  ended: { width: 1, alpha: 0.55 },
  behind: { width: 1, alpha: 0.4 },
  bad: { width: 1, alpha: 0.5 },
  idle: { width: 1, alpha: 0.45 },
}

/** Of what is measured now and then, a line of few points shows each of them. */
const MOST_DOTS = 14
const CROSS = 4

function linePath(ctx: Context, { x, y, length }: Trace, aside = 0): void {
  ctx.beginPath()
  let isOpen = false
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(y[i]!)) isOpen = false
    else if (isOpen) ctx.lineTo(x[i]!, y[i]! + aside)
    else {
      ctx.moveTo(x[i]!, y[i]! + aside)
      isOpen = true
    }
  }
}

export function disc(ctx: Context, x: number, y: number, radius: number): void {
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, Math.PI * 2)
  ctx.fill()
}

/** Strokes a line that is a little wider than a pixel as two that are as wide. */
function strokeTwice(ctx: Context, trace: Trace): void {
  ctx.lineWidth = 1
  for (const aside of [-APART / 2, APART / 2]) {
    linePath(ctx, trace, aside)
    ctx.stroke()
  }
}

/** The line of one trial; with `dots` its points too, where they are few. One alone is always a dot. */
export function paintTrial(
  ctx: Context,
  trace: Trace,
  drawn: Drawn,
  {
    color,
    dots,
    ratio,
  }: {
    readonly color: string
    readonly dots: boolean
    /** Pixels of the screen to one of the page. */
    readonly ratio: number
  },
): void {
  const { width, alpha } = STROKES[drawn]
  ctx.strokeStyle = color
  ctx.lineJoin = 'round'
  if (ratio <= 1 && width > 1 && width <= 1 + APART) {
    ctx.globalAlpha = alpha * TWICE
    strokeTwice(ctx, trace)
    ctx.globalAlpha = alpha
  } else {
    ctx.globalAlpha = alpha
    ctx.lineWidth = width
    linePath(ctx, trace)
    ctx.stroke()
  }
  if (trace.length <= (dots ? MOST_DOTS : 1)) {
    ctx.fillStyle = color
    for (let i = 0; i < trace.length; i++) {
      if (!Number.isNaN(trace.y[i]!)) disc(ctx, trace.x[i]!, trace.y[i]!, width + 0.8)
    }
  }
  ctx.globalAlpha = 1
}

/** A ground-coloured line below, so that what stands out parts from what it crosses. */
export function paintHalo(ctx: Context, trace: Trace, drawn: Drawn, ground: string): void {
  ctx.strokeStyle = ground
  ctx.lineWidth = STROKES[drawn].width + 3
  ctx.lineJoin = 'round'
  ctx.globalAlpha = 0.75
  linePath(ctx, trace)
  ctx.stroke()
  ctx.globalAlpha = 1
}

/** Where a diverged trial ended: a cross, at the top edge if it left through it. */
export function paintCross(ctx: Context, trace: Trace, { top, left }: Frame, color: string): void {
  const tip = tipOf(trace)
  const x = tip < 0 ? (trace.x[trace.length - 1] ?? left) : trace.x[tip]!
  const y = tip < 0 ? top + CROSS + 2 : Math.max(top + CROSS + 2, trace.y[tip]!)
  ctx.strokeStyle = color
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(x - CROSS, y - CROSS)
  ctx.lineTo(x + CROSS, y + CROSS)
  ctx.moveTo(x + CROSS, y - CROSS)
  ctx.lineTo(x - CROSS, y + CROSS)
  ctx.stroke()
}

/** Where a line leaves through the top: a small triangle. */
export function paintExit(ctx: Context, x: number, { top }: Frame, color: string): void {
  ctx.fillStyle = color
  ctx.beginPath()
  ctx.moveTo(x, top + 1)
  ctx.lineTo(x + 3.5, top + 7)
  ctx.lineTo(x - 3.5, top + 7)
  ctx.closePath()
  ctx.fill()
}

/** From where a copy came: a thin line from its parent's end to its own first point. */
export function paintJoint(
  ctx: Context,
  from: { readonly x: number; readonly y: number },
  child: Trace,
  color: string,
): void {
  if (child.length === 0 || Number.isNaN(child.y[0]!)) return
  ctx.strokeStyle = color
  ctx.lineWidth = 1
  ctx.globalAlpha = 0.6
  ctx.setLineDash([2, 2])
  ctx.beginPath()
  ctx.moveTo(from.x, from.y)
  ctx.lineTo(child.x[0]!, child.y[0]!)
  ctx.stroke()
  ctx.setLineDash([])
  ctx.globalAlpha = 1
}

/** The font that words beside lines are written in, and measured. */
export const labelFont = (font: string): string => `600 12px ${font}`

/** Words on a plate in the ground's colour. */
export function paintLabel(
  ctx: Context,
  { x, y, isLeft, width }: LabelPlace,
  text: string,
  { color, ground }: { readonly color: string; readonly ground: string },
): void {
  ctx.textBaseline = 'middle'
  ctx.textAlign = isLeft ? 'right' : 'left'
  // A plate, not a rim: stroking letters took a third of a drawing.
  ctx.fillStyle = ground
  ctx.globalAlpha = 0.8
  const { height, rim } = PLATE
  ctx.fillRect((isLeft ? x - width : x) - rim, y - height / 2, width + 2 * rim, height)
  ctx.globalAlpha = 1
  ctx.fillStyle = color
  ctx.fillText(text, x, y)
}
