import type { SurrogateLine } from '../../../core/protocol/study.ts'
import { paintYAxis } from '../../chart/axes.ts'
import type { Palette } from '../../chart/palette.ts'
import { yScaleOf } from '../../chart/scales.ts'
import type { Frame } from '../../chart/scales.ts'
import type { TrialLook } from '../trial-look.ts'
import { writeError } from '../write-error.ts'
import type { DimensionAxis } from './dimension-axis.ts'
import { fitted } from './fitted.ts'
import { paintBelief } from './paint-belief.ts'
import { BRACKET_ROW, MARGIN, MOST_BRACKETS, frameOf, spotsIn, xOf } from './scatter-frame.ts'
import type { Spot } from './scatter-frame.ts'
import type { Bracket, ResultRange, ScatterPoint } from './scatter.ts'

type Context = CanvasRenderingContext2D
type Colors = Readonly<Record<TrialLook, string>>

const RADIUS = 3
/** What ended lies on each other and adds up. */
const ALPHAS: { readonly [L in TrialLook]: number } = {
  best: 1,
  selected: 1,
  running: 1,
  bad: 0.9,
  ended: 0.75,
  behind: 0.55,
  idle: 0.75,
}
const CROSS = 3.5

function paintTicks(ctx: Context, frame: Frame, axis: DimensionAxis, at: number, palette: Palette) {
  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  const room = (frame.right - frame.left) / Math.max(1, axis.ticks.length) - 4
  for (const { place, label } of axis.ticks) {
    const x = xOf(place, frame)
    ctx.strokeStyle = palette.grid
    ctx.beginPath()
    ctx.moveTo(Math.round(x) + 0.5, frame.top)
    ctx.lineTo(Math.round(x) + 0.5, frame.bottom)
    ctx.stroke()
    const half = ctx.measureText(label).width / 2
    ctx.fillStyle = palette.muted
    const shown = axis.isChoice ? fitted(ctx, label, room) : label
    const center = Math.max(half, Math.min(frame.right + MARGIN.right - half, x))
    ctx.fillText(shown, axis.isChoice ? x : center, at)
  }
}

/** The stretches that the rounds of coarse to fine kept to, the newest lowest and strongest. */
function paintBrackets(
  ctx: Context,
  brackets: readonly Bracket[],
  frame: Frame,
  palette: Palette,
): void {
  brackets.slice(-MOST_BRACKETS).forEach(({ from, to, isWidened }, i, shown) => {
    const y = frame.bottom + BRACKET_ROW * (i + 1)
    const [left, right] = [xOf(from, frame), xOf(to, frame)]
    const color = isWidened ? palette.dev : palette.muted
    ctx.globalAlpha = i === shown.length - 1 ? 0.95 : 0.5
    ctx.strokeStyle = color
    ctx.lineWidth = 1.5
    // Ends that point outwards opened; upright ones closed in.
    const [out, up] = isWidened ? [3, 3] : [0, 3]
    ctx.beginPath()
    ctx.moveTo(left + out, y - up)
    ctx.lineTo(left, y)
    ctx.lineTo(right, y)
    ctx.lineTo(right - out, y - up)
    if (isWidened) {
      ctx.moveTo(left + out, y + up)
      ctx.lineTo(left, y)
      ctx.moveTo(right - out, y + up)
      ctx.lineTo(right, y)
    }
    ctx.stroke()
    ctx.globalAlpha = 1
  })
}

function paintPoint(ctx: Context, point: ScatterPoint, spot: Spot, c: Colors) {
  const { look, isOutside, y } = point
  const standsOut = look === 'best' || look === 'selected'
  ctx.globalAlpha = ALPHAS[look]
  ctx.fillStyle = c[look]
  ctx.strokeStyle = c[look]
  ctx.lineWidth = 1.5
  ctx.beginPath()
  if (Number.isFinite(y)) {
    ctx.arc(spot.x, spot.y, standsOut ? RADIUS + 1 : RADIUS, 0, Math.PI * 2)
    if (isOutside) ctx.stroke()
    else ctx.fill()
  } else {
    ctx.moveTo(spot.x - CROSS, spot.y - CROSS)
    ctx.lineTo(spot.x + CROSS, spot.y + CROSS)
    ctx.moveTo(spot.x + CROSS, spot.y - CROSS)
    ctx.lineTo(spot.x - CROSS, spot.y + CROSS)
    ctx.stroke()
  }
  ctx.globalAlpha = 1
}

function paintRing(ctx: Context, spot: Spot, color: string) {
  ctx.strokeStyle = color
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.arc(spot.x, spot.y, RADIUS + 4, 0, Math.PI * 2)
  ctx.stroke()
}

/** What is drawn of one dimension. */
export interface Scatter {
  readonly points: readonly ScatterPoint[]
  readonly axis: DimensionAxis
  readonly range: ResultRange | null
  readonly brackets: readonly Bracket[]
  readonly line: SurrogateLine | null
  readonly isError: boolean
  readonly selected: number | null
  readonly hovered: number | null
}

/** Paints one dimension against the result: axes, what is believed, the rounds, then the trials. */
export function paintScatter(
  ctx: Context,
  { width, height }: { readonly width: number; readonly height: number },
  scatter: Scatter,
  palette: Palette,
  colors: Colors,
): void {
  const { points, axis, range, brackets, line } = scatter
  const frame = frameOf(width, height, brackets.length)
  ctx.lineWidth = 1
  paintTicks(ctx, frame, axis, height - MARGIN.bottom + 6, palette)
  if (range !== null) {
    const y = yScaleOf(range, range.isLog, frame)
    const write = scatter.isError ? { write: writeError } : {}
    paintYAxis(ctx, y, frame, palette, { most: 5, ...write })
    if (line !== null) paintBelief(ctx, line, { axis, frame, range }, palette)
  }
  paintBrackets(ctx, brackets, frame, palette)
  const spotOf = spotsIn(frame, range)
  for (const point of points) {
    const spot = spotOf(point)
    paintPoint(ctx, point, spot, colors)
    if (point.look === 'best') paintRing(ctx, spot, colors.best)
    if (point.trial === scatter.selected || point.trial === scatter.hovered) {
      paintRing(ctx, spot, palette.ink)
    }
  }
}
