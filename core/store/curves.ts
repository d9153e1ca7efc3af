import type { BranchId } from '../protocol/run.ts'
import { countOf, stretchOf, thinStretches } from '../series/index.ts'
import type { Stretch, ThinnedSeries } from '../series/index.ts'
import { all, one } from './db.ts'
import type { ReadableDb } from './db.ts'
import { rowOf } from './ids.ts'
import { readMetrics, segmentsOf } from './metrics.ts'
import type { SeriesPart } from './metrics.ts'
import { cut, decodeRollup, pointsOf } from './rollup-block.ts'
import { ROLLUP_COLUMNS, highestLevel } from './rollups.ts'
import type { RollupRow } from './rollups.ts'

/** Summaries per bucket, at the least: its limits are off by a quarter of its width at the most. */
const SUMMARIES_PER_BUCKET = 4

/** What of a series is asked for: the steps (from, to], along a branch's lineage or of the branch alone. */
export interface CurveRange {
  readonly branch: BranchId
  readonly metric: string
  readonly scope?: 'lineage' | 'branch' | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** A thinned curve, and the steps (from, to] whose summaries were damaged: there it was read from its points. */
export interface Curve extends ThinnedSeries {
  readonly damaged: readonly (readonly [fromStep: number, toStep: number])[]
}

/**
 * A curve of at most `points` points; all there are, if absent. A point stands for the steps after the one
 * before it, and holds their exact extremes and mean. Takes as long as it has points, however long the run.
 */
export function readCurve(db: ReadableDb, range: CurveRange, points?: number): Curve {
  const room = points === undefined ? Infinity : Math.floor(points)
  const parts = partsOf(db, range)
  const first = parts[0]?.from ?? 0
  const last = parts.at(-1)?.to ?? 0
  const widest = (last - first) / room / SUMMARIES_PER_BUCKET
  const found = collect(db, range.metric, parts, widest)
  const isSummed = found.stretches.some(({ count }) => count > 1)
  const isFew = countOf(found.stretches) <= room
  const { stretches } = isSummed && isFew ? collect(db, range.metric, parts, 0) : found
  return { ...thinStretches(stretches, points), damaged: found.damaged }
}

/** The mean of a series over the steps asked for; null where nothing is recorded there. */
export function readMean(db: ReadableDb, range: CurveRange): number | null {
  const { stretches } = collect(db, range.metric, partsOf(db, range), Infinity)
  const total = countOf(stretches)
  if (total === 0) return null
  let sum = 0
  for (const { mean, count } of stretches) for (const value of mean) sum += value * count
  return sum / total
}

/** The parts of branches that the range is made of, each narrowed to where something is recorded. */
function partsOf(db: ReadableDb, range: CurveRange): readonly SeriesPart[] {
  const { branch, metric, scope = 'lineage', from = -1, to = Number.MAX_SAFE_INTEGER } = range
  const wanted = scope === 'lineage' ? segmentsOf(db, branch, from, to) : [{ branch, from, to }]
  return wanted.flatMap((part) => {
    const ends = one<{ first: number | null; last: number | null }>(
      db,
      `SELECT (SELECT first_step FROM metric_blocks
                WHERE branch = ? AND metric = ? AND last_step > ? ORDER BY last_step LIMIT 1) AS first,
              (SELECT MAX(last_step) FROM metric_blocks WHERE branch = ? AND metric = ?) AS last`,
      rowOf(part.branch),
      metric,
      part.from,
      rowOf(part.branch),
      metric,
    )
    if (ends === undefined || ends.first === null || ends.last === null) return []
    const narrowed = {
      ...part,
      from: Math.max(part.from, ends.first - 1),
      to: Math.min(part.to, ends.last),
    }
    return narrowed.from < narrowed.to ? [narrowed] : []
  })
}

interface Found {
  readonly stretches: Stretch[]
  readonly damaged: [fromStep: number, toStep: number][]
}

/** Summaries none of which spans more than `widest` steps, each of these steps' points in exactly one. */
function collect(
  db: ReadableDb,
  metric: string,
  parts: readonly SeriesPart[],
  widest: number,
): Found {
  const found: Found = { stretches: [], damaged: [] }
  for (const part of parts) {
    gather(db, metric, part, topLevel(db, metric, part, widest), widest, found)
  }
  return found
}

/** The highest level that can have summaries so narrow. Where the file is older than rollups, there is none. */
function topLevel(db: ReadableDb, metric: string, { branch }: SeriesPart, widest: number): number {
  if (widest < pointsOf(1)) return 0
  const exists = one(db, "SELECT 1 FROM sqlite_schema WHERE name = 'metric_rollups'") !== undefined
  if (!exists) return 0
  const highest = highestLevel(db, branch, metric)
  let level = 0
  while (level < highest && pointsOf(level + 1) <= widest) level++
  return level
}

/**
 * Takes of a level what lies whole within the steps (from, to] and is narrow enough; all between from the
 * level below. So what a level lacks (its newest part, a damaged row) is found further down.
 */
function gather(
  db: ReadableDb,
  metric: string,
  { branch, from, to }: SeriesPart,
  level: number,
  widest: number,
  found: Found,
): void {
  if (from >= to) return
  if (level === 0) {
    const { steps, values } = readMetrics(db, branch, metric, from, to)
    if (steps.length > 0) found.stretches.push(stretchOf(steps, values))
    return
  }
  let reached = from
  const below = (until: number) => {
    gather(db, metric, { branch, from: reached, to: until }, level - 1, widest, found)
  }
  for (const row of rollupsWithin(db, metric, { branch, from, to }, level)) {
    if (row.fromStep >= to) break
    const entries = decodeRollup(row)
    if (entries === null) {
      found.damaged.push([row.fromStep, row.lastStep])
      continue
    }
    for (const [first, end] of runsThatFit(entries, from, to, widest)) {
      const run = cut(entries, first, end)
      below(run.firstStep - 1)
      found.stretches.push(run)
      reached = entries.step[end - 1]!
    }
  }
  below(to)
}

/** Neighbouring entries [first, end) that lie whole within (from, to] and span no more than `widest` steps. */
function runsThatFit(
  { step, firstStep }: Stretch,
  from: number,
  to: number,
  widest: number,
): readonly (readonly [first: number, end: number])[] {
  const runs: [number, number][] = []
  let begin = firstStep - 1
  let first = -1
  for (let at = 0; at < step.length; at++) {
    const last = step[at]!
    const fits = begin >= from && last <= to && last - begin <= widest
    if (fits && first < 0) first = at
    if (!fits && first >= 0) {
      runs.push([first, at])
      first = -1
    }
    begin = last
  }
  if (first >= 0) runs.push([first, step.length])
  return runs
}

/** Rows of one level that reach into (from, to]. They don't overlap: the first that reaches `to` is the last. */
const rollupsWithin = (
  db: ReadableDb,
  metric: string,
  { branch, from, to }: SeriesPart,
  level: number,
): RollupRow[] =>
  all<RollupRow>(
    db,
    `SELECT ${ROLLUP_COLUMNS} FROM metric_rollups
      WHERE branch = ? AND metric = ? AND level = ? AND last_step > ?
        AND last_step <= COALESCE(
              (SELECT MIN(last_step) FROM metric_rollups
                WHERE branch = ? AND metric = ? AND level = ? AND last_step >= ?), ?)
      ORDER BY last_step`,
    rowOf(branch),
    metric,
    level,
    from,
    rowOf(branch),
    metric,
    level,
    to,
    to,
  )
