import type { Chart } from 'chart.js'
import type { Palette } from './palette.ts'

/** A day's end on the ruler, or the open day's head. */
export interface DayEnd {
  readonly day: number
  readonly toStep: number
  readonly isOpen: boolean
}

/** Room kept below the axis for the ruler. */
export const RULER_HEIGHT = 22
/** A label needs this much; narrower days share one. */
const LABEL_ROOM = 46
const HAIRLINE_ROOM = 6

/** Draws the days: a hairline through the plot where each ended, their numbers on a ruler below. */
export function drawRuler(chart: Chart, days: readonly DayEnd[], palette: Palette): void {
  const { ctx, chartArea, scales } = chart
  const x = scales['x']
  if (x === undefined || days.length === 0) return
  const y = chart.height - RULER_HEIGHT / 2
  let start = x.getPixelForValue(0)
  let lastLabel = Number.NEGATIVE_INFINITY
  let lastLine = Number.NEGATIVE_INFINITY
  ctx.save()
  ctx.font = `11px ${palette.font}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  for (const { day, toStep, isOpen } of days) {
    const end = x.getPixelForValue(toStep)
    const [left, right] = [Math.max(start, chartArea.left), Math.min(end, chartArea.right)]
    if (
      !isOpen &&
      end > chartArea.left &&
      end < chartArea.right &&
      end - lastLine >= HAIRLINE_ROOM
    ) {
      lastLine = end
      ctx.strokeStyle = palette.day
      ctx.lineWidth = 1
      ctx.beginPath()
      ctx.moveTo(Math.round(end) + 0.5, chartArea.top)
      ctx.lineTo(Math.round(end) + 0.5, chartArea.bottom)
      ctx.moveTo(Math.round(end) + 0.5, y - 7)
      ctx.lineTo(Math.round(end) + 0.5, y + 7)
      ctx.stroke()
    }
    const middle = (left + right) / 2
    if (right > left && middle - lastLabel >= LABEL_ROOM && right - left > 14) {
      lastLabel = middle
      ctx.fillStyle = isOpen ? palette.ink : palette.muted
      const isRoomy = right - left >= LABEL_ROOM
      ctx.fillText(isRoomy ? `day ${day}` : String(day), middle, y)
    }
    start = end
  }
  ctx.restore()
}

/** A short text beside a point, kept inside the plot. */
export function drawLabel(
  chart: Chart,
  at: { readonly x: number; readonly y: number },
  text: string,
  palette: Palette,
): void {
  const { ctx, chartArea, scales } = chart
  const x = scales['x']?.getPixelForValue(at.x)
  const y = scales['y']?.getPixelForValue(at.y)
  if (x === undefined || y === undefined || x < chartArea.left || x > chartArea.right) return
  ctx.save()
  ctx.font = `11px ${palette.font}`
  const width = ctx.measureText(text).width
  const left = Math.max(chartArea.left + 4, Math.min(x - width / 2, chartArea.right - width - 4))
  ctx.fillStyle = palette.muted
  ctx.textBaseline = 'bottom'
  const bottom = Math.max(chartArea.top + 34, y - 8)
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
