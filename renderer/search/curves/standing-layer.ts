import type { Palette } from '../../chart/palette.ts'
import { clipped } from '../../chart/paint.ts'
import type { TrialSummary } from '../../../core/protocol/study.ts'
import { depthOf } from '../trial-look.ts'
import type { TrialLook } from '../trial-look.ts'
import type { Along } from './along.ts'
import type { Display } from './display.ts'
import type { Painted } from './layers.ts'
import { paintAxes } from './paint-axes.ts'
import { paintCross, paintExit, paintJoint, paintTrial } from './paint-trials.ts'
import { placeIn, tipOf, traceOf } from './trace.ts'
import type { Scales, Trace } from './trace.ts'
import type { CurveMetric } from './trial-curves-data.ts'

/** Everything that the lines of one drawing share. */
export interface Ground {
  /** Equal for two drawings in which every line is at the same place in the same colour. */
  readonly key: string
  readonly scales: Scales
  readonly along: Along
  readonly metric: CurveMetric
  readonly palette: Palette
  readonly colors: Readonly<Record<TrialLook, string>>
  readonly width: number
  readonly height: number
  readonly ratio: number
}

/** What there is to be painted, by trial. */
export interface Curves {
  readonly displays: ReadonlyMap<number, Display>
  readonly summaries: ReadonlyMap<number, TrialSummary>
}

interface Done {
  readonly look: TrialLook
  readonly display: Display
}

/** What painting one more chunk came to. */
export type Progress = 'done' | 'more' | 'stale'

/** Points painted in one frame: about a millisecond. */
const CHUNK_POINTS = 1_500
/** Lines painted over older ones of themselves, until all is painted anew. */
const MOST_OVERPAINTED = 40

/** The value of a curve at a step: of the last point not after it. */
function valueAt({ track, values, length }: Display, step: number): number {
  let value = Number.NaN
  for (let i = 0; i < length && track.step[i]! <= step; i++) value = values[i]!
  return value
}

/** Where a copy left its parent, in pixels; null where that is not known. */
export function originOf(
  trial: number,
  { displays, summaries }: Curves,
  { along, scales }: Ground,
): { readonly x: number; readonly y: number } | null {
  const parent = summaries.get(trial)?.parent ?? null
  const display = parent === null ? undefined : displays.get(parent.trial)
  if (parent === null || display === undefined) return null
  const y = placeIn(scales)(valueAt(display, parent.step))
  const { frame, end } = scales
  const x = frame.left + (along.at(parent.trial, parent.step) / end) * (frame.right - frame.left)
  return Number.isNaN(y) ? null : { x, y }
}

/**
 * A canvas of axes and of trials that stand still. They are painted a few at a time, so that no frame pays
 * for all of them, and never again until the scales change; one more that comes to stand is painted on top.
 */
export class StandingLayer {
  readonly canvas: HTMLCanvasElement
  readonly ground: Ground
  readonly traces = new Map<number, Trace>()
  readonly #ctx: CanvasRenderingContext2D
  readonly #done = new Map<number, Done>()
  #overpainted = 0

  constructor(canvas: HTMLCanvasElement, ctx: CanvasRenderingContext2D, ground: Ground) {
    this.canvas = canvas
    this.ground = ground
    this.#ctx = ctx
    const { width, height, ratio } = ground
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    paintAxes(ctx, ground)
  }

  /** Paints some of what is not there yet. `stale`: only painting all anew will do. */
  advance(standing: readonly Painted[], curves: Curves): Progress {
    let points = 0
    let isStale = false
    for (const { trial, look } of standing) {
      const display = curves.displays.get(trial)
      if (display === undefined) continue
      const before = this.#done.get(trial)
      if (before?.look === look && before.display === display) continue
      if (points > CHUNK_POINTS) return isStale ? 'stale' : 'more'
      if (before !== undefined) {
        this.#overpainted += 1
        // A new line of a fainter look does not cover the old one; one of another track may lie elsewhere.
        const isFainter = depthOf(look) < depthOf(before.look)
        isStale ||= isFainter || before.display.track !== display.track
      }
      points += this.#paint(trial, look, display, curves)
      this.#done.set(trial, { look, display })
    }
    return isStale || this.#overpainted > MOST_OVERPAINTED ? 'stale' : 'done'
  }

  #paint(trial: number, look: TrialLook, display: Display, curves: Curves): number {
    const ctx = this.#ctx
    const { scales, along, colors, metric, ratio } = this.ground
    const trace = traceOf(trial, display, along.at, scales)
    this.traces.set(trial, trace)
    const color = colors[look]
    const { frame } = scales
    clipped(ctx, frame, () => {
      const origin = originOf(trial, curves, this.ground)
      if (origin !== null) paintJoint(ctx, origin, trace, color)
      paintTrial(ctx, trace, look, { color, dots: metric !== 'cost', ratio })
      if (trace.leavesAt !== null) paintExit(ctx, trace.leavesAt, frame, colors[look])
      if (look === 'bad' && tipOf(trace) < trace.length) paintCross(ctx, trace, frame, colors.bad)
    })
    return trace.length
  }
}
