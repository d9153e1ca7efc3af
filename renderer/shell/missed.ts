import type { RunSummary } from '../../core/protocol/run.ts'
import { NOTHING_HEARD, newsOfAlert, newsOfDays, newsOfState } from './news.ts'
import type { HeardOfRuns, News, NewsKind } from './news.ts'

type Readable = Extract<RunSummary, { readonly ok: true }>

const isUnderWay = ({ state }: Readable) => state.kind === 'running' || state.kind === 'preparing'

/** An alert that came meanwhile, and was not told as it came. */
function missedAlert(before: Readable, now: Readable, heard: HeardOfRuns): News | null {
  const { alert } = now
  if (alert === undefined || alert.id <= (before.alert?.id ?? 0)) return null
  const told = heard.get(now.run)?.entry ?? null
  if (told !== null && alert.id <= told.id && alert.at <= told.at) return null
  return newsOfAlert(now.run, alert.message)
}

/** What it does not do any more, though nobody here told it to. */
function missedEnd(before: Readable, now: Readable, heard: HeardOfRuns): News | null {
  const state = JSON.stringify(now.state)
  if (state === JSON.stringify(before.state) || state === heard.get(now.run)?.state) return null
  if (isUnderWay(before) && now.state.kind === 'paused' && now.state.reason === 'recovered') {
    return newsOfAlert(now.run, 'Panda was ended while it trained; it is paused where it was')
  }
  return newsOfState(now.run, now.state, now.step)
}

/** The one thing that matters most about a run that was not heard of for a while. */
function missedOf(before: RunSummary, now: RunSummary, heard: HeardOfRuns): News | null {
  if (!before.ok) return null
  if (!now.ok) return newsOfState(now.run, { kind: 'failed', error: now.error }, 0)
  if (now.createdAt !== before.createdAt) return null // another run has its name
  const end = missedEnd(before, now, heard)
  if (end?.kind === 'failed') return end
  const more = missedAlert(before, now, heard) ?? end
  if (more !== null || now.day <= before.day) return more
  const told = heard.get(now.run)?.entry
  const isTold = told !== undefined && told !== null && told.at >= now.updatedAt
  return isTold ? null : newsOfDays(now.run, Math.max(1, before.day), now.day - 1, now)
}

/** The newest stands longest: what is most urgent is told last. */
const URGENCY: { readonly [K in NewsKind]: number } = { day: 0, finished: 1, alert: 2, failed: 3 }

/**
 * The news of a time in which nothing could be heard, from the runs as they were and as they are: of each run
 * one piece at most, the most urgent last. Pure, as `hear` is: what the list tells counts as heard.
 */
export function catchUp(
  heard: HeardOfRuns,
  before: readonly RunSummary[],
  now: readonly RunSummary[],
): { readonly heard: HeardOfRuns; readonly news: readonly News[] } {
  const known = new Map(before.map((summary) => [summary.run, summary]))
  const news = now.flatMap((summary) => {
    const was = known.get(summary.run)
    return (was && missedOf(was, summary, heard)) ?? []
  })
  const after = new Map(heard)
  for (const summary of now) {
    if (!summary.ok) continue
    const { run, updatedAt } = summary
    after.set(run, {
      ...(heard.get(run) ?? NOTHING_HEARD),
      state: JSON.stringify(summary.state),
      // Whatever its number, a line of the journal that was written by then is in the list.
      entry: { id: Number.MAX_SAFE_INTEGER, at: updatedAt },
    })
  }
  return { heard: after, news: news.toSorted((a, b) => URGENCY[a.kind] - URGENCY[b.kind]) }
}
