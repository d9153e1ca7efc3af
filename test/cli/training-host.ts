import type { PauseReason, RunEvent, RunState } from '../../core/protocol/run.ts'
import { fakeHost, snapshot } from './fake-host.ts'
import type { FakeHost } from './fake-host.ts'

export const place = { branch: 'b1', step: 125 } as const
export const readings = snapshot().readings

export const metrics = (firstStep: number, costs: readonly number[]): RunEvent => ({
  type: 'metrics',
  branch: 'b1',
  step: firstStep + costs.length - 1,
  firstStep,
  costs: Float32Array.from(costs),
  epoch: 1.5,
  day: 2,
  stepsPerSecond: 400,
  readings,
  trainedMs: 0,
  dayTrainedMs: 0,
  memoryBytes: null,
})

/** A host whose run trains when told to, says `said`, and stands still for `reason` (or goes on). */
export function training(said: readonly RunEvent[], end: RunState | null): FakeHost {
  let state: RunState = { kind: 'paused', reason: 'resting' }
  const move = (next: RunState): void => {
    state = next
    host.emitState(next)
  }
  const host: FakeHost = fakeHost({
    'run:show': () => snapshot({ state }),
    'run:train': () => {
      // A run that is opened says first that it rests: that is no end.
      move({ kind: 'paused', reason: 'recovered' })
      move({ kind: 'running' })
      for (const event of said) host.emit(event)
      if (end !== null) move(end)
      return place
    },
    'run:pause': () => {
      move({ kind: 'paused', reason: 'asked' })
      return place
    },
  })
  return host
}

export const paused = (reason: PauseReason): RunState => ({ kind: 'paused', reason })
export const done = paused('amount-reached')
