import type { StudySnapshot, TrialState, TrialSummary } from '../../core/protocol/study.ts'
import { edgeWords, edgesOf } from '../../core/search/edges.ts'
import { pathsIn, shortNames } from '../../core/search/trial-paths.ts'
import { formatAccuracy, formatCost, plural } from './numbers.ts'
import { asWord, moreTrials } from '../search/next-step.ts'
import { formatTable } from './table.ts'

const formatScalar = (value: string | number | boolean | undefined): string => {
  if (value === undefined) return '–'
  return typeof value === 'number' && !Number.isInteger(value) ? formatCost(value) : String(value)
}

/** `learning_rate 0.0123, units 40`. */
export function formatPoint(snapshot: StudySnapshot, { point }: TrialSummary): string {
  const names = shortNames(pathsIn(snapshot))
  return Object.entries(point)
    .map(([path, value]) => `${names.get(path) ?? path} ${formatScalar(value)}`)
    .join(', ')
}

/** What it did early on counts for nothing once it went wrong. */
const rankOf = ({ value, state }: TrialSummary): number =>
  value === null || state === 'diverged' || state === 'failed' ? Infinity : value

/** Best first; last those that have no value or went wrong, in their own order. */
export const byValue = (trials: readonly TrialSummary[]): readonly TrialSummary[] =>
  trials.toSorted((a, b) => {
    const [x, y] = [rankOf(a), rankOf(b)]
    return x === y ? a.trial - b.trial : x - y
  })

/** A line per trial, the best first. */
export function formatTrials(snapshot: StudySnapshot): string {
  const paths = pathsIn(snapshot)
  const names = shortNames(paths)
  const isError = snapshot.measure === 'dev_error'
  const value = (trial: TrialSummary) =>
    isError ? formatAccuracy(trial.value) : formatCost(trial.value)
  const table = formatTable<TrialSummary>(
    [
      { title: 'trial', align: 'right', text: ({ trial }) => String(trial) },
      { title: 'state', text: ({ state }) => state },
      { title: 'step', align: 'right', text: ({ step }) => String(step) },
      { title: 'cost', align: 'right', text: ({ cost }) => formatCost(cost) },
      { title: 'dev cost', align: 'right', text: ({ devCost }) => formatCost(devCost) },
      ...(isError ? [{ title: 'dev error', align: 'right' as const, text: value }] : []),
      ...paths.map((path) => ({
        title: names.get(path) ?? path,
        align: 'right' as const,
        text: ({ point }: TrialSummary) => formatScalar(point[path]),
      })),
      { title: '', text: ({ reason }) => reason ?? '' },
    ],
    byValue(snapshot.trials),
  )
  return [table, summaryLine(snapshot), ...edgeLines(snapshot)].join('\n')
}

/** Where the space that is searched now ends too early. */
function edgeLines(snapshot: StudySnapshot): readonly string[] {
  const { study, config, trials } = snapshot
  const names = shortNames(pathsIn(snapshot))
  const lines = edgesOf(config.space, trials).map((edge) =>
    edgeWords(edge, names.get(edge.path) ?? edge.path, formatScalar(edge.end)),
  )
  if (lines.length === 0) return []
  const look = `Look there: panda search ${asWord(study)} --space FILE`
  const more = snapshot.state === 'done' ? moreTrials(snapshot) : null
  return [...lines, more === null ? look : `${look}, then ${more}`]
}

const UNDER_WAY: ReadonlySet<TrialState> = new Set(['waiting', 'running', 'paused'])

function summaryLine({ trials, config, best, steps, study, state }: StudySnapshot): string {
  // One that was stopped early may climb on: when it ended before says nothing then.
  const done = trials.filter(({ state }) => !UNDER_WAY.has(state)).length
  const all = Math.max(config.trials, trials.length) // a population comes to more than it has at once
  const so = `${done} of ${plural(all, 'trial')} ended, ${plural(steps, 'step')} in all; ${study} is ${state}.`
  return best === null ? so : `${so} Best: trial ${best}.`
}
