import type { StudySummary, StudyWord, TrialState } from '../../core/protocol/study.ts'
import { MANY_LOST } from '../search/study-health.ts'
import { formatValue, measureWord } from '../search/trial-words.ts'
import { sentence } from '../ui/sentence.ts'
import type { News } from './news.ts'

function doneWords({ best, measure }: Extract<StudySummary, { readonly ok: true }>): string {
  if (best === null) return 'Every trial has ended, and none could be measured.'
  return `Every trial has ended: best ${measureWord(measure)} ${formatValue(measure, best.value)}, trial ${best.trial}.`
}

/** What of two lists of studies, one after the other, a person may want to hear of. `run` is the study's name. */
export function newsBetween(
  before: readonly StudySummary[],
  after: readonly StudySummary[],
): readonly News[] {
  const known = new Map(before.map((summary) => [summary.study, summary]))
  return after.flatMap((now): readonly News[] => {
    const was = known.get(now.study)
    // Another study may have the name by now.
    if (!now.ok || was === undefined || !was.ok || was.createdAt !== now.createdAt) return []
    const run = now.study
    if (now.failure !== null && was.failure?.message !== now.failure.message) {
      return [{ kind: 'failed', run, text: sentence(now.failure.message), tone: 'bad' }]
    }
    if (now.state !== 'done' || was.state === 'done') return []
    const tone = now.best === null ? 'bad' : 'good'
    return [{ kind: 'finished', run, text: doneWords(now), tone }]
  })
}

const LOST: ReadonlySet<TrialState> = new Set(['diverged', 'failed'])
const WENT_WELL: ReadonlySet<TrialState> = new Set(['done', 'stopped-early'])

/** The trials of each study that came to nothing since one last went well. */
export type LostTrials = ReadonlyMap<string, ReadonlySet<number>>

/** Counts trials that diverge or fail one after the other; the fifth is news, once. Pure. */
export function hearTrial(
  lost: LostTrials,
  study: string,
  word: StudyWord,
): { readonly lost: LostTrials; readonly news: News | null } {
  if (word.type !== 'trial-changed') return { lost, news: null }
  const { trial, state, reason } = word.trial
  const before = lost.get(study) ?? new Set<number>()
  if (WENT_WELL.has(state) && before.size > 0) {
    return { lost: new Map(lost).set(study, new Set()), news: null }
  }
  if (!LOST.has(state) || before.has(trial)) return { lost, news: null }
  const now = new Set(before).add(trial)
  const why = reason === null ? '' : ` The last one: ${sentence(reason)}`
  const text = `${MANY_LOST} trials in a row diverged or failed.${why}`
  return {
    lost: new Map(lost).set(study, now),
    news: now.size === MANY_LOST ? { kind: 'alert', run: study, text, tone: 'bad' } : null,
  }
}
