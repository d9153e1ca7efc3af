import { onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { useResizeObserver } from '@vueuse/core'
import type { StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
import { usePalette } from '../../chart/palette.ts'
import type { Palette } from '../../chart/palette.ts'
import { useRedraw } from '../../chart/use-redraw.ts'
import { lookColors } from '../trial-look.ts'
import type { TrialLook } from '../trial-look.ts'
import { alongOf } from './along.ts'
import type { AlongKind } from './along.ts'
import { displayOf, memoryFor } from './display.ts'
import type { Display } from './display.ts'
import { drawnAlike, layersOf } from './layers.ts'
import { limitsOf } from './limits.ts'
import type { Limits, Spanned } from './limits.ts'
import { paintLive } from './live-layer.ts'
import { StandingLayer } from './standing-layer.ts'
import type { Curves, Ground } from './standing-layer.ts'
import { nearestOf } from './trace.ts'
import type { Trace } from './trace.ts'
import type { CurveMetric, TrialCurvesData } from './trial-curves-data.ts'

/** About thirteen drawings a second: a line grows calmly, and training keeps its cores. */
const GAP_MS = 75
/** A line so near to the pointer is meant. */
const REACH = 28
const MARGIN = { left: 54, right: 12, top: 24, bottom: 24 } as const
/** On the right, where there is room: the words at the end of the best line. */
const LABEL_ROOM = 100
const LEAST_WIDTH = 640

interface Sources {
  readonly snapshot: () => StudySnapshot
  readonly curves: () => TrialCurvesData
  readonly selected: () => number | null
  readonly hovered: () => number | null
  /** Words at the ends of lines that stand out. */
  readonly labelOf: (summary: TrialSummary) => string
  readonly metric: Readonly<Ref<CurveMetric>>
  readonly kind: Readonly<Ref<AlongKind>>
  readonly isLog: Readonly<Ref<boolean>>
  readonly plot: Readonly<Ref<HTMLElement | null>>
  /** Two that take turns: one is seen while the other is painted anew. */
  readonly backs: readonly Readonly<Ref<HTMLCanvasElement | null>>[]
  readonly front: Readonly<Ref<HTMLCanvasElement | null>>
}

/** What the last drawing showed, for the words around it. */
export interface DrawnFacts {
  /** Trials whose line leaves through the top. */
  readonly beyond: number
  /** Trials that have a line. */
  readonly lines: number
  /** Steps that a line is averaged over; 0 where it is not. */
  readonly memory: number
  /** How far the axis goes, in its unit. */
  readonly end: number
}

const BAD = new Set<TrialSummary['state']>(['diverged', 'failed'])

/** Draws the curves of all trials on three canvases, and answers which line is where. */
export function useTrialPlot(sources: Sources) {
  const { metric, kind, isLog, plot, backs, front } = sources
  const facts = shallowRef<DrawnFacts | null>(null)
  const palette = usePalette()
  let colors: Readonly<Record<TrialLook, string>> | null = null
  let displays = new Map<number, Display>()
  let limits: { readonly of: string; readonly limits: Limits } | null = null
  let shown: StandingLayer | null = null
  let coming: StandingLayer | null = null
  let liveTraces: ReadonlyMap<number, Trace> = new Map()
  let size = { width: 0, height: 0 }
  let livePaintedAt = Number.NEGATIVE_INFINITY
  /** Did the last frame of several paint what moves? Then the next one goes on with what stands. */
  let wasLive = false
  /** Has all that stands around the plot something new to show in this very frame? */
  let isCrowded = false
  let isGone = false
  let themes = 0

  function refreshed(snapshot: StudySnapshot, memory: number): Map<number, Display> {
    const tracks = sources.curves().tracks(metric.value)
    const next = new Map<number, Display>()
    for (const { trial } of snapshot.trials) {
      const track = tracks.get(trial)
      if (track === undefined || track.length === 0) continue
      next.set(trial, displayOf(track, memory, displays.get(trial)))
    }
    return next
  }

  function groundOf(
    snapshot: StudySnapshot,
    colours: Palette,
    looks: Readonly<Record<TrialLook, string>>,
  ): { readonly ground: Ground; readonly curves: Curves; readonly memory: number } {
    const tracks = sources.curves().tracks(metric.value)
    const reached = ({ trial }: TrialSummary) => tracks.get(trial)?.lastStep() ?? 0
    const along = alongOf(snapshot, kind.value, reached)
    let longest = 0
    for (const summary of snapshot.trials) {
      longest = Math.max(longest, summary.budgetSteps ?? 0, reached(summary))
    }
    const memory = metric.value === 'cost' ? memoryFor(longest) : 0
    displays = refreshed(snapshot, memory)
    const summaries = new Map(snapshot.trials.map((summary) => [summary.trial, summary]))
    const spanned: Spanned[] = []
    for (const [trial, display] of displays) {
      const isBad = BAD.has(summaries.get(trial)?.state ?? 'waiting')
      spanned.push({ display, isBad, isBest: trial === snapshot.best })
    }
    const of = `${snapshot.study} ${metric.value} ${isLog.value}`
    const range = limitsOf(spanned, isLog.value, {
      ...(limits?.of === of && { before: limits.limits }),
      ...(metric.value === 'dev_error' && { most: 1 }),
    })
    limits = { of, limits: range }
    const { width, height } = size
    const ratio = window.devicePixelRatio || 1
    const rightMargin = width < LEAST_WIDTH ? MARGIN.right : LABEL_ROOM
    const frame = {
      left: MARGIN.left,
      right: Math.max(MARGIN.left + 10, width - rightMargin),
      top: MARGIN.top,
      bottom: Math.max(MARGIN.top + 10, height - MARGIN.bottom),
    }
    const rungs = along.rungs.map(({ at }) => at).join()
    const scale = `${kind.value} ${along.end} ${range.min} ${range.max} ${rungs}`
    const ground = {
      key: `${of} ${scale} ${width} ${height} ${ratio} ${themes}`,
      scales: { end: along.end, limits: range, isLog: isLog.value, frame },
      along,
      metric: metric.value,
      palette: colours,
      colors: looks,
      width,
      height,
      ratio,
    }
    return { ground, curves: { displays, summaries }, memory }
  }

  function begin(ground: Ground): StandingLayer | null {
    const free = backs.find(({ value }) => value !== null && value !== shown?.canvas)?.value ?? null
    const ctx = free?.getContext('2d') ?? null
    return free === null || ctx === null ? null : new StandingLayer(free, ctx, ground)
  }

  function show(layer: StandingLayer): void {
    for (const { value } of backs) {
      if (value !== null) value.style.visibility = value === layer.canvas ? 'visible' : 'hidden'
    }
    shown = layer
  }

  function draw(): void {
    const canvas = front.value
    const ctx = canvas?.getContext('2d') ?? null
    const colours = palette.value
    if (isGone || canvas === null || ctx === null || colours === null) return
    if (size.width <= 0 || size.height <= 0) return
    if (isCrowded) {
      isCrowded = false
      return redraw(true)
    }
    colors ??= lookColors(document.body)
    const snapshot = sources.snapshot()
    const { ground, curves, memory } = groundOf(snapshot, colours, colors)
    const marks = { best: snapshot.best, selected: sources.selected(), hovered: sources.hovered() }
    const { standing, live } = layersOf(snapshot.trials, marks)

    if (shown === null) {
      const first = begin(ground)
      if (first !== null) show(first)
    }
    if (coming !== null && coming.ground.key !== ground.key) coming = null
    if (shown !== null && shown.ground.key !== ground.key) coming ??= begin(ground)
    // The chunks of a layer come frame by frame; what moves keeps its own pace, in frames between them.
    const isLiveDue = performance.now() - livePaintedAt >= GAP_MS && !wasLive
    wasLive = coming !== null && isLiveDue
    if (coming !== null && isLiveDue) redraw(true)
    else if (coming !== null) {
      if (coming.advance(standing, curves) === 'more') return redraw(true)
      show(coming)
      coming = null
    } else if (shown !== null) {
      const progress = shown.advance(standing, curves)
      if (progress === 'stale') coming = begin(ground)
      if (progress !== 'done') redraw(true)
    }
    if (shown === null) return

    const labels = new Map<number, string>()
    for (const trial of [marks.best, marks.selected, marks.hovered]) {
      const summary = trial === null ? undefined : curves.summaries.get(trial)
      if (summary !== undefined) labels.set(summary.trial, sources.labelOf(summary))
    }
    livePaintedAt = performance.now()
    const emphasis = { hovered: marks.hovered, labels }
    liveTraces = paintLive(canvas, ctx, live, curves, shown.ground, emphasis)
    tell(ground, memory)
  }

  function tell({ scales, along }: Ground, memory: number): void {
    let beyond = 0
    for (const { high } of displays.values()) if (high > scales.limits.max) beyond += 1
    const next = { beyond, lines: displays.size, memory, end: along.end }
    const before = facts.value
    const isSame =
      before?.beyond === beyond &&
      before.lines === next.lines &&
      before.memory === memory &&
      before.end === next.end
    if (!isSame) facts.value = next
  }

  const redraw = useRedraw(draw, GAP_MS)

  function* traces(): Iterable<Trace> {
    yield* liveTraces.values()
    for (const [trial, trace] of shown?.traces ?? []) if (!liveTraces.has(trial)) yield trace
  }

  /** The trial whose line is nearest to a point of the plot; null where none is near. */
  function trialAt(x: number, y: number): number | null {
    const { best } = sources.snapshot()
    return nearestOf(
      traces(),
      { x, y },
      REACH,
      (trial) => trial === best || trial === sources.selected() || liveTraces.has(trial),
    )
  }

  let unsubscribe = () => {}
  watch(
    sources.curves,
    (curves) => {
      unsubscribe()
      unsubscribe = curves.subscribe(() => redraw())
      redraw()
    },
    { immediate: true },
  )
  watch(palette, () => {
    themes += 1
    colors = null
    redraw(true)
  })
  watch([metric, kind, isLog, sources.selected, sources.hovered], () => redraw(true))
  watch(sources.snapshot, (now, before) => {
    // The table has this frame for itself, and the lines the next: together they would be late.
    isCrowded = true
    requestAnimationFrame(() => requestAnimationFrame(() => (isCrowded = false)))
    if (!drawnAlike(now, before)) redraw()
  })
  useResizeObserver(plot, ([entry]) => {
    if (entry === undefined) return
    const { width, height } = entry.contentRect
    size = { width, height }
    redraw(true)
  })
  onMounted(() => redraw())
  onBeforeUnmount(() => {
    isGone = true
    unsubscribe()
  })

  return { facts, trialAt, redraw }
}
