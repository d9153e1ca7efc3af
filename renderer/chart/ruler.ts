import type { Chart } from 'chart.js'
import type { Palette } from './palette.ts'
import type { Plane } from './plane.ts'

/** A day's end on the ruler, or the open day's head. */
export interface DayEnd {
  readonly day: number
  readonly toStep: number
  readonly isOpen: boolean
}

/** Room kept below the axis for the ruler. */
export const RULER_HEIGHT = 22
/** A label needs this much; where days are narrower, every 2nd, 5th, 10th, … bears its number. */
const LABEL_ROOM = 50
const NUMBER_ROOM = 34
const HAIRLINE_ROOM = 12
/** What the rows of flags take at the top, and a line of small type. */
const FLAG_ROOM = 60
const LINE = 14

/** How many days share one label or one hairline, so that each has `room` pixels. */
export function strideOf(width: number, days: number, room: number): number {
  const least = (days * room) / Math.max(1, width)
  if (least <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5, 10].find((multiple) => multiple * power >= least) ?? 10)
}

/** Draws the days: a hairline through the plot where each ended, their numbers on a ruler below. */
export function drawRuler(
  chart: Pick<Chart, 'ctx' | 'chartArea' | 'height'>,
  days: readonly DayEnd[],
  { left, right, range, xOf }: Plane,
  palette: Palette,
): void {
  const { ctx, chartArea } = chart
  const seen = days.filter(
    ({ toStep }, i) => toStep > range.from && (days[i - 1]?.toStep ?? 0) < range.to,
  )
  if (seen.length === 0) return
  const y = chart.height - RULER_HEIGHT / 2
  const begin = days[days.indexOf(seen[0]!) - 1]?.toStep ?? 0
  const width = Math.min(right, xOf(seen.at(-1)?.toStep ?? range.to)) - Math.max(left, xOf(begin))
  const numbered = strideOf(width, seen.length, NUMBER_ROOM)
  const lined = strideOf(width, seen.length, HAIRLINE_ROOM)
  ctx.save()
  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.lineWidth = 1
  ctx.strokeStyle = palette.day
  ctx.beginPath()
  let start = xOf(begin)
  for (const { day, toStep, isOpen } of seen) {
    const end = xOf(toStep)
    const [from, to] = [Math.max(start, left), Math.min(end, right)]
    start = end
    if (!isOpen && day % lined === 0 && end > left && end < right) {
      const at = Math.round(end) + 0.5
      ctx.moveTo(at, chartArea.top)
      ctx.lineTo(at, chartArea.bottom)
      ctx.moveTo(at, y - 7)
      ctx.lineTo(at, y + 7)
    }
    // Alone in its room a day stands in its middle; where it speaks for others, at its own end.
    const isOwn = numbered === 1
    if (isOpen ? !isOwn : day % numbered !== 0) continue
    const at = isOwn ? (from + to) / 2 : Math.min(to, right - 14)
    if (isOwn && to - from < 16) continue
    ctx.fillStyle = isOpen ? palette.ink : palette.muted
    ctx.fillText(isOwn && to - from >= LABEL_ROOM ? `day ${day}` : String(day), at, y)
  }
  ctx.stroke()
  ctx.textAlign = 'right'
  ctx.fillStyle = palette.muted
  if (numbered > 1 || seen.length > 1) ctx.fillText('day', left - 8, y)
  ctx.restore()
}

/** A short text beside a point (in pixels), kept inside the plot. */
export function drawLabel(
  chart: Pick<Chart, 'ctx' | 'chartArea'>,
  { x, y }: { readonly x: number; readonly y: number },
  text: string,
  palette: Palette,
): void {
  const { ctx, chartArea } = chart
  if (x < chartArea.left || x > chartArea.right) return
  ctx.save()
  ctx.font = `11px ${palette.font}`
  const width = ctx.measureText(text).width
  const left = Math.max(chartArea.left + 4, Math.min(x - width / 2, chartArea.right - width - 4))
  ctx.fillStyle = palette.muted
  ctx.textBaseline = 'bottom'
  // Above the point, unless flags stand there.
  const flags = chartArea.top + FLAG_ROOM
  const bottom = y - 8 - LINE >= flags ? y - 8 : Math.max(y + 8 + LINE, flags + LINE)
  // A halo in the ground's colour keeps the words readable over the curve.
  ctx.strokeStyle = palette.ground
  ctx.lineWidth = 4
  ctx.lineJoin = 'round'
  ctx.strokeText(text, left, bottom)
  ctx.fillText(text, left, bottom)
  ctx.fillStyle = palette.ghost
  ctx.beginPath()
  ctx.arc(x, y, 3, 0, Math.PI * 2)
  ctx.fill()
  ctx.restore()
}
