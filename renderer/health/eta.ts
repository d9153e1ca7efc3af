import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatDuration } from '../ui/format.ts'

/** What training runs towards, and how long that takes at the present pace. */
export interface Eta {
  readonly label: string
  /** Null while no pace is known, as right after a pause. */
  readonly ms: number | null
}

/** Steps and time left to the end of the open day, as far as each is known. */
function dayLeft({ facts, epoch, step, dayFromStep, dayTrainedMs }: RunSnapshot): {
  readonly steps: number | null
  readonly ms: number | null
} {
  const { day } = facts.config
  if ('steps' in day) return { steps: Math.max(0, dayFromStep + day.steps - step), ms: null }
  if ('minutes' in day) return { steps: null, ms: Math.max(0, day.minutes * 60_000 - dayTrainedMs) }
  if ('hours' in day) return { steps: null, ms: Math.max(0, day.hours * 3_600_000 - dayTrainedMs) }
  const stepsPerEpoch = epoch > 0 ? step / epoch : null
  if (stepsPerEpoch === null) return { steps: null, ms: null }
  return {
    steps: Math.max(0, dayFromStep + day.epochs * stepsPerEpoch - step),
    ms: null,
  }
}

/** Where training gets to next, and when: what was asked for, else the end of the day. */
export function etaOf(snapshot: RunSnapshot): Eta | null {
  if (snapshot.state.kind !== 'running') return null
  const { goal, step, epoch, stepsPerSecond } = snapshot
  const pace = stepsPerSecond !== null && stepsPerSecond > 0 ? stepsPerSecond : null
  const after = (steps: number | null) =>
    steps === null || pace === null ? null : (steps / pace) * 1000
  if (goal?.kind === 'step') {
    return { label: 'to its goal', ms: after(Math.max(0, goal.step - step)) }
  }
  if (goal?.kind === 'epoch' && epoch > 0) {
    return { label: 'to its goal', ms: after((Math.max(0, goal.epoch - epoch) * step) / epoch) }
  }
  const { steps, ms } = dayLeft(snapshot)
  return { label: `to day ${snapshot.day + 1}`, ms: ms ?? after(steps) }
}

export const formatEta = ({ ms }: Eta): string => (ms === null ? '…' : formatDuration(ms))
