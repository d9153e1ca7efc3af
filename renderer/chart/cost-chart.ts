import { Chart, LineController, LinearScale, LogarithmicScale } from 'chart.js'
import type { Scale } from 'chart.js'
import type { Column } from './columns.ts'
import type { Palette } from './palette.ts'
import { clipped, paintBand, paintDots, paintLine, paintMarks, paintSpikes } from './paint.ts'
import { GUTTER, RIGHT_MARGIN } from './plane.ts'
import type { Plane } from './plane.ts'
import { paintPauses } from './pauses.ts'
import { RULER_HEIGHT, drawLabel, drawRuler } from './ruler.ts'
import type { DayEnd } from './ruler.ts'
import { yScaleOf } from './scales.ts'
import type { Frame, YScale } from './scales.ts'
import { logTicks, writeTick } from './ticks.ts'
import type { Tick } from './time-ticks.ts'
import type { XAxis } from './x-axis.ts'

Chart.register(LineController, LinearScale, LogarithmicScale)

/** Everything one drawing shows. Columns carry pixels along and values upwards. */
export interface ChartModel {
  readonly train: readonly Column[]
  readonly dev: readonly Column[]
  readonly ghosts: readonly { readonly columns: readonly Column[]; readonly label: string }[]
  readonly days: readonly DayEnd[]
  readonly axis: XAxis
  readonly plane: Plane
  readonly y: { readonly min: number; readonly max: number }
  readonly isLog: boolean
  readonly isSmooth: boolean
  readonly ticks: readonly Tick[]
  readonly palette: Palette
}

export interface CostChart {
  draw(model: ChartModel): void
  /** Top and bottom of the plot, in pixels of the canvas. */
  area(): Frame
  /** In CSS pixels. Does nothing where nothing changed. */
  resize(width: number, height: number): void
  destroy(): void
}

const meanOf = ({ mean }: Column) => mean
const trendOf = ({ trend }: Column) => trend

/** A dot for each evaluation, as long as they stay apart. */
const MOST_DOTS = 120

/** The chart's own upright scale, with what has no place on it at the edges. */
function scaleOf({ chartArea, scales }: Chart, { isLog }: ChartModel): YScale | null {
  const y = scales['y']
  return y === undefined ? null : yScaleOf({ min: y.min, max: y.max }, isLog, chartArea)
}

/** From back to front: days, pauses, the spread, ghosts, lines. */
function paintCurves(chart: Chart, model: ChartModel): void {
  const { ctx, chartArea } = chart
  const { train, dev, ghosts, palette, isSmooth, plane } = model
  const { isBroken } = plane
  const y = scaleOf(chart, model)
  if (y === null) return
  drawRuler(chart, model.days, plane, palette)
  paintPauses(ctx, model.axis, plane, chartArea, palette)
  clipped(ctx, chartArea, () => {
    paintBand(ctx, train, y, palette.band, isBroken)
    ctx.globalAlpha = 0.75
    paintSpikes(ctx, train, y, palette.train)
    ctx.globalAlpha = 0.25
    paintBand(ctx, dev, y, palette.dev)
    for (const { columns } of ghosts) paintBand(ctx, columns, y, palette.ghost, isBroken)
    ctx.globalAlpha = 0.35
    const { ghost: color } = palette
    for (const { columns } of ghosts) {
      if (isSmooth) paintLine(ctx, columns, y, { color, width: 1, isBroken })
    }
    ctx.globalAlpha = 1
    const pick = isSmooth ? trendOf : meanOf
    for (const { columns } of ghosts) {
      paintLine(ctx, columns, y, { color, width: 1.2, isBroken, pick })
    }
    // Before smoothing: faint, and behind.
    if (isSmooth) paintLine(ctx, train, y, { color: palette.raw, width: 1, isBroken })
    paintLine(ctx, train, y, { color: palette.train, width: 2, isBroken, pick })
    paintLine(ctx, dev, y, { color: palette.dev, width: 1.4, isBroken })
  })
}

/** What lies over them: the newest point, marks of what is not a number, where a ghost was left. */
function paintOver(chart: Chart, model: ChartModel): void {
  const { ctx, chartArea } = chart
  const { train, dev, ghosts, palette, isSmooth } = model
  const y = scaleOf(chart, model)
  if (y === null) return
  for (const { columns, label } of ghosts) {
    const end = columns.at(-1)
    const value = end === undefined ? NaN : isSmooth ? end.trend : end.mean
    if (end !== undefined && !Number.isNaN(value)) {
      drawLabel(chart, { x: end.x, y: y.at(value) }, label, palette)
    }
  }
  const tip = train.findLast(({ mean }) => !Number.isNaN(mean))
  if (tip !== undefined && tip.x <= chartArea.right + 1) {
    ctx.fillStyle = palette.train
    ctx.beginPath()
    ctx.arc(tip.x, y.at(isSmooth ? tip.trend : tip.mean), 4, 0, Math.PI * 2)
    ctx.fill()
  }
  clipped(ctx, chartArea, () => {
    if (dev.length <= MOST_DOTS) paintDots(ctx, dev, y, palette.dev, 2.5)
    paintMarks(ctx, train, y, chartArea, palette.bad)
    paintMarks(ctx, dev, y, chartArea, palette.dev)
  })
}

/**
 * The large chart. Chart.js lays out, scales and writes the axes; the lines are painted by our plugin on its
 * scales. Measured while zooming 10 million steps at 1 150 columns: 2.6 ms a frame in the median, 4.7 ms
 * with its own line elements.
 */
export function createCostChart(canvas: HTMLCanvasElement): CostChart {
  let model: ChartModel | null = null
  /** Chart.js rounds what it is given, so its own size can't be compared. */
  let size = { width: 0, height: 0 }
  const chart = new Chart(canvas, {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: false,
      maintainAspectRatio: false,
      events: [],
      clip: 0,
      layout: { padding: { top: 4, right: RIGHT_MARGIN, bottom: RULER_HEIGHT } },
      scales: {
        x: {
          type: 'linear',
          border: { display: false },
          grid: { display: false },
          afterBuildTicks: (scale: Scale) => {
            scale.ticks = (model?.ticks ?? []).map(({ value, label }) => ({
              value: model?.plane.place(value) ?? 0,
              label,
            }))
          },
          // No air for labels that hang over: all plots share the same left and right.
          afterFit: (scale: Scale) => {
            scale.paddingLeft = scale.paddingRight = 0
          },
          ticks: { maxRotation: 0, autoSkip: false, callback: (_, i) => model?.ticks[i]?.label },
        },
        y: { type: 'logarithmic', border: { display: false } },
      },
    },
    plugins: [
      {
        id: 'panda',
        beforeDatasetsDraw: () => {
          if (model === null) return
          paintCurves(chart, model)
          paintOver(chart, model)
        },
      },
    ],
  })

  return {
    draw(next) {
      const isSameScale = model?.isLog === next.isLog && model.palette === next.palette
      model = next
      const { palette, plane, isLog, y } = next
      const scales = chart.options.scales ?? {}
      Object.assign(scales['x'] ?? {}, { min: plane.left, max: plane.right })
      if (isSameScale) Object.assign(scales['y'] ?? {}, y)
      else {
        const font = { family: palette.font, size: 11 }
        Object.assign(scales['x']?.ticks ?? {}, { color: palette.muted, font })
        scales['y'] = {
          type: isLog ? 'logarithmic' : 'linear',
          ...y,
          border: { display: false },
          grid: { color: palette.grid, tickLength: 0 },
          ticks: {
            color: palette.muted,
            font,
            padding: 8,
            maxTicksLimit: isLog ? 40 : 7,
            autoSkip: false,
            includeBounds: false,
            callback: (value) => writeTick(Number(value)),
          },
          ...(isLog && {
            afterBuildTicks: (scale: Scale) => {
              scale.ticks = logTicks(scale.min, scale.max).map((value) => ({ value }))
            },
          }),
          // A fixed width, so that the plot stays put when the numbers grow longer.
          afterFit: (scale: Scale) => {
            scale.width = GUTTER
          },
        } as NonNullable<typeof scales>['y']
      }
      chart.update('none')
    },
    area: () => chart.chartArea,
    resize(width, height) {
      if (size.width === width && size.height === height) return
      size = { width, height }
      chart.resize(width, height)
    },
    destroy: () => chart.destroy(),
  }
}
