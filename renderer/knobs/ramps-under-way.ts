import type { HyperparameterName } from '../../core/protocol/hyperparameters.ts'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import { nudgesOf } from '../run/lineage.ts'

/** A nudge that is still on its way to its target. */
export interface RampUnderWay {
  readonly target: number
  readonly stepsLeft: number
  /** From 0 to 1. */
  readonly share: number
}

/** The ramp a knob is on; null where its value is what was asked for. */
export function rampOf(snapshot: RunSnapshot, name: HyperparameterName): RampUnderWay | null {
  const reading = snapshot.readings[name]
  if (reading === undefined || reading.requested === reading.inForce) return null
  const nudge = nudgesOf(snapshot).findLast(
    ({ changes, ramp }) => ramp !== undefined && changes.some((change) => change.name === name),
  )
  if (nudge?.ramp === undefined) return null
  const { steps } = nudge.ramp
  const done = Math.min(steps, Math.max(0, snapshot.step - nudge.firstStep + 1))
  return { target: reading.requested, stepsLeft: steps - done, share: done / steps }
}
