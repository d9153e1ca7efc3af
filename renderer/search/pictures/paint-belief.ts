import type { SurrogateLine } from '../../../core/protocol/study.ts'
import type { Palette } from '../../chart/palette.ts'
import type { Frame } from '../../chart/scales.ts'
import type { DimensionAxis } from './dimension-axis.ts'
import { xOf } from './scatter-frame.ts'
import type { ResultRange } from './scatter.ts'

/** Far below any plot: the height of what has no logarithm. */
const BELOW = 1e5

/** Up the plot, past its edges too, so that a line leaves it instead of running along an edge. */
function heightOf(value: number, { min, max, isLog }: ResultRange, { top, bottom }: Frame): number {
  if (isLog && value <= 0) return BELOW
  const share = isLog ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min)
  return bottom - share * (bottom - top)
}

/** What a Gaussian process believes: its mean, and a standard deviation to both sides. */
export function paintBelief(
  ctx: CanvasRenderingContext2D,
  line: SurrogateLine,
  { axis, frame, range }: { axis: DimensionAxis; frame: Frame; range: ResultRange },
  palette: Palette,
): void {
  const { values, mean, deviation } = line
  const half = axis.isChoice ? (0.36 * (frame.right - frame.left)) / Math.max(1, values.length) : 0
  const spots = values.flatMap((value, i) => {
    const [m, d] = [mean[i] ?? NaN, deviation[i] ?? NaN]
    if (!Number.isFinite(m) || !Number.isFinite(d)) return []
    const x = xOf(axis.placeOf(value), frame)
    const y = (at: number) => heightOf(at, range, frame)
    return [{ x, mean: y(m), high: y(m + d), low: y(m - d) }]
  })
  ctx.save()
  ctx.beginPath()
  ctx.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top)
  ctx.clip()
  // Not the blue of what runs: this is no trial.
  ctx.fillStyle = palette.muted
  ctx.strokeStyle = palette.ink
  ctx.lineWidth = 1.5
  ctx.globalAlpha = 0.16
  ctx.beginPath()
  if (axis.isChoice) {
    for (const { x, high, low } of spots) ctx.rect(x - half, high, 2 * half, low - high)
  } else {
    for (const { x, high } of spots) ctx.lineTo(x, high)
    for (const { x, low } of spots.toReversed()) ctx.lineTo(x, low)
  }
  ctx.fill()
  ctx.beginPath()
  for (const { x, mean: at } of spots) {
    if (axis.isChoice) ctx.moveTo(x - half, at)
    ctx.lineTo(x + half, at)
  }
  ctx.globalAlpha = 0.6
  ctx.stroke()
  ctx.restore()
}
