import type { StudySnapshot, TrialSummary } from '../protocol/study.ts'
import { pathsIn } from './trial-paths.ts'

const quoted = (text: string): string =>
  /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** Every trial, every figure in full, for a spreadsheet. */
export function trialsToCsv(snapshot: Pick<StudySnapshot, 'config' | 'trials'>): string {
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
