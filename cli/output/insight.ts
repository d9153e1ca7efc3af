import type {
  Importance,
  StudyInsight,
  SurrogateLine,
  ZoomRound,
} from '../../core/protocol/study.ts'
import type { Scalar } from '../../core/protocol/space.ts'
import { shortNames } from '../../core/search/trial-paths.ts'
import { formatCost, plural } from './numbers.ts'
import { formatTable } from './table.ts'

const formatValue = (value: Scalar): string =>
  typeof value === 'number' && !Number.isInteger(value) ? formatCost(value) : String(value)

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** What the trials say of each dimension, the most important first, and where the last round looked. */
export function formatInsight({ measured, importance, rounds, surrogate }: StudyInsight): string {
  const paths = importance?.map(({ path }) => path) ?? surrogate.map(({ path }) => path)
  const names = shortNames(paths)
  const head = `${plural(measured, 'trial')} measured.`
  if (paths.length === 0) return `${head} Too few to tell.`
  const of = <R extends { readonly path: string }>(rows: readonly R[] | null, path: string) =>
    rows?.find((row) => row.path === path) ?? null
  const round = rounds.at(-1) ?? null
  const table = formatTable<string>(
    [
      { title: '', text: (path) => names.get(path) ?? path },
      { title: 'importance', align: 'right', text: (path) => shareOf(of(importance, path)) },
      { title: 'between', align: 'right', text: (path) => rangeOf(of(importance, path)) },
      { title: 'best near', align: 'right', text: (path) => nearOf(of(surrogate, path)) },
      { title: 'expected there', align: 'right', text: (path) => beliefOf(of(surrogate, path)) },
      ...(round === null ? [] : [boxColumn(round)]),
    ],
    paths,
  )
  const told = importance === null ? `${head} Too few to tell what matters.` : head
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

function beliefOf(line: SurrogateLine | null): string {
  if (line === null) return '–'
  const [mean, deviation] = [line.mean[lowestOf(line)], line.deviation[lowestOf(line)]]
  return `${formatCost(mean ?? null)} ± ${formatCost(deviation ?? null)}`
}

const boxColumn = ({ from, to, sides }: ZoomRound) => ({
  title: `trials ${from}–${to}`,
  align: 'right' as const,
  text: (path: string) => {
    const side = sides.find((one) => one.path === path)
    if (side === undefined) return '–'
    const widened = side.isWidened ? ' (widened)' : ''
    return `${formatValue(side.low)} – ${formatValue(side.high)}${widened}`
  },
})
