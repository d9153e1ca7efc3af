import {
  Chart,
  Filler,
  LineController,
  LineElement,
  LinearScale,
  LogarithmicScale,
  PointElement,
} from 'chart.js'
import type { ChartDataset, Scale } from 'chart.js'
import type { Bucket } from './buckets.ts'
import type { GhostCurve, Point, Range } from './curve-data.ts'
import type { Palette } from './palette.ts'
import { RULER_HEIGHT, drawLabel, drawRuler } from './ruler.ts'
import type { DayEnd } from './ruler.ts'
import { smoothed } from './smooth.ts'
import { logTicks } from './ticks.ts'
import { yRangeOf } from './y-range.ts'

Chart.register(Filler, LineController, LineElement, LinearScale, LogarithmicScale, PointElement)

/** Everything one drawing shows. x is always in steps; epochs are another way to write the ticks. */
export interface ChartModel {
  readonly train: readonly Bucket[]
  readonly dev: readonly Point[]
  readonly ghosts: readonly (GhostCurve & { readonly label: string })[]
  readonly days: readonly DayEnd[]
  readonly range: Range
  readonly isLog: boolean
  readonly isSmooth: boolean
  readonly xTicks: readonly { readonly value: number; readonly label: string }[]
  readonly palette: Palette
}

export interface CostChart {
  draw(model: ChartModel): void
  area(): { readonly left: number; readonly right: number; readonly top: number }
  xOf(step: number): number
  stepAt(x: number): number
  destroy(): void
}

type LineData = ChartDataset<'line', Point[]>

const isWithin = ({ from, to }: Range, step: number) => step >= from && step <= to

function* visibleValues({ train, dev, ghosts, range }: ChartModel): Iterable<number> {
  for (const { step, min, max } of train) if (isWithin(range, step)) yield* [min, max]
  for (const { x, y } of dev) if (isWithin(range, x)) yield y
  for (const { points } of ghosts) for (const { x, y } of points) if (isWithin(range, x)) yield y
}

/** A value that a log scale can't place becomes a gap. */
function datasetsOf({ train, dev, ghosts, isLog, isSmooth, palette }: ChartModel): LineData[] {
  const place = (y: number) => (Number.isFinite(y) && (!isLog || y > 0) ? y : Number.NaN)
  const curve = (pick: (bucket: Bucket) => number) =>
    train.map((bucket) => ({ x: bucket.step, y: place(pick(bucket)) }))
  const calm = (points: readonly Point[]) => (isSmooth ? smoothed(points) : points)
  const placed = (points: readonly Point[]) => points.map(({ x, y }) => ({ x, y: place(y) }))
  const mean = train.map(({ step: x, mean: y }) => ({ x, y }))
  const trend = placed(calm(mean))
  const tip = trend.findLast(({ y }) => !Number.isNaN(y))
  const line = { pointRadius: 0, borderWidth: 1.8, tension: 0 } as const
  return [
    ...ghosts.map(({ points }) => ({
      ...line,
      data: placed(calm(points)),
      borderColor: palette.ghost,
      borderWidth: 1.4,
      order: 3,
    })),
    {
      ...line,
      data: tip === undefined ? [] : [tip],
      pointRadius: 4,
      borderColor: palette.train,
      pointBackgroundColor: palette.train,
      pointBorderWidth: 0,
      order: 0,
    },
    {
      ...line,
      data: placed(dev),
      borderColor: palette.dev,
      borderWidth: 1.4,
      pointRadius: dev.length > 120 ? 0 : 2.5,
      pointBackgroundColor: palette.dev,
      pointBorderWidth: 0,
      order: 1,
    },
    { ...line, data: trend, borderColor: palette.train, borderWidth: 2, order: 2 },
    {
      ...line,
      data: isSmooth ? placed(mean) : [],
      borderColor: palette.raw,
      borderWidth: 1,
      order: 4,
    },
    {
      ...line,
      data: curve(({ max }) => max),
      borderWidth: 0,
      backgroundColor: palette.band,
      fill: '+1',
      order: 5,
    },
    { ...line, data: curve(({ min }) => min), borderWidth: 0, order: 5 },
  ]
}

/** As short as the axis is narrow. */
function writeY(value: number): string {
  const isShort = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5)
  return isShort ? `${value}` : value.toExponential().replace('e+', 'e')
}

export function createCostChart(canvas: HTMLCanvasElement): CostChart {
  let model: ChartModel | null = null
  const chart = new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      events: [],
      clip: 0,
      layout: { padding: { top: 4, right: 10, bottom: RULER_HEIGHT } },
      scales: {
        x: {
          type: 'linear',
          border: { display: false },
          grid: { display: false },
          afterBuildTicks: (scale: Scale) => {
            scale.ticks = (model?.xTicks ?? []).map(({ value, label }) => ({ value, label }))
          },
          ticks: { maxRotation: 0, autoSkip: false, callback: (_, i) => model?.xTicks[i]?.label },
        },
        y: { type: 'logarithmic', border: { display: false } },
      },
    },
    plugins: [
      {
        id: 'panda',
        beforeDatasetsDraw: () => {
          if (model !== null) drawRuler(chart, model.days, model.palette)
        },
        afterDatasetsDraw: () => {
          for (const { points, label } of model?.ghosts ?? []) {
            const end = (model?.isSmooth ? smoothed(points) : points).at(-1)
            if (model !== null && end !== undefined) drawLabel(chart, end, label, model.palette)
          }
        },
      },
    ],
  })

  return {
    draw(next) {
      model = next
      const { palette, range, isLog } = next
      const font = { family: palette.font, size: 11 }
      const y = yRangeOf(visibleValues(next), isLog)
      const scales = chart.options.scales ?? {}
      Object.assign(scales['x'] ?? {}, { min: range.from, max: range.to })
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
          callback: (value) => writeY(Number(value)),
        },
        ...(isLog && {
          afterBuildTicks: (scale: Scale) => {
            scale.ticks = logTicks(y.min, y.max).map((value) => ({ value }))
          },
        }),
        // A fixed width, so that the plot stays put when the numbers grow longer.
        afterFit: (scale: Scale) => {
          scale.width = 46
        },
      } as NonNullable<typeof scales>['y']
      chart.data.datasets = datasetsOf(next)
      chart.update('none')
    },
    area: () => chart.chartArea,
    xOf: (step) => chart.scales['x']?.getPixelForValue(step) ?? 0,
    stepAt: (x) => chart.scales['x']?.getValueForPixel(x) ?? 0,
    destroy: () => chart.destroy(),
  }
}
