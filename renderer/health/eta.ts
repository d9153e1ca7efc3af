import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatCount, formatDuration, formatEpoch } from '../ui/format.ts'

/** What training runs towards, and how long that takes at the present pace. */
export interface Eta {
  readonly label: string
  /** Null while no pace is known, as right after a pause. */
  readonly ms: number | null
}

/** Steps of one epoch, at the batch size in force. */
function stepsPerEpoch({ facts, readings }: RunSnapshot): number | null {
  const batch = readings.batch_size?.inForce ?? 0
  return batch > 0 ? facts.trainExamples / batch : null
}

interface DayTime {
  /** Of a whole day, and of what is left of the open one; null while the pace isn't known. */
  readonly whole: number | null
  readonly left: number | null
}

/** How long a day takes, in ms of training. */
function dayTime(snapshot: RunSnapshot, msPerStep: number | null): DayTime {
  const { facts, step, dayFromStep, dayTrainedMs } = snapshot
  const { day } = facts.config
  if ('minutes' in day || 'hours' in day) {
    const whole = 'minutes' in day ? day.minutes * 60_000 : day.hours * 3_600_000
    return { whole, left: Math.max(0, whole - dayTrainedMs) }
  }
  const epoch = stepsPerEpoch(snapshot)
  const steps = 'steps' in day ? day.steps : epoch && day.epochs * epoch
  if (steps === null || msPerStep === null) return { whole: null, left: null }
  return {
    whole: steps * msPerStep,
    left: Math.max(0, dayFromStep + steps - step) * msPerStep,
  }
}

/** Where training gets to next, and when: what was asked for, else the end of the day. Null unless it trains. */
export function etaOf(snapshot: RunSnapshot): Eta | null {
  if (snapshot.state.kind !== 'running') return null
  const { goal, step, epoch, day, stepsPerSecond } = snapshot
  const msPerStep = stepsPerSecond !== null && stepsPerSecond > 0 ? 1000 / stepsPerSecond : null
  const after = (steps: number | null) =>
    steps === null || msPerStep === null ? null : Math.max(0, steps) * msPerStep
  if (goal?.kind === 'step') {
    return { label: `step ${formatCount(goal.step)} in`, ms: after(goal.step - step) }
  }
  if (goal?.kind === 'epoch') {
    const perEpoch = stepsPerEpoch(snapshot)
    return {
      label: `epoch ${formatEpoch(goal.epoch)} in`,
      ms: after(perEpoch && (goal.epoch - epoch) * perEpoch),
    }
  }
  const { whole, left } = dayTime(snapshot, msPerStep)
  if (goal?.kind === 'day' && goal.day > day) {
    const ms = whole === null || left === null ? null : left + (goal.day - day) * whole
    return { label: `day ${goal.day} ends in`, ms }
  }
  return { label: `day ${day} ends in`, ms: left }
}

/** "12 min", or "…" while nobody can tell. */
export const formatEta = ({ ms }: Eta): string => (ms === null ? '…' : formatDuration(ms))
