import { PandaError, assertNever } from '../errors.ts'
import type { WireError } from '../errors.ts'
import type { PauseReason, RunState } from '../protocol/run.ts'

/** What can happen to a session. The events are facts: by the time one is reduced, it is on disk. */
export type SessionEvent =
  | { readonly type: 'preparing'; readonly what: string }
  | { readonly type: 'started' }
  | { readonly type: 'paused'; readonly reason: PauseReason }
  /** What was prepared for did not move the run: it stands as it stood. */
  | { readonly type: 'settled'; readonly state: RunState }
  | { readonly type: 'closed' }
  | { readonly type: 'failed'; readonly error: WireError }

/** The only way a session changes state. Pure: the trainer and the tests share it. */
export function reduceRun(state: RunState, event: SessionEvent): RunState {
  // A failed session stays failed: what it holds in memory can't be trusted. It is opened anew.
  if (state.kind === 'failed') return state
  switch (event.type) {
    case 'preparing':
      return { kind: 'preparing', what: event.what }
    case 'started':
      return { kind: 'running' }
    case 'paused':
      return { kind: 'paused', reason: event.reason }
    case 'settled':
      return event.state
    case 'closed':
      return { kind: 'stopped' }
    case 'failed':
      return { kind: 'failed', error: event.error }
    default:
      return assertNever(event)
  }
}

/** Does the run train, or is it about to? */
export const isUnderWay = (state: RunState): boolean =>
  state.kind === 'running' || state.kind === 'preparing'

/** Throws `session/not-possible-now` unless a run in this state can be changed. */
export function assertUsable(state: RunState): void {
  if (state.kind !== 'failed') return
  throw new PandaError(
    'session/not-possible-now',
    `the session failed: ${state.error.message}`,
    'Open the run again: it goes on from its newest good checkpoint.',
  )
}
