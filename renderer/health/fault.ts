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

/**
 * The most serious thing that is wrong with what is shown; null while nothing is. While the connection is lost
 * that is not known, and the strip at the top of the window says so once for every view.
 */
export function faultOf(
  snapshot: RunSnapshot | null,
  failure: WireError | null,
  isLost: boolean,
): Fault | null {
  if (isLost) return null
  if (snapshot?.state.kind === 'failed') {
    const { message, remedy } = snapshot.state.error
    // Opening it again was tried, and refused: that reason is the newer one.
    const again = failure === null ? '' : ` Opening it again failed: ${sentence(failure.message)}`
    return {
      message: `${sentence(message)}${again}`,
      remedy: failure?.remedy ?? remedy,
      ways: ['reopen', 'home'],
    }
  }
  if (failure !== null) {
    const isGone = failure.code === 'session/no-such-run'
    return {
      message: isGone ? 'This run is not there any more.' : sentence(failure.message),
      remedy: isGone ? 'It was deleted, moved or renamed.' : failure.remedy,
      ways: isGone ? ['home'] : snapshot === null ? ['retry', 'home'] : ['retry'],
    }
  }
  const alert = snapshot && alertOf(snapshot)
  return alert && { message: sentence(alert.message), remedy: alert.remedy, ways: [] }
}
