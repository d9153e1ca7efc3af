import type { RunConfig } from '../protocol/config.ts'
import type { TrainAmount, TrainGoal } from '../protocol/run.ts'

/** Where a run is. Everything that follows from the data's order follows from `samplesSeen`. */
export interface Position {
  /** Steps completed. */
  readonly step: number
  readonly samplesSeen: number
}

/** Where in its days a run is, and for how long it has trained. Never decides a weight. */
export interface Calendar {
  /** The open day. */
  readonly day: number
  readonly dayFromStep: number
  readonly dayFromSamples: number
  /** Active training time, in ms: in the open day, and in all. */
  readonly dayTrainedMs: number
  readonly trainedMs: number
}

export const START: Position = { step: 0, samplesSeen: 0 }
export const FIRST_DAY: Calendar = {
  day: 1,
  dayFromStep: 0,
  dayFromSamples: 0,
  dayTrainedMs: 0,
  trainedMs: 0,
}

/** The calendar once the day `closed` ends at this position and the next one begins. */
export const dayAfter = (closed: number, position: Position, calendar: Calendar): Calendar => ({
  day: closed + 1,
  dayFromStep: position.step,
  dayFromSamples: position.samplesSeen,
  dayTrainedMs: 0,
  trainedMs: calendar.trainedMs,
})

/** The next mini-batch: which epoch's order, from where, how many. The last one of an epoch may be short. */
export function nextBatch(position: Position, trainExamples: number, batchSize: number) {
  const epochIndex = Math.floor(position.samplesSeen / trainExamples)
  const from = position.samplesSeen - epochIndex * trainExamples
  return { epochIndex, from, count: Math.min(batchSize, trainExamples - from) }
}

export const epochOf = (position: Position, trainExamples: number): number =>
  position.samplesSeen / trainExamples

/** Has a mark that lies every `every` units been reached or passed on the way from `before` to `after`? */
const crosses = (before: number, after: number, every: number): boolean =>
  Math.floor(after / every) > Math.floor(before / every)

/** Is the dev set due after the step that led from `before` to `after`? */
export function evaluationDue(
  every: RunConfig['evaluate_every'],
  before: Position,
  after: Position,
  trainExamples: number,
): boolean {
  return 'steps' in every
    ? crosses(before.step, after.step, every.steps)
    : crosses(before.samplesSeen, after.samplesSeen, every.epochs * trainExamples)
}

/**
 * Are vital signs due with the step that makes `completed` steps? They come of a graph of their own, so
 * this looks at the step alone: a replay takes them at the same steps, and gets the same bits.
 */
export const vitalsDue = (every: RunConfig['vitals_every'], completed: number): boolean =>
  completed === 1 || completed % every.steps === 0

const MINUTE_MS = 60_000

/** Is a checkpoint due after the step from `before` to `after`, `sinceMs` after the last one was taken? */
export function checkpointDue(
  every: RunConfig['checkpoint_every'],
  before: Position,
  after: Position,
  sinceMs: number,
): boolean {
  return 'steps' in every
    ? crosses(before.step, after.step, every.steps)
    : sinceMs >= every.minutes * MINUTE_MS
}

/** Has the open day reached its length? */
export function dayOver(
  length: RunConfig['day'],
  position: Position,
  calendar: Calendar,
  trainExamples: number,
): boolean {
  if ('steps' in length) return position.step - calendar.dayFromStep >= length.steps
  if ('epochs' in length) {
    return position.samplesSeen - calendar.dayFromSamples >= length.epochs * trainExamples
  }
  const minutes = 'hours' in length ? length.hours * 60 : length.minutes
  return calendar.dayTrainedMs >= minutes * MINUTE_MS
}

/** Where training stops: a predicate over later positions. */
export function stopAfter(
  amount: TrainAmount,
  position: Position,
  calendar: Calendar,
  trainExamples: number,
): (now: Position, calendarNow: Calendar) => boolean {
  if (amount === null) return () => false
  if ('steps' in amount) {
    const last = position.step + amount.steps
    return (now) => now.step >= last
  }
  if ('epochs' in amount) {
    const last = position.samplesSeen + amount.epochs * trainExamples
    return (now) => now.samplesSeen >= last
  }
  const lastDay = calendar.day + amount.days
  return (_, calendarNow) => calendarNow.day >= lastDay
}

/**
 * The same as a view shows it: the step or epoch to be reached, or the day that training ends with the end of.
 * Null: until stopped.
 */
export function goalOf(
  amount: TrainAmount,
  position: Position,
  calendar: Calendar,
  trainExamples: number,
): TrainGoal | null {
  if (amount === null) return null
  if ('steps' in amount) return { kind: 'step', step: position.step + amount.steps }
  if ('epochs' in amount) {
    return { kind: 'epoch', epoch: epochOf(position, trainExamples) + amount.epochs }
  }
  return { kind: 'day', day: calendar.day + amount.days - 1 }
}
