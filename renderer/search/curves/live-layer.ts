import { clipped } from '../../chart/paint.ts'
import type { Frame } from '../../chart/scales.ts'
import type { TrialLook } from '../trial-look.ts'
import { labelPlaces } from './label-places.ts'
import type { LabelEnd } from './label-places.ts'
import type { Painted } from './layers.ts'
import {
  disc,
  labelFont,
  paintExit,
  paintHalo,
  paintJoint,
  paintLabel,
  paintTrial,
} from './paint-trials.ts'
import type { Drawn } from './paint-trials.ts'
import { originOf } from './standing-layer.ts'
import type { Curves, Ground } from './standing-layer.ts'
import { tipOf, traceOf } from './trace.ts'
import type { Trace } from './trace.ts'

/** What stands out, and the words at the ends of lines: those of the first stay, the others step aside. */
export interface Emphasis {
  readonly hovered: number | null
  readonly labels: ReadonlyMap<number, string>
}

/**
 * Paints what moves or stands out, on its own canvas: the running ones, the best, the selected, the one
 * below the pointer. Returns their lines, by trial.
 */
export function paintLive(
  canvas: HTMLCanvasElement,
  ctx: CanvasRenderingContext2D,
  live: readonly Painted[],
  curves: Curves,
  ground: Ground,
  { hovered, labels }: Emphasis,
): ReadonlyMap<number, Trace> {
  const { scales, along, colors, metric, palette, width, height, ratio } = ground
  const { frame } = scales
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
  }
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
  ctx.clearRect(0, 0, width, height)
  const drawnAs = (trial: number, look: TrialLook): Drawn =>
    trial === hovered && look !== 'best' && look !== 'selected' ? 'hovered' : look
  // What lies far behind would not be seen in its own colour, nor its words be read.
  const colorOf = (drawn: Drawn, look: TrialLook) =>
    colors[drawn === 'hovered' && (look === 'behind' || look === 'idle') ? 'ended' : look]
  const traces = new Map<number, Trace>()
  clipped(ctx, frame, () => {
    for (const { trial, look } of live) {
      const display = curves.displays.get(trial)
      if (display === undefined) continue
      const trace = traceOf(trial, display, along.at, scales)
      traces.set(trial, trace)
      const drawn = drawnAs(trial, look)
      const color = colorOf(drawn, look)
      const origin = originOf(trial, curves, ground)
      if (origin !== null) paintJoint(ctx, origin, trace, color)
      if (drawn !== 'running') paintHalo(ctx, trace, drawn, palette.ground)
      paintTrial(ctx, trace, drawn, { color, dots: metric !== 'cost', ratio })
      if (trace.leavesAt !== null) paintExit(ctx, trace.leavesAt, frame, color)
    }
  })
  ctx.font = labelFont(palette.font)
  const ends = [...labels].flatMap(([trial, text]): LabelEnd[] => {
    const end = endOf(traces.get(trial), frame)
    return end === null ? [] : [{ trial, ...end, width: ctx.measureText(text).width }]
  })
  const places = labelPlaces(ends, frame, width)
  for (const { trial, look } of live) {
    const end = endOf(traces.get(trial), frame)
    if (end === null) continue
    const { x, y } = end
    const drawn = drawnAs(trial, look)
    const color = colorOf(drawn, look)
    ctx.fillStyle = color
    if (drawn === 'running') disc(ctx, x, y, 2.4)
    else paintEnd(ctx, x, y, color, palette.ground, drawn !== 'selected')
    const [text, place] = [labels.get(trial), places.get(trial)]
    if (text === undefined || place === undefined) continue
    paintLabel(ctx, place, text, { color, ground: palette.ground })
  }
  return traces
}

/** Where a line ends, as far as it is seen; null where it has no number. */
function endOf(
  trace: Trace | undefined,
  { top }: Frame,
): { readonly x: number; readonly y: number } | null {
  const tip = trace === undefined ? -1 : tipOf(trace)
  if (trace === undefined || tip < 0) return null
  return { x: trace.x[tip]!, y: Math.max(top, trace.y[tip]!) }
}

/** The end of a line that stands out: a ring for the selected one, a full disc for others. */
function paintEnd(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  color: string,
  ground: string,
  isFull: boolean,
): void {
  ctx.fillStyle = ground
  disc(ctx, x, y, 6)
  ctx.fillStyle = color
  disc(ctx, x, y, 4.2)
  if (isFull) return
  ctx.fillStyle = ground
  disc(ctx, x, y, 2.2)
}
