import type { WireError } from '../../core/errors.ts'
import type { StudySnapshot } from '../../core/protocol/study.ts'
import { sentence } from '../ui/sentence.ts'
import { lostInARow, troubleOf } from './study-health.ts'
import { countTrials } from './study-snapshot.ts'

export type StudyWayOut = 'resume' | 'retry' | 'home'

export interface StudyFault {
  readonly message: string
  readonly remedy: string | null
  readonly ways: readonly StudyWayOut[]
}

/** What most of the trials that came to nothing have in common, by one of them: reasons differ in their steps. */
function lostReason({ trials }: StudySnapshot): string {
  const alike = new Map<
    string,
    { readonly trial: number; readonly reason: string; count: number }
  >()
  for (const { trial, reason } of trials) {
    if (reason === null) continue
    const kind = reason.replaceAll(/\d+/g, '#')
    const known = alike.get(kind)
    if (known === undefined) alike.set(kind, { trial, reason, count: 1 })
    else known.count += 1
  }
  const [most] = [...alike.values()].toSorted((a, b) => b.count - a.count)
  if (most === undefined) return ''
  return ` Most often as in trial ${most.trial}: ${most.reason}.`.replace(/\.\.$/, '.')
}

/**
 * The most serious thing that is wrong with a study; null while nothing is. While the connection is lost that is
 * not known, and the strip at the top of the window says so.
 */
export function studyFaultOf(
  snapshot: StudySnapshot | null,
  failure: WireError | null,
  isLost: boolean,
): StudyFault | null {
  if (isLost) return null
  if (failure !== null) {
    const isGone = failure.code === 'session/no-such-study'
    return {
      message: isGone ? 'This study is not there any more.' : sentence(failure.message),
      remedy: isGone ? 'It was deleted, moved or renamed.' : failure.remedy,
      ways: isGone ? ['home'] : snapshot === null ? ['retry', 'home'] : ['retry'],
    }
  }
  if (snapshot === null) return null
  if (snapshot.failure !== null) {
    const { message, remedy } = snapshot.failure
    return {
      message: `The search stopped: ${sentence(message)}`,
      remedy: remedy ?? 'What was saved is in the file.',
      ways: ['resume'],
    }
  }
  const isUnmeasured = countTrials(snapshot.trials).measured === 0
  if (snapshot.state === 'done' && isUnmeasured && snapshot.trials.length > 0) {
    return {
      message: `All trials ended without a result: they diverged, failed or were cancelled.${lostReason(snapshot)}`,
      remedy:
        'Change the space, as to smaller learning rates or nets that can be built, and add trials.',
      ways: [],
    }
  }
  if (snapshot.state !== 'done' && troubleOf(snapshot) !== null) {
    return {
      message: `The last ${lostInARow(snapshot.trials)} trials diverged or failed.${lostReason(snapshot)}`,
      remedy: 'Perhaps the space reaches too far: it can be changed while trials run.',
      ways: [],
    }
  }
  return null
}
