import type { StudySnapshot, TrialSummary } from '../../core/protocol/study.ts'
import { formatAccuracy, formatCost, plural } from './numbers.ts'
import { formatTable } from './table.ts'

/** Every path that a trial of the study has a value for, in the order of the study's space. */
const pathsIn = ({ config, trials }: StudySnapshot): readonly string[] => [
  ...new Set([...Object.keys(config.space), ...trials.flatMap(({ point }) => Object.keys(point))]),
]

/** The last parts of paths, as many as it takes to tell them apart. */
function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const tail = (path: string, parts: number) => path.split('.').slice(-parts).join('.')
  const nameOf = (path: string) => {
    let parts = 1
    while (paths.some((other) => other !== path && tail(other, parts) === tail(path, parts)))
      parts++
    return tail(path, parts)
  }
  return new Map(paths.map((path) => [path, nameOf(path)]))
}

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

/** Best first; those without a value last, in their own order. */
export const byValue = (trials: readonly TrialSummary[]): readonly TrialSummary[] =>
  trials.toSorted((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity) || a.trial - b.trial)

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
  return `${table}\n${summaryLine(snapshot)}`
}

function summaryLine({ trials, config, best, steps, study, state }: StudySnapshot): string {
  const done = trials.filter(({ endedAt }) => endedAt !== null).length
  const all = Math.max(config.trials, trials.length) // a population comes to more than it has at once
  const so = `${done} of ${plural(all, 'trial')} ended, ${plural(steps, 'step')} in all; ${study} is ${state}.`
  return best === null ? so : `${so} Best: trial ${best}.`
}

const quoted = (text: string): string =>
  /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** Every trial, every figure in full, for a spreadsheet. */
export function trialsToCsv(snapshot: StudySnapshot): string {
  const paths = pathsIn(snapshot)
  const fields = [
    ...(['trial', 'state', 'rung', 'step', 'budgetSteps', 'parameters', 'cost'] as const),
    ...(['devCost', 'devAccuracy', 'value', 'startedAt', 'endedAt', 'reason'] as const),
  ]
  const cells = (trial: TrialSummary) => [
    ...fields.map((field) => trial[field] ?? ''),
    ...paths.map((path) => trial.point[path] ?? ''),
  ]
  return [[...fields, ...paths], ...snapshot.trials.map(cells)]
    .map((row) => row.map((cell) => quoted(String(cell))).join(','))
    .join('\n')
}
