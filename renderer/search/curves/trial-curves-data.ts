import { wordsOf } from '../../../core/protocol/study.ts'
import type {
  CurvesQuery,
  StudyEvent,
  StudySnapshot,
  TrialCurve,
} from '../../../core/protocol/study.ts'
import { MOST_POINTS, Track } from './track.ts'
import type { Stretch } from './track.ts'

/** What can be drawn of trials. */
export const CURVE_METRICS = ['cost', 'dev_cost', 'dev_error'] as const
export type CurveMetric = (typeof CURVE_METRICS)[number]

/** Asks for thinned curves of trials. Rejects with a PandaError. */
export type CurvesSource = (query: CurvesQuery) => Promise<readonly TrialCurve[]>

interface Sources {
  readonly fetch: CurvesSource
  /** Told of each failure to fetch; what is held stays as it is. */
  readonly onFailure: (error: unknown) => void
}

export type LoadState = 'none' | 'loading' | 'ready' | 'failed'

/** The curves of all trials of one study. Lives outside reactivity: news comes far more often than frames. */
export interface TrialCurvesData {
  /** The curves of a metric, by the trials' numbers. Of those that have any. */
  tracks(metric: CurveMetric): ReadonlyMap<number, Track>
  stateOf(metric: CurveMetric): LoadState
  /** Grows with every change. */
  version(): number
  /** Asks for the train cost and whatever else is looked at, anew. What is held is shown until then. */
  load(snapshot: StudySnapshot): Promise<void>
  /** From now on this metric is wanted too; asks for it where it is not there. */
  look(metric: CurveMetric): Promise<void>
  take(event: StudyEvent): void
  clear(): void
  /** Calls at each change; returns what ends it. */
  subscribe(listener: () => void): () => void
}

const POINTS = MOST_POINTS / 2
/** An event may leave out so many steps, or so many of its own buckets, before something is missing. */
const FEW_STEPS = 8
const FEW_BUCKETS = 3

interface Store {
  state: LoadState
  tracks: Map<number, Track>
  /** What is told while a reply is awaited, to lie over it. */
  fresh: Map<number, Track> | null
}

const emptyStore = (): Store => ({ state: 'none', tracks: new Map(), fresh: null })

/** What is drawn of what is kept: an error is what accuracy leaves. Its extremes change places. */
function shownOf(metric: CurveMetric, stretch: Stretch): Stretch {
  if (metric !== 'dev_error') return stretch
  const error = (values: Float64Array) => values.map((accuracy) => 1 - accuracy)
  const { step, min, max, mean } = stretch
  return { step, min: error(max), max: error(min), mean: error(mean) }
}

const queryOf = (metric: CurveMetric, trials?: readonly number[]): CurvesQuery => ({
  metric: metric === 'dev_error' ? 'dev_accuracy' : metric,
  points: POINTS,
  ...(trials !== undefined && { trials: [...trials] }),
})

function single(step: number, value: number): Stretch {
  const mean = Float64Array.of(value)
  return { step: Float64Array.of(step), min: mean, max: mean, mean }
}

function trackIn(tracks: Map<number, Track>, trial: number): Track {
  const known = tracks.get(trial)
  if (known !== undefined) return known
  const track = new Track()
  tracks.set(trial, track)
  return track
}

/** Is more missing between what is held and an event than its own thinning leaves out? */
function isGap(lastStep: number, { step }: Stretch): boolean {
  const first = step[0] ?? 0
  const spacing = step.length > 1 ? ((step.at(-1) ?? 0) - first) / (step.length - 1) : 1
  return first - lastStep > FEW_STEPS + FEW_BUCKETS * spacing
}

/**
 * Keeps the curves of a study's trials: loaded once, brought forward by events. What a trial records anew
 * after it went back to a checkpoint takes the place of what it recorded before; where something is missing
 * the trial is asked for again.
 */
export function createTrialCurves({ fetch, onFailure }: Sources): TrialCurvesData {
  const listeners = new Set<() => void>()
  const stores: { readonly [M in CurveMetric]: Store } = {
    cost: emptyStore(),
    dev_cost: emptyStore(),
    dev_error: emptyStore(),
  }
  let wanted: CurveMetric = 'cost'
  let study: string | null = null
  /** Replies to what was asked before the last load or clear are late. */
  let era = 0
  let version = 0
  let torn = new Set<number>()
  let isMending = false

  function changed(): void {
    version += 1
    for (const listener of listeners) listener()
  }

  async function fill(metric: CurveMetric): Promise<void> {
    const store = stores[metric]
    const asked = era
    const fresh = new Map<number, Track>()
    store.fresh = fresh
    store.state = 'loading'
    changed()
    try {
      const curves = await fetch(queryOf(metric))
      if (asked !== era || store.fresh !== fresh) return
      const tracks = new Map<number, Track>()
      for (const curve of curves) trackIn(tracks, curve.trial).append(shownOf(metric, curve))
      for (const [trial, told] of fresh) {
        told.replace(tracks.get(trial) ?? EMPTY)
        tracks.set(trial, told)
      }
      store.tracks = tracks
      store.state = 'ready'
    } catch (error) {
      if (asked !== era || store.fresh !== fresh) return
      store.state = 'failed'
      onFailure(error)
    }
    store.fresh = null
    changed()
  }

  /** Asks for torn curves again, those of one moment together; one question at a time. */
  async function mend(): Promise<void> {
    if (isMending) return
    isMending = true
    const asked = era
    try {
      while (torn.size > 0 && asked === era) {
        const trials = [...torn]
        torn = new Set()
        for (const metric of CURVE_METRICS) {
          const store = stores[metric]
          if (store.state !== 'ready') continue
          const curves = await fetch(queryOf(metric, trials))
          if (asked !== era) return
          for (const curve of curves) {
            trackIn(store.tracks, curve.trial).replace(shownOf(metric, curve))
          }
        }
        changed()
      }
    } catch (error) {
      if (asked === era) onFailure(error)
    } finally {
      isMending = false
      if (asked !== era && torn.size > 0) void mend()
    }
  }

  function add(metric: CurveMetric, trial: number, stretch: Stretch): void {
    const { state, tracks, fresh } = stores[metric]
    const first = stretch.step[0]
    if (state === 'none' || first === undefined) return
    for (const held of fresh === null ? [tracks] : [tracks, fresh]) {
      const track = trackIn(held, trial)
      const isHeld = track.length > 0
      const isTorn =
        isHeld && (first <= track.lastStep() ? track.cut(first) : isGap(track.lastStep(), stretch))
      track.append(stretch)
      // Between evaluations any number of steps may lie.
      if (isTorn && metric === 'cost' && state === 'ready') torn.add(trial)
    }
  }

  function clear(): void {
    era += 1
    study = null
    torn = new Set()
    for (const metric of CURVE_METRICS) Object.assign(stores[metric], emptyStore())
    changed()
  }

  return {
    tracks: (metric) => stores[metric].tracks,
    stateOf: (metric) => stores[metric].state,
    version: () => version,
    async load(snapshot) {
      if (study !== snapshot.study) clear()
      study = snapshot.study
      era += 1
      torn = new Set()
      const metrics = CURVE_METRICS.filter(
        (metric) => metric === 'cost' || metric === wanted || stores[metric].state !== 'none',
      )
      await Promise.all(metrics.map(fill))
    },
    async look(metric) {
      wanted = metric
      const { state } = stores[metric]
      if (study !== null && (state === 'none' || state === 'failed')) await fill(metric)
    },
    take(event) {
      let isNews = false
      for (const one of wordsOf(event)) {
        if (one.type === 'metrics') add('cost', one.trial, one)
        else if (one.type === 'evaluated') {
          const { trial, step, devCost, devAccuracy } = one
          add('dev_cost', trial, single(step, devCost))
          if (devAccuracy !== null) add('dev_error', trial, single(step, 1 - devAccuracy))
        } else continue
        isNews = true
      }
      if (!isNews) return
      changed()
      if (torn.size > 0) void mend()
    },
    clear,
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

const EMPTY: Stretch = {
  step: new Float64Array(),
  min: new Float64Array(),
  max: new Float64Array(),
  mean: new Float64Array(),
}
