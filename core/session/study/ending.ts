import type { StudyConfig, TrialSummary } from '../../protocol/study.ts'

type Ended = Pick<TrialSummary, 'state'>

/** What is to be said of a study that ended with less than was asked of it; null where there is nothing. */
export function endingOf(
  { method, trials: asked }: StudyConfig,
  trials: readonly Ended[],
): string | null {
  if (method === 'population') return deathOf(trials)
  if (method !== 'grid' || trials.length >= asked) return null
  return `The grid is full: that of ${asked} trials has no point that was not tried.`
}

/** Says so where a population ended before its time, as nobody is left to copy; null otherwise. */
function deathOf(trials: readonly Ended[]): string | null {
  if (trials.some(({ state }) => state === 'done')) return null
  const lost = trials.filter(({ state }) => state === 'diverged').length
  return (
    `The population has died out: no member is left to copy (${lost} of ${trials.length} diverged).` +
    ' Search smaller learning rates, or read why in the list of trials.'
  )
}
