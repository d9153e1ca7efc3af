import { computed, onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { useElementSize, watchDebounced } from '@vueuse/core'
import type { RunSnapshot } from '../../core/protocol/run.ts'
import { formatCost } from '../ui/format.ts'
import type { Column } from './columns.ts'
import { firstAt } from './columns.ts'
import { createCostChart } from './cost-chart.ts'
import type { CostChart } from './cost-chart.ts'
import type { CurveData, SeriesSource } from './curve-data.ts'
import { POINTS_PER_PIXEL } from './detail.ts'
import { flagsOf } from './flags.ts'
import { createSmoother, daysOf, labelledGhosts, modelOf, wholeOf } from './model.ts'
import type { LabelledGhost } from './model.ts'
import type { Palette } from './palette.ts'
import { placeFlags } from './place-flags.ts'
import type { PlacedFlag } from './place-flags.ts'
import { planeOf } from './plane.ts'
import type { Plane } from './plane.ts'
import { readoutOf } from './readout.ts'
import type { Strength } from './smooth.ts'
import { summaryOf } from './summary.ts'
import { useAxis, useStory } from './use-axis.ts'
import { useMultiples } from './use-multiples.ts'
import { useRedraw } from './use-redraw.ts'
import { useZoom } from './use-zoom.ts'
import type { AxisKind } from './x-axis.ts'

/** What a reader hears of the curve is brought up to date this often. */
const SUMMARY_GAP_MS = 3_000

interface Sources {
  readonly snapshot: () => RunSnapshot
  readonly curves: CurveData
  readonly series: SeriesSource
  readonly stack: Readonly<Ref<HTMLElement | null>>
  readonly plot: Readonly<Ref<HTMLElement | null>>
  readonly canvas: Readonly<Ref<HTMLCanvasElement | null>>
  /** Draws the small plots. */
  readonly drawStrip: (plane: Plane, palette: Palette, head: number) => void
  readonly palette: Readonly<Ref<Palette | null>>
  readonly isLog: Readonly<Ref<boolean>>
  readonly strength: Readonly<Ref<Strength>>
  readonly axisKind: Readonly<Ref<AxisKind>>
}

/** What the last drawing was of. Plain data: Chart.js and the series stay outside reactivity. */
export interface Drawn {
  readonly plane: Plane
  readonly train: readonly Column[]
  readonly placed: readonly PlacedFlag[]
  readonly points: number
  readonly lastStep: number
  readonly ghosts: number
  readonly top: number
  readonly bottom: number
}

/** The curve's picture: what is in view, drawn when it changes, and what is pointed at. */
export function useCostCurve(sources: Sources) {
  const { snapshot, curves, series, stack, plot, canvas, palette, isLog, strength, axisKind } =
    sources
  const { width, height } = useElementSize(plot)
  const { height: room } = useElementSize(stack)
  const story = useStory(snapshot)
  const times = useAxis(snapshot, story, series, axisKind)
  const { axis, momentOf } = times
  const flags = computed(() => flagsOf(story.value))
  const closedDays = computed(() => daysOf(story.value).slice(0, -1))
  /** The step that is pointed at, by the pointer or by keys. */
  const cursor = shallowRef<number | null>(null)
  const drawn = shallowRef<Drawn | null>(null)
  const summary = shallowRef('Cost curve: nothing recorded yet')
  const smooth = createSmoother()
  let chart: CostChart | null = null
  let summedAt = Number.NEGATIVE_INFINITY

  const whole = () => wholeOf(snapshot(), curves)
  const planeNow = (): Plane => planeOf(axis.value, zoom.range.value ?? whole(), width.value)
  const zoom = useZoom(stack, {
    whole,
    axis: () => axis.value,
    plane: planeNow,
    head: () => snapshot().step,
    onHover: (x) => {
      cursor.value = x === null ? null : pointAt(planeNow().stepAt(x))
    },
  })
  const multiples = useMultiples({
    snapshot,
    series,
    range: zoom.range,
    width: () => width.value,
    height: room,
  })

  /** The step of the point that is drawn at a step. */
  function pointAt(step: number): number {
    const columns = drawn.value?.train ?? []
    const point = columns[Math.min(columns.length - 1, firstAt(columns, step))]
    return point?.step ?? Math.max(0, Math.round(step))
  }

  function sumUp(): void {
    const now = performance.now()
    if (now - summedAt < SUMMARY_GAP_MS) return
    summedAt = now
    const train = curves.train()
    const pick = (key: 'step' | 'min' | 'max' | 'mean') =>
      Float64Array.from(train, (one) => one[key])
    const parts = { step: pick('step'), min: pick('min'), max: pick('max'), mean: pick('mean') }
    const points = { metric: 'cost', branch: 'b1', ...parts } as const
    const dev = curves.dev().at(-1)
    const last = dev === undefined ? '' : `. Dev cost ${formatCost(dev.y)}`
    summary.value = `${summaryOf('Train cost', points, formatCost)}${last}`
  }

  /** Labelled anew only when the story, the axis or the ghosts changed. */
  let labelled: {
    readonly of: readonly unknown[]
    readonly ghosts: readonly LabelledGhost[]
  } | null = null
  function ghostsNow(): readonly LabelledGhost[] {
    const of = [story.value, axis.value.kind, curves.ghosts()]
    if (labelled === null || of.some((one, i) => one !== labelled?.of[i])) {
      labelled = { of, ghosts: labelledGhosts(story.value, curves, axis.value) }
    }
    return labelled.ghosts
  }

  const redraw = useRedraw(() => {
    const colours = palette.value
    if (chart === null || colours === null || width.value < 80 || height.value < 60) return
    const now = snapshot()
    const plane = planeNow()
    const open = { day: now.day, toStep: now.step, isOpen: true }
    const model = modelOf({
      snapshot: now,
      curves,
      ghosts: ghostsNow(),
      days: [...closedDays.value, open],
      plane,
      axis: axis.value,
      isLog: isLog.value,
      strength: strength.value,
      palette: colours,
      smooth,
    })
    chart.resize(width.value, height.value)
    chart.draw(model)
    sources.drawStrip(plane, colours, now.step)
    const { top, bottom } = chart.area()
    const train = curves.train()
    drawn.value = {
      plane,
      train: model.train,
      placed: placeFlags(flags.value, plane),
      points: train.length,
      lastStep: train.at(-1)?.step ?? 0,
      ghosts: curves.ghosts().filter(({ points }) => points.length > 0).length,
      top,
      bottom,
    }
    sumUp()
  })

  onMounted(() => {
    // Without a drawing context, as in a test of the page alone, all but the picture still works.
    if (canvas.value?.getContext('2d')) chart = createCostChart(canvas.value)
    void times.load()
    multiples.load()
    redraw()
  })
  onBeforeUnmount(() => chart?.destroy())
  onBeforeUnmount(curves.onChange(() => redraw()))
  watch(() => snapshot().step, zoom.keepUp)
  watch([snapshot, multiples.version, story], () => redraw())
  watch([zoom.range, isLog, strength, axis, width, height, palette, multiples.keys], () => {
    redraw(true)
  })
  const look = () => {
    const points = Math.round(Math.max(200, width.value) * POINTS_PER_PIXEL)
    void curves.look(zoom.range.value, points)
  }
  watchDebounced([zoom.range, width, story], look, { debounce: 150, maxWait: 400 })

  const readout = computed(() =>
    readoutOf({
      // The drawing says when the curves, which are not reactive, have changed.
      snapshot: drawn.value === null ? story.value : snapshot(),
      curves,
      step: cursor.value,
      momentOf,
      rates: multiples.version.value < 0 ? undefined : multiples.data.linesOf('learning_rate')[0],
    }),
  )

  /** Moves the crosshair along what is drawn, and the view along with it. */
  function move(points: number): void {
    const columns = drawn.value?.train ?? []
    if (columns.length === 0) return
    const at = cursor.value
    const now = at === null ? columns.length - 1 : firstAt(columns, at)
    const next = columns[Math.max(0, Math.min(columns.length - 1, now + points))]
    if (next === undefined) return
    cursor.value = next.step
    const { left, right } = planeNow()
    const air = (right - left) / 5
    if (next.x < left) zoom.panBy(next.x - left - air)
    else if (next.x > right) zoom.panBy(next.x - right + air)
  }
  function toEnd(end: 'first' | 'last'): void {
    const { from, to } = planeNow().range
    const seen = (drawn.value?.train ?? []).filter(({ step }) => step >= from && step <= to)
    cursor.value = (end === 'first' ? seen[0] : seen.at(-1))?.step ?? cursor.value
  }

  return {
    axis,
    cursor,
    drawn,
    flags,
    move,
    multiples,
    readout,
    summary,
    toEnd,
    zoom,
    planeNow,
    timesFailure: times.failure,
  }
}
