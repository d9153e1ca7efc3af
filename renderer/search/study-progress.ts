import type { StudySnapshot } from '../../core/protocol/study.ts'
import { formatCount } from '../ui/format.ts'
import { countTrials, trialIn } from './study-snapshot.ts'
import { formatValue, measureWord, plural } from './trial-words.ts'

/** "best dev error 4.45 %, trial 7"; null before one was measured. */
export function bestWords({ best, trials, measure }: StudySnapshot): string | null {
  const trial = best === null ? undefined : trialIn(trials, best)
  if (trial === undefined) return null
  return `best ${measureWord(measure)} ${formatValue(measure, trial.value)}, trial ${trial.trial}`
}

/** "12 of 40 trials · 2 running · best dev error 4.45 %, trial 7". */
export function progressWords(snapshot: StudySnapshot): string {
  const { ended, running } = countTrials(snapshot.trials)
  return [
    `${formatCount(ended)} of ${plural(snapshot.config.trials, 'trial')}`,
    running === 0 ? null : `${running} running`,
    bestWords(snapshot),
  ]
    .filter((part) => part !== null)
    .join(' · ')
}
