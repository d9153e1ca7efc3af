import type { JournalEntry, MetricSeries, RunSnapshot } from '../../core/protocol/run.ts'
import { lineageOf } from '../run/lineage.ts'
import type { Anchor } from './axis-map.ts'
import { ordered, paceOf } from './axis-map.ts'

/** What was recorded of time along the head's history; null where it was not asked for or there is none. */
export interface RecordedTimes {
  readonly trained: MetricSeries | null
  readonly wall: MetricSeries | null
}

export const NO_TIMES: RecordedTimes = { trained: null, wall: null }

/** A pause of the head's history: when it began and when training went on, in ms since the epoch. */
export interface Pause {
  readonly step: number
  readonly from: number
  readonly to: number
}

/** Lines of the journal that were written on the way to the head, oldest first. */
export function lineageJournalOf(snapshot: RunSnapshot): readonly JournalEntry[] {
  const ends = new Map(lineageOf(snapshot).map((part) => [part.branch, part]))
  return snapshot.journal.filter(({ branch, step }) => {
    const part = ends.get(branch)
    return part !== undefined && (part.leftAt === null || step <= part.to)
  })
}

/** Pauses between two stretches of training. What follows the last step is none yet. */
export function pausesOf(snapshot: RunSnapshot): readonly Pause[] {
  const pauses: Pause[] = []
  let since: JournalEntry | null = null
  for (const entry of lineageJournalOf(snapshot)) {
    if (entry.kind === 'paused') since ??= entry
    else if (entry.kind === 'started') {
      const from = since
      since = null
      if (from !== null && entry.step > 0 && entry.at > from.at) {
        pauses.push({ step: entry.step, from: from.at, to: entry.at })
      }
    }
  }
  return pauses
}

/** Anchors of a recorded series: the largest value of a bucket is the one at its last step. */
export const anchorsOf = (series: MetricSeries | null): readonly Anchor[] =>
  series === null ? [] : Array.from(series.step, (step, i) => ({ step, x: series.max[i] ?? NaN }))

/** Wall clock in seconds since the run was made, from whatever bears a date. */
function datedAnchors(snapshot: RunSnapshot): readonly Anchor[] {
  const { createdAt } = snapshot.facts
  const ends = new Map(lineageOf(snapshot).map((part) => [part.branch, part.to]))
  const isOnWay = ({ branch, step }: { branch: string; step: number }) =>
    step <= (ends.get(branch as `b${number}`) ?? -1)
  const dated = [
    ...lineageJournalOf(snapshot)
      .filter(({ kind }) => kind !== 'created' && kind !== 'note')
      .map(({ step, at }) => ({ step, at })),
    ...snapshot.checkpoints
      .filter((one) => one.kind !== 'initial' && isOnWay(one))
      .map(({ step, createdAt: at }) => ({ step, at })),
  ]
  return dated.map(({ step, at }) => ({ step, x: (at - createdAt) / 1000 }))
}

/** Where a lineage changed branches the clock jumped: what lies between went into a ghost, or was rest. */
function forkAnchors(snapshot: RunSnapshot, known: readonly Anchor[]): readonly Anchor[] {
  const { createdAt } = snapshot.facts
  return lineageOf(snapshot)
    .slice(1)
    .flatMap(({ branch, from }) => {
      const before = known.filter(({ step }) => step <= from)
      const last = before.at(-1)
      const begun =
        snapshot.journal.find((entry) => entry.branch === branch && entry.kind === 'started')?.at ??
        snapshot.branches.find((made) => made.branch === branch)?.createdAt
      if (last === undefined || begun === undefined) return []
      const left = last.x + paceOf(before, 0) * (from - last.step)
      return [left, (begun - createdAt) / 1000].map((x) => ({ step: from, x }))
    })
}

/** Where the wall clock stood, in seconds since the run was made, pauses as jumps. */
export function wallAnchorsOf(snapshot: RunSnapshot, recorded: MetricSeries | null) {
  const { createdAt } = snapshot.facts
  const pauses = pausesOf(snapshot).flatMap(({ step, from, to }) =>
    [from, to].map((at) => ({ step, x: (at - createdAt) / 1000 })),
  )
  const known = anchorsOf(recorded)
  const isEstimated = known.length < 2
  const anchors = ordered(
    isEstimated ? datedAnchors(snapshot) : [...pauses, ...forkAnchors(snapshot, known), ...known],
  )
  // What comes before the first step is waiting, not training.
  const begin = anchors.findLast(({ step }) => step <= 0)
  const after = anchors.filter(({ step }) => step > 0)
  return { anchors: begin === undefined ? after : [begin, ...after], isEstimated }
}

/** Active training time in seconds along the head's history: what a ghost took is not in it. */
export function trainedAnchorsOf(snapshot: RunSnapshot, times: RecordedTimes) {
  const known = anchorsOf(times.trained)
  if (known.length >= 2) {
    const forks = lineageOf(snapshot).flatMap(({ from }) => (from > 0 ? [from] : []))
    return {
      anchors: withoutGhosts([{ step: 0, x: 0 }, ...known], forks),
      isEstimated: false,
    }
  }
  const anchors: Anchor[] = [{ step: 0, x: 0 }]
  let last: Anchor | null = null
  let sum = 0
  for (const anchor of wallAnchorsOf(snapshot, times.wall).anchors) {
    // Time that passed without a step is a pause.
    if (last !== null && anchor.step > last.step) sum += anchor.x - last.x
    if (anchor.step > 0) anchors.push({ step: anchor.step, x: sum })
    last = anchor
  }
  return { anchors, isEstimated: true }
}

/** Takes out what the clock gained at each fork: that time went into the branch that was left. */
function withoutGhosts(anchors: readonly Anchor[], forks: readonly number[]): readonly Anchor[] {
  let kept = ordered(anchors)
  for (const fork of forks) {
    const i = kept.findIndex(({ step }) => step > fork)
    const [before, after, next] = [kept[i - 1], kept[i], kept[i + 1]]
    if (i < 1 || before === undefined || after === undefined) continue
    const pace = (a: Anchor | undefined, b: Anchor) =>
      a === undefined || b.step === a.step ? 0 : (b.x - a.x) / (b.step - a.step)
    const left = before.x + pace(kept[i - 2], before) * (fork - before.step)
    const right = after.x - (next === undefined ? 0 : pace(after, next)) * (after.step - fork)
    const lost = Math.min(after.x - before.x, Math.max(0, right - left))
    kept = kept.map((anchor, at) => (at < i ? anchor : { step: anchor.step, x: anchor.x - lost }))
  }
  return kept
}
