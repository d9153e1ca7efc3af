import type {
  Importance,
  Measure,
  StudyInsight,
  SurrogateLine,
  ZoomRound,
} from '../../core/protocol/study.ts'
import type { Scalar } from '../../core/protocol/space.ts'
import { FEWEST_FOR_BELIEF, fewestForImportance } from '../../core/search/fewest-trials.ts'
import { shortNames } from '../../core/search/trial-paths.ts'
import { formatAccuracy, formatCost, plural } from './numbers.ts'
import { formatTable } from './table.ts'

const formatValue = (value: Scalar): string =>
  typeof value === 'number' && !Number.isInteger(value) ? formatCost(value) : String(value)

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** What was searched, and by which figure. */
export interface Searched {
  readonly measure: Measure
  readonly dimensions: number
  /** Trials that were measured, in the present space or in an earlier one. */
  readonly tried: number
}

/** What the trials say of each dimension, the most important first, and where the last round looked. */
export function formatInsight(
  { measured, importance, rounds, surrogate }: StudyInsight,
  { measure, dimensions, tried }: Searched,
): string {
  const paths = importance?.map(({ path }) => path) ?? surrogate.map(({ path }) => path)
  const names = shortNames(paths)
  const elsewhere = tried - measured
  const beside = elsewhere > 0 ? `; ${elsewhere} outside the present space say nothing` : ''
  const head = `${plural(measured, 'trial')} measured${beside}.`
  if (paths.length === 0) return `${head} Too few to tell: it takes ${FEWEST_FOR_BELIEF}.`
  const of = <R extends { readonly path: string }>(rows: readonly R[] | null, path: string) =>
    rows?.find((row) => row.path === path) ?? null
  const round = rounds.at(-1) ?? null
  const table = formatTable<string>(
    [
      { title: '', text: (path) => names.get(path) ?? path },
      { title: 'importance', align: 'right', text: (path) => shareOf(of(importance, path)) },
      { title: 'between', align: 'right', text: (path) => rangeOf(of(importance, path)) },
      { title: 'best near', align: 'right', text: (path) => nearOf(of(surrogate, path)) },
      {
        title: `${measure.replace('_', ' ')} expected there`,
        align: 'right',
        text: (path) => beliefOf(of(surrogate, path), measure),
      },
      ...(round === null ? [] : [boxColumn(round)]),
    ],
    paths,
  )
  const needed = fewestForImportance(dimensions)
  const told =
    importance === null ? `${head} Too few to tell what matters: it takes ${needed}.` : head
  return `${told}\n${table}`
}

const shareOf = (row: Importance | null): string => (row === null ? '–' : percent(row.share))

const rangeOf = (row: Importance | null): string =>
  row === null ? '–' : `${percent(row.low)} – ${percent(row.high)}`

const lowestOf = ({ mean }: SurrogateLine): number => mean.indexOf(Math.min(...mean))

function nearOf(line: SurrogateLine | null): string {
  const value = line?.values[lowestOf(line)]
  return value === undefined ? '–' : formatValue(value)
}

function beliefOf(line: SurrogateLine | null, measure: Measure): string {
  if (line === null) return '–'
  const [mean, deviation] = [line.mean[lowestOf(line)], line.deviation[lowestOf(line)]]
  const figure = measure === 'dev_error' ? formatAccuracy : formatCost
  // Between trials the belief may dip below 0, where no error and no cost can be.
  return `${figure(mean === undefined ? null : Math.max(0, mean))} ± ${figure(deviation ?? null)}`
}

const boxColumn = ({ from, to, sides }: ZoomRound) => ({
  title: `trials ${from}–${to}`,
  align: 'right' as const,
  text: (path: string) => {
    const side = sides.find((one) => one.path === path)
    if (side === undefined) return '–'
    const widened = side.isWidened ? ' (widened)' : ''
    const [low, high] = [formatValue(side.low), formatValue(side.high)]
    return `${low === high ? low : `${low} – ${high}`}${widened}`
  },
})
