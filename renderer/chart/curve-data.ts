import type { MetricSeries, RunEvent, RunSnapshot, SeriesQuery } from '../../core/protocol/run.ts'
import { createBuckets } from './buckets.ts'
import type { Bucket } from './buckets.ts'
import { ghostsOf, lineageOf } from '../run/lineage.ts'
import type { Stretch } from '../run/lineage.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface GhostCurve {
  readonly stretch: Stretch
  readonly points: readonly Point[]
}

/** A stretch of steps on screen: from < step ≤ to. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Points kept of the train line: between half of this and this. Each spans 3 to 6 pixels, so that
 * the mean is a calm line and the band around it shows the spread. */
const TRAIN_POINTS = 320
const GHOST_POINTS = 160
const DEV_POINTS = 600
const RELOAD_GAP_MS = 1_000

/** Events kept for when a reply is older than they are. */
const RECENT_EVENTS = 100

type MetricsEvent = Extract<RunEvent, { type: 'metrics' }>
type EvaluatedEvent = Extract<RunEvent, { type: 'evaluated' }>

interface Sources {
  readonly series: (query: SeriesQuery) => Promise<MetricSeries>
  readonly onFailure: (error: unknown) => void
}

export interface CurveData {
  /** The train cost on the way to the head. */
  train(): readonly Bucket[]
  dev(): readonly Point[]
  ghosts(): readonly GhostCurve[]
  load(snapshot: RunSnapshot): Promise<void>
  take(event: RunEvent, snapshot: RunSnapshot): void
  /** Asks for the finer grain of a zoomed range; null goes back to the whole. */
  look(range: Range | null): Promise<void>
  clear(): void
  onChange(listener: () => void): () => void
}

const pointsOf = ({ step, mean }: MetricSeries): Point[] =>
  Array.from(step, (x, i) => ({ x, y: mean[i] ?? Number.NaN }))

const devPointOf = ({ step, devCost }: EvaluatedEvent): Point => ({ x: step, y: devCost })

/** The curves of one run: fetched thinned, then carried on by events. Lives outside reactivity. */
export function createCurveData({ series, onFailure }: Sources): CurveData {
  const overview = createBuckets(TRAIN_POINTS)
  const listeners = new Set<() => void>()
  let detail: { readonly range: Range; readonly points: readonly Bucket[] } | null = null
  let dev: Point[] = []
  let ghosts: readonly GhostCurve[] = []
  /** Latest events of the head's branch: a reply may be older than what was already heard. */
  let recent: MetricsEvent[] = []
  let recentDev: EvaluatedEvent[] = []
  let generation = 0
  let looking = 0
  let reload: ReturnType<typeof setTimeout> | null = null

  const changed = () => {
    for (const listener of listeners) listener()
  }

  async function load(snapshot: RunSnapshot): Promise<void> {
    const mine = ++generation
    const lineage = lineageOf(snapshot)
    recent = recent.filter(({ branch }) => branch === snapshot.branch)
    recentDev = recentDev.filter(({ branch }) => branch === snapshot.branch)
    const stretches = ghostsOf(snapshot.branches, lineage)
    try {
      const [cost, devCost, ...rest] = await Promise.all([
        series({ metric: 'cost', branch: snapshot.branch, points: TRAIN_POINTS }),
        series({ metric: 'dev_cost', branch: snapshot.branch, points: DEV_POINTS }),
        ...stretches.map(({ branch, from, to }) =>
          series({ metric: 'cost', branch, scope: 'branch', from, to, points: GHOST_POINTS }),
        ),
      ])
      if (mine !== generation) return
      overview.replace(cost)
      for (const { firstStep, costs } of recent) overview.append(firstStep, costs)
      dev = pointsOf(devCost)
      const known = dev.at(-1)?.x ?? 0
      dev.push(...recentDev.filter(({ step }) => step > known).map(devPointOf))
      ghosts = stretches.map((stretch, i) => {
        const curve = rest[i]
        return { stretch, points: curve === undefined ? [] : pointsOf(curve) }
      })
      detail = null
      changed()
    } catch (error) {
      if (mine === generation) onFailure(error)
    }
  }

  /** A host may drop events for a slow window: what is missing is fetched, not guessed. */
  function reloadSoon(snapshot: RunSnapshot): void {
    reload ??= setTimeout(() => {
      reload = null
      void load(snapshot)
    }, RELOAD_GAP_MS)
  }

  function takeMetrics(event: MetricsEvent, snapshot: RunSnapshot): void {
    if (event.branch !== snapshot.branch) return
    recent.push(event)
    if (recent.length > RECENT_EVENTS) recent.shift()
    if (event.firstStep > overview.lastStep() + 1) reloadSoon(snapshot)
    else overview.append(event.firstStep, event.costs)
  }

  return {
    train() {
      if (detail === null) return overview.points
      const { range, points } = detail
      const last = points.at(-1)?.step ?? range.from
      const before = overview.points.filter(({ step }) => step <= range.from)
      return [...before, ...points, ...overview.points.filter(({ step }) => step > last)]
    },
    dev: () => dev,
    ghosts: () => ghosts,
    load,
    take(event, snapshot) {
      if (event.type === 'metrics') takeMetrics(event, snapshot)
      else if (event.type === 'evaluated' && event.branch === snapshot.branch) {
        if (event.step > (dev.at(-1)?.x ?? -1)) dev.push(devPointOf(event))
        recentDev.push(event)
        if (recentDev.length > RECENT_EVENTS) recentDev.shift()
      } else if (event.type !== 'nudged' && event.type !== 'state') return
      changed()
    },
    async look(range) {
      const mine = ++looking
      if (range === null) {
        detail = null
        changed()
        return
      }
      const from = Math.max(0, Math.floor(range.from))
      const to = Math.max(from + 1, Math.ceil(range.to))
      try {
        const fine = createBuckets(TRAIN_POINTS * 2)
        fine.replace(await series({ metric: 'cost', from, to, points: TRAIN_POINTS }))
        if (mine !== looking) return
        detail = { range: { from, to }, points: fine.points }
        changed()
      } catch (error) {
        onFailure(error)
      }
    },
    clear() {
      generation += 1
      looking += 1
      if (reload !== null) clearTimeout(reload)
      reload = null
      const nothing = new Float64Array()
      overview.replace({
        metric: 'cost',
        branch: 'b1',
        step: nothing,
        min: nothing,
        max: nothing,
        mean: nothing,
      })
      detail = null
      dev = []
      ghosts = []
      recent = []
      recentDev = []
      changed()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
