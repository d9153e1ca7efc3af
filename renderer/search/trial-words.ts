import type { MethodName, Point, Scalar } from '../../core/protocol/space.ts'
import type { Measure, StudyState, TrialBudget, TrialState } from '../../core/protocol/study.ts'
import { amountOf } from '../../core/search/budget.ts'
import { formatCost, formatCount, formatSetting } from '../ui/format.ts'

export { shortNames } from '../../core/search/trial-paths.ts'

/** What became of a trial, as a person would say it. */
export const STATE_WORDS: { readonly [S in TrialState]: string } = {
  waiting: 'waiting',
  running: 'running',
  paused: 'paused',
  'stopped-early': 'stopped early',
  done: 'done',
  diverged: 'diverged',
  failed: 'failed',
  cancelled: 'cancelled',
  replaced: 'replaced',
}

/** "Stopped early": as the first word of a line. */
export const stateTitle = (state: TrialState): string =>
  STATE_WORDS[state].charAt(0).toUpperCase() + STATE_WORDS[state].slice(1)

/** What each state means, in one sentence. */
export const STATE_REASONS: { readonly [S in TrialState]: string } = {
  waiting: 'It has its values and waits for a free place.',
  running: 'It trains now.',
  paused: 'It is saved, and goes on when the search does.',
  'stopped-early':
    'It fell behind the others. It goes on if it turns out among the best after all.',
  done: 'It trained for its whole budget.',
  diverged: 'Its cost is not a number any more.',
  failed: 'It could not be built, or its worker broke.',
  cancelled: 'Somebody gave it up. What it recorded stays.',
  replaced: 'It gave way to a changed copy of a better one.',
}

export const STUDY_WORDS: { readonly [S in StudyState]: string } = {
  running: 'Searching',
  paused: 'Paused',
  done: 'Done',
}

/** Each method's name, and in one line why one would take it. */
export const METHOD_WORDS: {
  readonly [M in MethodName]: { readonly label: string; readonly line: string }
} = {
  grid: { label: 'Grid', line: 'Every combination of a few values: good for one or two things.' },
  random: {
    label: 'Random',
    line: 'Independent draws: every trial sees a new value of everything.',
  },
  sobol: { label: 'Sobol', line: 'Draws that keep their distance: like random, with fewer holes.' },
  coarse_to_fine: {
    label: 'Coarse to fine',
    line: 'Random at first, then closer and closer around the best.',
  },
  bayesian: {
    label: 'Bayesian',
    line: 'Learns from each trial where the next one promises most.',
  },
  population: {
    label: 'Population',
    line: 'All train at once; the worst go on as changed copies of the best.',
  },
}

export const measureWord = (measure: Measure): string =>
  measure === 'dev_error' ? 'dev error' : 'dev cost'

/** What trials are compared by: an error in percent, a cost with four figures. A dash where there is none. */
export function formatValue(measure: Measure, value: number | null): string {
  if (value === null) return '—'
  if (!Number.isFinite(value)) return formatCost(value)
  if (measure === 'dev_error') return `${(value * 100).toFixed(2)} %`
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e4 || size < 1e-3)) {
    return value.toExponential(3).replaceAll('-', '−').replace('e+', 'e')
  }
  return value.toPrecision(4).replace('-', '−')
}

/** A value of a searched thing, short enough for a table; a dash where the trial has none. */
export function formatScalar(value: Scalar | undefined): string {
  if (value === undefined) return '—'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (Number.isInteger(value)) return formatCount(value).replace('-', '−')
  // Near 1 the digits that tell are those of 1 − value.
  const isNearOne = value > 0.9 && value < 1
  const digits = isNearOne ? Math.min(8, 3 + Math.ceil(-Math.log10(1 - value))) : 3
  return formatSetting(Number(value.toPrecision(digits))).replaceAll('-', '−')
}

/** `learning rate 0.0123, units 40`. `names`: as `shortNames` answers them. */
export const describePoint = (point: Point, names: ReadonlyMap<string, string>): string =>
  Object.entries(point)
    .map(
      ([path, value]) => `${(names.get(path) ?? path).replaceAll('_', ' ')} ${formatScalar(value)}`,
    )
    .join(', ')

/** `450 steps`, `1 epoch`, `1.5 minutes`, `30 seconds`. */
export function formatBudget(budget: TrialBudget): string {
  const { unit, amount } = amountOf(budget)
  if (unit === 'steps') return plural(amount, 'step')
  if (unit === 'minutes' && amount < 1) return `${formatSetting(amount * 60)} seconds`
  return amount === 1 ? `1 ${unit.slice(0, -1)}` : `${formatSetting(amount)} ${unit}`
}

/** `1 trial`, `2 000 trials`. */
export const plural = (count: number, word: string): string =>
  `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`
