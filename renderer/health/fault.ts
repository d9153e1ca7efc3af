import type { WireError } from '../../core/errors.ts'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import { alertOf } from './health.ts'

/** A way out of a fault. */
export type WayOut = 'reopen' | 'retry' | 'home'

export interface Fault {
  readonly message: string
  readonly remedy: string | null
  readonly ways: readonly WayOut[]
}

const sentence = (message: string): string => {
  const start = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?…]$/.test(start) ? start : `${start}.`
}

/** The most serious thing that is wrong with what is shown; null while nothing is. */
export function faultOf(
  snapshot: RunSnapshot | null,
  failure: WireError | null,
  isLost: boolean,
): Fault | null {
  if (isLost) {
    return {
      message: 'Connection lost: what you see may be out of date.',
      remedy:
        'It is being tried again. Training goes on without this window, if its host still runs.',
      ways: [],
    }
  }
  if (snapshot?.state.kind === 'failed') {
    const { message, remedy } = snapshot.state.error
    return { message: sentence(message), remedy, ways: ['reopen'] }
  }
  if (failure !== null) {
    const isGone = failure.code === 'session/no-such-run'
    return {
      message: isGone ? 'This run is not there any more.' : sentence(failure.message),
      remedy: isGone ? 'It was deleted, moved or renamed.' : failure.remedy,
      ways: isGone ? ['home'] : ['retry'],
    }
  }
  const alert = snapshot && alertOf(snapshot)
  return alert && { message: sentence(alert.message), remedy: alert.remedy, ways: [] }
}
