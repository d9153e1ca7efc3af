import type { Palette } from '../../chart/palette.ts'
import type { Frame } from '../../chart/scales.ts'
import type { DimensionAxis } from './dimension-axis.ts'
import { fitted } from './fitted.ts'
import type { MapBox, MapPoint } from './space-map.ts'
import type { ValueRamp } from './value-ramp.ts'

type Context = CanvasRenderingContext2D

const RADIUS = 4
const CROSS = 3.5
/** A point so near to the pointer, in CSS pixels, is meant. */
const REACH = 24
/** Numbers of rounds stand this far apart. */
const MARK = 11
/** About how wide a letter of the axes is. */
const LETTER = 6.4

/** Where the map lies on a canvas of this size, with room for the words on its left. */
export function mapFrame(width: number, height: number, up: DimensionAxis): Frame {
  const longest = Math.max(0, ...up.ticks.map(({ label }) => label.length))
  const left = Math.round(Math.max(36, Math.min(110, 16 + longest * LETTER)))
  return {
    left,
    right: Math.max(left + 10, width - 16),
    top: 12,
    bottom: Math.max(22, height - 24),
  }
}

const xAt = ({ left, right }: Frame, place: number): number => left + place * (right - left)
const yAt = ({ top, bottom }: Frame, place: number): number => bottom - place * (bottom - top)

/** The trial nearest to a place on the canvas, in front of those behind it; null where none is near. */
export function pointAt(
  frame: Frame,
  points: readonly MapPoint[],
  at: { readonly x: number; readonly y: number },
): number | null {
  let nearest: number | null = null
  let least = REACH
  for (const { trial, x, y } of points) {
    const far = Math.hypot(xAt(frame, x) - at.x, yAt(frame, y) - at.y)
    if (far <= least) [nearest, least] = [trial, far]
  }
  return nearest
}

/** What is drawn of a map. */
export interface DrawnMap {
  readonly points: readonly MapPoint[]
  readonly boxes: readonly MapBox[]
  readonly across: DimensionAxis
  readonly up: DimensionAxis
  readonly selected: number | null
  readonly hovered: number | null
  /** The box whose trials are asked for; null where none is. */
  readonly asked: MapBox | null
}

function paintMapAxes(ctx: Context, frame: Frame, { across, up }: DrawnMap, palette: Palette) {
  ctx.font = `11px ${palette.font}`
  ctx.lineWidth = 1
  ctx.strokeStyle = palette.grid
  ctx.fillStyle = palette.muted
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  const room = (frame.right - frame.left) / Math.max(1, across.ticks.length) - 4
  for (const { place, label } of across.ticks) {
    const x = Math.round(xAt(frame, place)) + 0.5
    ctx.beginPath()
    ctx.moveTo(x, frame.top)
    ctx.lineTo(x, frame.bottom)
    ctx.stroke()
    const text = fitted(ctx, label, room)
    const half = ctx.measureText(text).width / 2
    ctx.fillText(text, Math.min(frame.right + 16 - half, x), frame.bottom + 7)
  }
  ctx.textAlign = 'right'
  ctx.textBaseline = 'middle'
  for (const { place, label } of up.ticks) {
    const y = Math.round(yAt(frame, place)) + 0.5
    ctx.beginPath()
    ctx.moveTo(frame.left, y)
    ctx.lineTo(frame.right, y)
    ctx.stroke()
    ctx.fillText(fitted(ctx, label, frame.left - 12), frame.left - 8, y)
  }
}

interface Mark {
  x: number
  readonly y: number
}

/** The boxes of the rounds, the first faintest; one that opened in the colour that says so. */
function paintBoxes(ctx: Context, frame: Frame, drawn: DrawnMap, palette: Palette): void {
  const { boxes, asked } = drawn
  const marks: Mark[] = []
  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'bottom'
  boxes.forEach((box, i) => {
    const { x, y, widened, round } = box
    const [left, right] = [xAt(frame, x.from), xAt(frame, x.to)].map(Math.round)
    const [bottom, top] = [yAt(frame, y.from), yAt(frame, y.to)].map(Math.round)
    if (left === undefined || right === undefined || bottom === undefined || top === undefined) {
      return
    }
    const isAsked = asked === box
    const color = isAsked ? palette.ink : widened.length > 0 ? palette.dev : palette.muted
    const share = boxes.length === 1 ? 1 : i / (boxes.length - 1)
    ctx.globalAlpha = isAsked ? 1 : (asked === null ? 1 : 0.5) * (0.35 + 0.6 * share)
    ctx.strokeStyle = color
    ctx.lineWidth = isAsked || i === boxes.length - 1 ? 1.5 : 1
    ctx.strokeRect(
      left + 0.5,
      top + 0.5,
      Math.max(2, right - left - 1),
      Math.max(2, bottom - top - 1),
    )
    // In the lower left corner, where boxes in each other leave most of it free.
    ctx.globalAlpha = Math.max(ctx.globalAlpha, 0.8)
    ctx.strokeStyle = palette.ground
    ctx.lineWidth = 3
    const mark = { x: left + 5, y: bottom - 3 }
    const isTaken = (one: Mark) =>
      Math.abs(one.x - mark.x) < MARK && Math.abs(one.y - mark.y) < MARK
    while (marks.some(isTaken)) mark.x += MARK
    marks.push(mark)
    ctx.strokeText(String(round), mark.x, mark.y)
    ctx.fillStyle = color
    ctx.fillText(String(round), mark.x, mark.y)
  })
  ctx.globalAlpha = 1
}

function paintPoint(
  ctx: Context,
  { x, y, point, radius }: { x: number; y: number; point: MapPoint; radius: number },
  { color, ground }: { readonly color: string; readonly ground: string },
): void {
  ctx.beginPath()
  if (point.share === null) {
    ctx.moveTo(x - CROSS, y - CROSS)
    ctx.lineTo(x + CROSS, y + CROSS)
    ctx.moveTo(x + CROSS, y - CROSS)
    ctx.lineTo(x - CROSS, y + CROSS)
    ctx.strokeStyle = color
    ctx.lineWidth = 1.5
    ctx.stroke()
    return
  }
  ctx.arc(x, y, radius, 0, Math.PI * 2)
  if (point.isOutside) {
    ctx.strokeStyle = color
    ctx.lineWidth = 1.5
    ctx.stroke()
    return
  }
  // A rim of ground keeps points apart that lie on each other.
  ctx.strokeStyle = ground
  ctx.lineWidth = 2
  ctx.stroke()
  ctx.fillStyle = color
  ctx.fill()
}

function paintRing(ctx: Context, x: number, y: number, color: string, radius = RADIUS + 4): void {
  ctx.strokeStyle = color
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, Math.PI * 2)
  ctx.stroke()
}

/** Paints two dimensions against each other: axes, the boxes of the rounds, then the trials. */
export function paintMap(
  ctx: Context,
  frame: Frame,
  drawn: DrawnMap,
  palette: Palette,
  ramp: ValueRamp,
): void {
  const { points, asked, selected, hovered } = drawn
  paintMapAxes(ctx, frame, drawn, palette)
  paintBoxes(ctx, frame, drawn, palette)
  for (const point of points) {
    const { trial, look, share } = point
    const [x, y] = [xAt(frame, point.x), yAt(frame, point.y)]
    const isMeant = asked === null || (trial >= asked.from && trial <= asked.to)
    const isBest = look === 'best'
    ctx.globalAlpha = isMeant ? 1 : 0.2
    const color = isBest ? palette.accent : share === null ? palette.bad : ramp(share)
    const radius = isBest ? RADIUS + 1.5 : RADIUS
    paintPoint(ctx, { x, y, point, radius }, { color, ground: palette.ground })
    if (isBest) paintRing(ctx, x, y, palette.accent)
    if (trial === selected || trial === hovered) paintRing(ctx, x, y, palette.ink, RADIUS + 6)
  }
  ctx.globalAlpha = 1
}
