import type { Measure, StudySnapshot, TrialSummary } from '../../core/protocol/study.ts'
import type { Scalar } from '../../core/protocol/space.ts'
import { pathsIn } from '../../core/search/trial-paths.ts'
import { formatCost, formatCount } from '../ui/format.ts'
import { STATE_WORDS, formatScalar, formatValue, measureWord, shortNames } from './trial-words.ts'

/** One column of the table of trials. */
export interface TrialColumn {
  /** The same from one study to the next; of a searched thing its path. */
  readonly key: string
  readonly title: string
  /** All of it, where the title is short for something. */
  readonly hint?: string
  readonly isText?: boolean
  readonly text: (trial: TrialSummary) => string
  /** What it is sorted by; null comes last, whichever way. */
  readonly rank: (trial: TrialSummary) => Scalar | null
}

export interface TrialOrder {
  readonly key: string
  readonly isDescending: boolean
}

/** States from what is under way to what came to nothing. */
const STATE_ORDER = Object.keys(STATE_WORDS)

const number = (
  key: keyof TrialSummary & ('step' | 'cost' | 'devCost' | 'parameters' | 'rung'),
  title: string,
  format: (value: number) => string,
): TrialColumn => ({
  key,
  title,
  text: ({ [key]: value }) => (value === null ? '—' : format(value)),
  rank: ({ [key]: value }) => value,
})

const valueColumn = (measure: Measure): TrialColumn => ({
  key: 'value',
  title: measureWord(measure),
  text: ({ value }) => formatValue(measure, value),
  // What it did early on counts for nothing once it went wrong.
  rank: ({ value, state }) => (state === 'diverged' || state === 'failed' ? null : value),
})

/** The columns of a study: each thing that is searched has one of its own. */
export function columnsOf(
  snapshot: Pick<StudySnapshot, 'config' | 'trials' | 'measure'>,
): readonly TrialColumn[] {
  const { config, measure } = snapshot
  const paths = pathsIn(snapshot)
  const names = shortNames(paths)
  return [
    {
      key: 'trial',
      title: 'trial',
      text: ({ trial }) => formatCount(trial),
      rank: ({ trial }) => trial,
    },
    {
      key: 'state',
      title: 'state',
      isText: true,
      text: ({ state }) => STATE_WORDS[state],
      rank: ({ state }) => STATE_ORDER.indexOf(state),
    },
    valueColumn(measure),
    ...(measure === 'dev_error' ? [number('devCost', 'dev cost', formatCost)] : []),
    number('cost', 'cost', formatCost),
    number('step', 'step', formatCount),
    ...(config.stop_early === undefined ? [] : [number('rung', 'rung', formatCount)]),
    ...paths.map((path) => ({
      key: path,
      title: (names.get(path) ?? path).replaceAll('_', ' '),
      hint: path,
      text: ({ point }: TrialSummary) => formatScalar(point[path]),
      rank: ({ point }: TrialSummary) => point[path] ?? null,
    })),
  ]
}

/** Do they look the same, and tell the same of a trial? Of one study, that is. */
export const sameColumns = (a: readonly TrialColumn[], b: readonly TrialColumn[]): boolean =>
  a.length === b.length && a.every(({ key, title }, i) => key === b[i]?.key && title === b[i].title)

function compare(a: Scalar | null, b: Scalar | null, isDescending: boolean): number {
  // What is not there is no number to compare, and NaN none either.
  const [hasA, hasB] = [a, b].map((one) => one !== null && !Number.isNaN(one))
  if (!hasA || !hasB) return Number(!hasA) - Number(!hasB)
  const sign = isDescending ? -1 : 1
  if (typeof a === 'string' || typeof b === 'string') {
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true })
  }
  return sign * (Number(a) - Number(b))
}

/** The trials' numbers in the order of a column; equals by their number, what has no value last. */
export function orderTrials(
  trials: readonly TrialSummary[],
  columns: readonly TrialColumn[],
  { key, isDescending }: TrialOrder,
): readonly number[] {
  const rank = columns.find((column) => column.key === key)?.rank ?? (({ trial }) => trial)
  return trials
    .toSorted((a, b) => compare(rank(a), rank(b), isDescending) || a.trial - b.trial)
    .map(({ trial }) => trial)
}
