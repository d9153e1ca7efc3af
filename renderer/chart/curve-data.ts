import type { MetricSeries, RunEvent, RunSnapshot, SeriesQuery } from '../../core/protocol/run.ts'
import { ghostsOf, lineageOf } from '../run/lineage.ts'
import type { Stretch } from '../run/lineage.ts'
import { createBuckets } from './buckets.ts'
import type { Bucket } from './buckets.ts'
import { bucketsOf } from './columns.ts'
import { createDetail } from './detail.ts'

/** A point of a curve as a place on the plane; its bucket's extremes come along. */
export interface Point extends Bucket {
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

/** Asks for a thinned series. Rejects with a PandaError. */
export type SeriesSource = (query: SeriesQuery) => Promise<MetricSeries>

/** Points kept of the whole train line: between half of this and this, so about one per pixel. */
const TRAIN_POINTS = 2_400
const GHOST_POINTS = 800
const DEV_POINTS = 1_200
/** Of many abandoned futures the latest are drawn. */
const GHOSTS = 12
const RELOAD_GAP_MS = 1_000

/** Events kept for when a reply is older than they are. */
const RECENT_EVENTS = 100

type MetricsEvent = Extract<RunEvent, { type: 'metrics' }>
type EvaluatedEvent = Extract<RunEvent, { type: 'evaluated' }>

interface Sources {
  readonly series: SeriesSource
  readonly onFailure: (error: unknown) => void
}

export interface CurveData {
  /** The train cost on the way to the head. */
  train(): readonly Bucket[]
  dev(): readonly Point[]
  ghosts(): readonly GhostCurve[]
  /** Grows with every change: what is computed from the curves is as old as this. */
  version(): number
  load(snapshot: RunSnapshot): Promise<void>
  take(event: RunEvent, snapshot: RunSnapshot): void
  /** Asks for the finer grain of a zoomed range, `points` at most; null goes back to the whole. */
  look(range: Range | null, points?: number): Promise<void>
  clear(): void
  onChange(listener: () => void): () => void
}

const pointOf = (bucket: Bucket): Point => ({ ...bucket, x: bucket.step, y: bucket.mean })

/** The curves of one run: fetched thinned, then carried on by events. Lives outside reactivity. */
export function createCurveData({ series, onFailure }: Sources): CurveData {
  const overview = createBuckets(TRAIN_POINTS)
  const evaluations = createBuckets(DEV_POINTS)
  const detail = createDetail(series)
  const listeners = new Set<() => void>()
  let ghosts: readonly GhostCurve[] = []
  /** Latest events of the head's branch: a reply may be older than what was already heard. */
  let recent: MetricsEvent[] = []
  let recentDev: EvaluatedEvent[] = []
  let generation = 0
  let version = 0
  let reload: ReturnType<typeof setTimeout> | null = null
  /** Put together once per change, not once per look. */
  let train: { readonly version: number; readonly points: readonly Bucket[] } | null = null
  let dev: { readonly version: number; readonly points: readonly Point[] } | null = null

  const changed = () => {
    version += 1
    for (const listener of listeners) listener()
  }

  async function loadGhosts(snapshot: RunSnapshot, mine: number): Promise<void> {
    const stretches = ghostsOf(snapshot.branches, lineageOf(snapshot)).slice(-GHOSTS)
    const curves = await Promise.all(
      stretches.map(({ branch, from, to }) =>
        series({ metric: 'cost', branch, scope: 'branch', from, to, points: GHOST_POINTS }),
      ),
    )
    if (mine !== generation) return
    ghosts = stretches.map((stretch, i) => {
      const curve = curves[i]
      return { stretch, points: curve === undefined ? [] : bucketsOf(curve).map(pointOf) }
    })
    changed()
  }

  async function load(snapshot: RunSnapshot): Promise<void> {
    const mine = ++generation
    recent = recent.filter(({ branch }) => branch === snapshot.branch)
    recentDev = recentDev.filter(({ branch }) => branch === snapshot.branch)
    try {
      // Two queries, side by side, are all that stands before the first picture; ghosts come after it.
      const [cost, devCost] = await Promise.all([
        series({ metric: 'cost', branch: snapshot.branch, points: TRAIN_POINTS }),
        series({ metric: 'dev_cost', branch: snapshot.branch, points: DEV_POINTS }),
      ])
      if (mine !== generation) return
      overview.replace(cost)
      for (const { firstStep, costs } of recent) overview.append(firstStep, costs)
      evaluations.replace(devCost)
      for (const event of recentDev) evaluate(event)
      detail.drop()
      // A stretch that is no ghost any more must not be drawn over the line that it is part of.
      const left = ghostsOf(snapshot.branches, lineageOf(snapshot))
      const isStill = ({ branch, from, to }: Stretch) =>
        left.some((one) => one.branch === branch && one.from === from && one.to === to)
      ghosts = ghosts.filter(({ stretch }) => isStill(stretch))
      changed()
      if (left.length > 0) await loadGhosts(snapshot, mine)
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

  function evaluate({ step, devCost }: EvaluatedEvent): void {
    evaluations.append(step, Float32Array.of(devCost))
  }

  function takeMetrics(event: MetricsEvent, snapshot: RunSnapshot): void {
    if (event.branch !== snapshot.branch) return
    recent.push(event)
    if (recent.length > RECENT_EVENTS) recent.shift()
    if (event.firstStep > overview.lastStep() + 1) reloadSoon(snapshot)
    else {
      overview.append(event.firstStep, event.costs)
      detail.append(event.firstStep, event.costs)
    }
  }

  return {
    train() {
      if (train?.version !== version) train = { version, points: detail.within(overview.points) }
      return train.points
    },
    dev() {
      if (dev?.version !== version) dev = { version, points: evaluations.points.map(pointOf) }
      return dev.points
    },
    ghosts: () => ghosts,
    version: () => version,
    load,
    take(event, snapshot) {
      if (event.type === 'metrics') takeMetrics(event, snapshot)
      else if (event.type === 'evaluated' && event.branch === snapshot.branch) {
        evaluate(event)
        recentDev.push(event)
        if (recentDev.length > RECENT_EVENTS) recentDev.shift()
      } else if (event.type !== 'nudged' && event.type !== 'state') return
      changed()
    },
    async look(range, points = TRAIN_POINTS) {
      try {
        if (await detail.look(range, points, overview)) {
          for (const { firstStep, costs } of recent) detail.append(firstStep, costs)
          changed()
        }
      } catch (error) {
        onFailure(error)
      }
    },
    clear() {
      generation += 1
      if (reload !== null) clearTimeout(reload)
      reload = null
      overview.clear()
      evaluations.clear()
      detail.drop()
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
