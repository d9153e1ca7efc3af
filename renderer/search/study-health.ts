import type { StudySnapshot, StudySummary, TrialSummary } from '../../core/protocol/study.ts'
import type { Health } from '../health/health.ts'
import { formatCount } from '../ui/format.ts'
import { sentence } from '../ui/sentence.ts'
import { countTrials, hasBegun, isEnded } from './study-snapshot.ts'
import { STUDY_WORDS, plural } from './trial-words.ts'

const isLost = ({ state }: TrialSummary) => state === 'diverged' || state === 'failed'

/** So many in a row are no bad luck any more: the space, or the config, is wrong. */
export const MANY_LOST = 5

/** How many of the trials that ended last, without one between that went well, diverged or failed. */
export function lostInARow(trials: readonly TrialSummary[]): number {
  const ended = trials
    .filter(isEnded)
    .filter(({ state }) => state !== 'cancelled')
    .toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0) || b.trial - a.trial)
  const at = ended.findIndex((trial) => !isLost(trial))
  return at === -1 ? ended.length : at
}

/** Why nothing comes out of a study; null while something does. */
export function troubleOf({ trials }: Pick<StudySnapshot, 'trials'>): string | null {
  const lost = lostInARow(trials)
  return lost >= MANY_LOST ? `the last ${lost} trials diverged or failed` : null
}

/** What is to be said of all trials once they ended: whether they went well, and where not, how many did not. */
function lossOf(trials: readonly TrialSummary[]): Pick<Health, 'reason' | 'tone'> {
  const lost = trials.filter(isLost).length
  if (lost === 0) return { reason: 'every trial has ended', tone: 'calm' }
  const reason = `${formatCount(lost)} of ${plural(trials.length, 'trial')} diverged or failed`
  return { reason, tone: 2 * lost >= trials.length ? 'warn' : 'calm' }
}

/** One status word for a study, with its reason. */
export function studyHealth(snapshot: StudySnapshot): Health {
  const { state, failure, trials, config } = snapshot
  if (failure !== null) return { word: 'Failed', reason: failure.message, tone: 'bad' }
  const { ended, running, measured } = countTrials(trials)
  const word = STUDY_WORDS[state]
  const trouble = troubleOf(snapshot)
  switch (state) {
    case 'running':
      if (trouble !== null) return { word, reason: trouble, tone: 'warn' }
      return { word, reason: running === 0 ? 'getting ready' : '', tone: 'good' }
    case 'paused': {
      if (!hasBegun(snapshot)) return { word: 'Resting', reason: 'not started yet', tone: 'calm' }
      if (config.method === 'population') return { word, reason: '', tone: 'calm' }
      const open = Math.max(0, config.trials - ended)
      return { word, reason: `${plural(open, 'trial')} still to end`, tone: 'calm' }
    }
    case 'done':
      if (measured === 0) return { word, reason: 'no trial could be measured', tone: 'bad' }
      return { word, ...lossOf(trials) }
  }
}

type ReadableStudy = Extract<StudySummary, { readonly ok: true }>

/** The same for a line of the home view, which knows less. */
export function summaryHealth({ state, failure, ended, best }: ReadableStudy): Health {
  if (failure !== null) return { word: 'Failed', reason: sentence(failure.message), tone: 'bad' }
  const word = STUDY_WORDS[state]
  if (state === 'running') return { word, reason: '', tone: 'good' }
  if (state === 'done' && best === null) {
    return { word, reason: 'No trial could be measured.', tone: 'bad' }
  }
  if (state === 'paused' && ended === 0) return { word: 'Resting', reason: '', tone: 'calm' }
  return { word, reason: '', tone: 'calm' }
}
