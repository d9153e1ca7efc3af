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

/** "of 40 trials"; of a population, whose copies are trials too, "trials, 12 members". */
export const ofHowMany = ({ config: { method, trials } }: StudySnapshot): string =>
  method === 'population' ? `trials, ${plural(trials, 'member')}` : `of ${plural(trials, 'trial')}`

/** "12 of 40 trials · 2 running · best dev error 4.45 %, trial 7". */
export function progressWords(snapshot: StudySnapshot): string {
  const { ended, running } = countTrials(snapshot.trials)
  return [
    `${formatCount(ended)} ${ofHowMany(snapshot)}`,
    running === 0 ? null : `${running} running`,
    bestWords(snapshot),
  ]
    .filter((part) => part !== null)
    .join(' · ')
}
