import type { BranchId, RunSnapshot } from '../../core/protocol/run.ts'
import { lineageDaysOf } from '../run/lineage.ts'
import type { Bucket } from './buckets.ts'
import { columnsOf } from './columns.ts'
import type { Column } from './columns.ts'
import type { ChartModel } from './cost-chart.ts'
import type { CurveData, GhostCurve, Range } from './curve-data.ts'
import type { Palette } from './palette.ts'
import type { Plane } from './plane.ts'
import type { DayEnd } from './ruler.ts'
import { memoryOf, smoothed } from './smooth.ts'
import type { Strength } from './smooth.ts'
import { NO_TIMES } from './time-anchors.ts'
import { xAxisOf } from './x-axis.ts'
import type { XAxis } from './x-axis.ts'
import { yRangeOf } from './y-range.ts'

/** Room on the right, as a share of all, for what comes next. */
const HEADROOM = 1.04
const SHORTEST_WHOLE = 20

/** The range that shows everything, ghosts included. */
export function wholeOf(snapshot: RunSnapshot, curves: CurveData): Range {
  const tips = curves.ghosts().map(({ stretch }) => stretch.to)
  const last = Math.max(snapshot.step, curves.train().at(-1)?.step ?? 0, ...tips)
  return { from: 0, to: Math.max(SHORTEST_WHOLE, last * HEADROOM) }
}

/** The days of the head's history, the open one last. */
export function daysOf(snapshot: RunSnapshot): readonly DayEnd[] {
  const closed = lineageDaysOf(snapshot).map(({ day, toStep }) => ({ day, toStep, isOpen: false }))
  return [...closed, { day: snapshot.day, toStep: snapshot.step, isOpen: true }]
}

export interface LabelledGhost extends GhostCurve {
  readonly label: string
  /** Its own place on the axis, where that is not the head's: on the clock it trained at another time. */
  readonly at?: (step: number) => number
}

const ghostClock = (snapshot: RunSnapshot, branch: BranchId, step: number): XAxis =>
  xAxisOf('clock', { ...snapshot, branch, step }, NO_TIMES)

/** Ghosts with the words that stand where each was left. */
export function labelledGhosts(
  snapshot: RunSnapshot,
  curves: CurveData,
  axis: XAxis,
): readonly LabelledGhost[] {
  const left = snapshot.journal.flatMap((entry) =>
    entry.kind === 'rollback' || entry.kind === 'undo' ? [entry] : [],
  )
  return curves.ghosts().map((ghost) => {
    const { branch, to } = ghost.stretch
    const own = axis.kind === 'clock' && { at: ghostClock(snapshot, branch, to).at }
    const entry = left.find(({ from }) => from.branch === branch && from.step === to)
    const label = entry?.reason ? `left here: ${entry.reason}` : 'left here'
    return { ...ghost, label, ...own }
  })
}

/** Keeps the smoothed values of what did not change: most drawings only move. */
export function createSmoother() {
  const known = new WeakMap<readonly Bucket[], { readonly memory: number; trend: Float64Array }>()
  return (points: readonly Bucket[], memory: number): Float64Array => {
    const before = known.get(points)
    if (before?.memory === memory) return before.trend
    const trend = smoothed(points, memory)
    known.set(points, { memory, trend })
    return trend
  }
}

export interface Given {
  readonly snapshot: RunSnapshot
  readonly curves: CurveData
  readonly ghosts: readonly LabelledGhost[]
  readonly days: readonly DayEnd[]
  readonly plane: Plane
  readonly axis: XAxis
  readonly isLog: boolean
  readonly strength: Strength
  readonly palette: Palette
  readonly smooth: ReturnType<typeof createSmoother>
}

function* valuesOf(columns: readonly Column[], { from, to }: Range): Iterable<number> {
  for (const { step, min, max } of columns) {
    if (step < from) continue
    yield min
    yield max
    // The first one beyond may have begun within.
    if (step > to) break
  }
}

function* visibleValues(curves: readonly (readonly Column[])[], range: Range): Iterable<number> {
  for (const columns of curves) yield* valuesOf(columns, range)
}

/** Everything one drawing shows, at one column per pixel. */
export function modelOf(given: Given): ChartModel {
  const { snapshot, curves, plane, axis, isLog, strength, palette, days, smooth } = given
  const { range, xOf, left, right } = plane
  const memory = memoryOf(strength, snapshot.step)
  const isSmooth = memory > 0
  const points = curves.train()
  const train = columnsOf(points, range, xOf, isSmooth ? smooth(points, memory) : undefined)
  const dev = columnsOf(curves.dev(), range, xOf)
  const ghosts = given.ghosts.map(({ points: lost, label, at }) => ({
    label,
    columns: columnsOf(
      lost,
      range,
      at === undefined ? xOf : (step) => plane.place(at(step)),
      isSmooth ? smooth(lost, memory) : undefined,
    ),
  }))
  const all = [train, dev, ...ghosts.map(({ columns }) => columns)]
  return {
    train,
    dev,
    ghosts,
    days,
    axis,
    plane,
    y: yRangeOf(visibleValues(all, range), isLog),
    isLog,
    isSmooth,
    ticks: axis.ticks(range, Math.max(2, Math.min(10, Math.floor((right - left) / 90)))),
    palette,
  }
}
