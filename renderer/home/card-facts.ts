import type { RunSummary } from '../../core/protocol/run.ts'
import { lastLookOf } from '../history/last-look.ts'
import { formatAgo, formatCost, formatCount, formatPercent } from '../ui/format.ts'

type ReadableRun = Extract<RunSummary, { readonly ok: true }>

/** One figure of a card. */
interface Figure {
  readonly label: string
  readonly value: string
  readonly tone: 'train' | 'dev'
}

/** What a card tells in numbers: the cost, and of the dev set what there is. */
export function figuresOf({ cost, devCost, devAccuracy }: ReadableRun): readonly Figure[] {
  const dev: readonly Figure[] =
    devAccuracy !== null
      ? [{ label: 'dev error', value: formatPercent(1 - devAccuracy), tone: 'dev' }]
      : devCost !== null
        ? [{ label: 'dev cost', value: formatCost(devCost), tone: 'dev' }]
        : []
  return [{ label: 'cost', value: formatCost(cost), tone: 'train' }, ...dev]
}

const A_MOMENT_MS = 60_000

/** When a person last looked at a run in this window, and how far it has come since; null if never, or just now. */
export function seenOf(summary: ReadableRun, now: number): string | null {
  const look = lastLookOf(summary.run)
  // Another run may have its name by now.
  if (look === null || look.bornAt !== summary.createdAt) return null
  if (now - look.at < A_MOMENT_MS) return null
  const gone = summary.step - look.step
  const since = gone > 0 ? `, ${formatCount(gone)} steps since` : ''
  return `seen ${formatAgo(look.at, now)}${since}`
}
