import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatCount } from '../ui/format.ts'
import { lineageDaysOf } from '../run/lineage.ts'
import { STEPS, axisThrough, paceOf } from './axis-map.ts'
import type { Anchor, AxisMap } from './axis-map.ts'
import type { Range } from './curve-data.ts'
import { epochScaleOf } from './epochs.ts'
import { pausesOf, trainedAnchorsOf, wallAnchorsOf } from './time-anchors.ts'
import type { RecordedTimes } from './time-anchors.ts'
import { niceTicks } from './ticks.ts'
import { clockTicks, durationTicks } from './time-ticks.ts'
import type { Tick } from './time-ticks.ts'

export const AXES = ['step', 'epoch', 'day', 'time', 'clock'] as const
export type AxisKind = (typeof AXES)[number]

/** What each is called, and what the choice of it explains. */
export const AXIS_TITLES: { readonly [K in AxisKind]: string } = {
  step: 'Steps completed',
  epoch: 'Passes over the training set',
  day: 'Days of the run',
  time: 'Active training time, without pauses',
  clock: 'Wall clock: pauses are hatched',
}

/** The way along the chart: steps inside, written as a person wants them. */
export interface XAxis extends AxisMap {
  readonly kind: AxisKind
  /** Were its times put together from the journal because none were recorded? */
  readonly isEstimated: boolean
  /** Steps at which training stood still for a while. */
  readonly pauses: readonly number[]
  /** Ticks of a range of steps, their values in the axis's own unit. */
  ticks(range: Range, count: number): readonly Tick[]
}

type Made = Pick<XAxis, 'isEstimated' | 'ticks'> & { readonly map: AxisMap }

const numbers =
  (map: AxisMap, write: (value: number) => string) =>
  ({ from, to }: Range, count: number) =>
    niceTicks(map.at(from), map.at(to), count).map((value) => ({ value, label: write(value) }))

/** How far the open day has come, from 0 to 1; null where its length tells nothing of it. */
function openShareOf(snapshot: RunSnapshot): number | null {
  const { facts, step, epoch, dayFromStep, dayTrainedMs } = snapshot
  const length = facts.config.day
  const taken = step - dayFromStep
  if ('steps' in length) return taken / length.steps
  if ('epochs' in length) {
    const from = epochScaleOf(snapshot).epochOf(dayFromStep)
    return (epoch - from) / length.epochs
  }
  const ms = 'hours' in length ? length.hours * 3.6e6 : length.minutes * 6e4
  return Number.isFinite(dayTrainedMs) ? dayTrainedMs / ms : null
}

function dayAxis(snapshot: RunSnapshot): AxisMap {
  const days = lineageDaysOf(snapshot)
  const anchors: Anchor[] = [{ step: 0, x: 0 }]
  for (const { day, toStep } of days) anchors.push({ step: toStep, x: day })
  const last = anchors.at(-1) ?? { step: 0, x: 0 }
  const taken = snapshot.step - last.step
  const share = openShareOf(snapshot)
  const pace = paceOf(anchors, 1 / Math.max(1, snapshot.step))
  const own = share !== null && share > 0 && taken > 0 ? share / taken : pace
  return axisThrough(anchors, Math.max(own, 1e-12))
}

const MAKE: { readonly [K in AxisKind]: (snapshot: RunSnapshot, times: RecordedTimes) => Made } = {
  step: () => ({
    map: STEPS,
    isEstimated: false,
    ticks: (range, count) =>
      numbers(STEPS, formatCount)(range, count).filter(({ value }) => Number.isInteger(value)),
  }),
  epoch: (snapshot) => {
    const { epochOf, stepOf } = epochScaleOf(snapshot)
    const map = { at: epochOf, stepAt: stepOf, jumps: [] }
    return { map, isEstimated: false, ticks: numbers(map, String) }
  },
  day: (snapshot) => {
    const map = dayAxis(snapshot)
    return { map, isEstimated: false, ticks: numbers(map, String) }
  },
  time: (snapshot, times) => {
    const { anchors, isEstimated } = trainedAnchorsOf(snapshot, times)
    const seconds = (snapshot.trainedMs || 0) / 1000
    const map = axisThrough(anchors, paceOf(anchors, guessedPace(snapshot, seconds)))
    return {
      map,
      isEstimated,
      ticks: ({ from, to }, count) => durationTicks(map.at(from), map.at(to), count),
    }
  },
  clock: (snapshot, times) => {
    const { anchors, isEstimated } = wallAnchorsOf(snapshot, times.wall)
    const map = axisThrough(anchors, paceOf(anchors, guessedPace(snapshot, 0)))
    const { createdAt } = snapshot.facts
    return {
      map,
      isEstimated,
      ticks: ({ from, to }, count) => clockTicks(map.at(from), map.at(to), createdAt, count),
    }
  },
}

/** Seconds a step, where nothing was recorded that would tell. */
function guessedPace({ step, stepsPerSecond }: RunSnapshot, trainedSeconds: number): number {
  if (step > 0 && trainedSeconds > 0) return trainedSeconds / step
  return 1 / Math.max(1e-6, stepsPerSecond ?? 100)
}

/** The axis of a run as a person chose it. */
export function xAxisOf(kind: AxisKind, snapshot: RunSnapshot, times: RecordedTimes): XAxis {
  const { map, isEstimated, ticks } = MAKE[kind](snapshot, times)
  const pauses = kind === 'time' ? pausesOf(snapshot).map(({ step }) => step) : []
  return { ...map, kind, isEstimated, pauses, ticks }
}
