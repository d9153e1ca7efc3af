import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatCount } from '../ui/format.ts'
import { lineageDaysOf } from '../run/lineage.ts'
import type { ChartModel } from './cost-chart.ts'
import type { CurveData, Range } from './curve-data.ts'
import type { EpochScale } from './epochs.ts'
import type { Palette } from './palette.ts'
import type { DayEnd } from './ruler.ts'
import { smoothed } from './smooth.ts'
import { niceTicks } from './ticks.ts'

/** Room on the right, as a share of all, for what comes next. */
const HEADROOM = 1.04
const SHORTEST_WHOLE = 20

/** The range that shows everything, ghosts included. */
export function wholeOf(snapshot: RunSnapshot, curves: CurveData): Range {
  const tips = curves.ghosts().map(({ stretch }) => stretch.to)
  const last = Math.max(snapshot.step, curves.train().at(-1)?.step ?? 0, ...tips)
  return { from: 0, to: Math.max(SHORTEST_WHOLE, last * HEADROOM) }
}

function daysOf(snapshot: RunSnapshot): readonly DayEnd[] {
  const closed = lineageDaysOf(snapshot).map(({ day, toStep }) => ({ day, toStep, isOpen: false }))
  return [...closed, { day: snapshot.day, toStep: snapshot.step, isOpen: true }]
}

function ticksOf(range: Range, epochs: EpochScale | null, width: number) {
  const count = Math.max(2, Math.min(10, Math.floor(width / 110)))
  if (epochs === null) {
    return niceTicks(range.from, range.to, count)
      .filter(Number.isInteger)
      .map((value) => ({ value, label: formatCount(value) }))
  }
  return niceTicks(epochs.epochOf(range.from), epochs.epochOf(range.to), count).map((epoch) => ({
    value: epochs.stepOf(epoch),
    label: String(epoch),
  }))
}

interface Given {
  readonly snapshot: RunSnapshot
  readonly curves: CurveData
  readonly range: Range
  readonly isLog: boolean
  readonly isSmooth: boolean
  /** Null: write the axis in steps. */
  readonly epochs: EpochScale | null
  readonly palette: Palette
  readonly width: number
}

export function modelOf(given: Given): ChartModel {
  const { snapshot, curves, range, isLog, isSmooth, epochs, palette, width } = given
  const left = snapshot.journal.flatMap((entry) => (entry.kind === 'rollback' ? [entry] : []))
  return {
    train: curves.train(),
    dev: curves.dev(),
    ghosts: curves.ghosts().map((ghost) => {
      const { branch, to } = ghost.stretch
      const entry = left.find(({ from }) => from.branch === branch && from.step === to)
      return { ...ghost, label: entry?.reason ? `left here: ${entry.reason}` : 'left here' }
    }),
    days: daysOf(snapshot),
    range,
    isLog,
    isSmooth,
    xTicks: ticksOf(range, epochs, width),
    palette,
  }
}

/** The values at a step, or the latest where it is null. */
export function readoutAt(curves: CurveData, step: number | null, isSmooth: boolean) {
  const train = curves.train()
  const dev = curves.dev()
  const after = step === null ? -1 : train.findIndex((one) => one.step >= step)
  const bucket = train.at(after)
  const trend = isSmooth ? smoothed(train.map(({ step: x, mean: y }) => ({ x, y }))) : []
  const evaluated = step === null ? dev.at(-1) : dev.findLast(({ x }) => x <= step)
  return {
    train: (isSmooth ? trend.at(after)?.y : bucket?.mean) ?? null,
    low: bucket?.min ?? null,
    high: bucket?.max ?? null,
    dev: evaluated?.y ?? null,
  }
}
