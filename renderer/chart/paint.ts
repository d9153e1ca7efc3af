import { ODD } from './columns.ts'
import type { Column } from './columns.ts'
import type { Frame, YScale } from './scales.ts'

type Context = CanvasRenderingContext2D

/** Says whether the line is broken between two neighbours: a pause, a change of branch. */
export type IsBroken = (before: Column, after: Column) => boolean

const NEVER: IsBroken = () => false

export interface LineStyle {
  readonly color: string
  readonly width: number
  /** Holds each value until the next: for what is set, not measured. */
  readonly isStep?: boolean
  readonly pick?: (column: Column) => number
  readonly isBroken?: IsBroken
}

const meanOf = ({ mean }: Column) => mean

/** Draws within the frame alone. */
export function clipped(ctx: Context, { left, right, top, bottom }: Frame, draw: () => void): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top - 1, right - left, bottom - top + 2)
  ctx.clip()
  draw()
  ctx.restore()
}

/** The area between each column's extremes. An infinite one reaches the edge. */
export function paintBand(
  ctx: Context,
  columns: readonly Column[],
  y: YScale,
  color: string,
  isBroken: IsBroken = NEVER,
): void {
  ctx.fillStyle = color
  ctx.beginPath()
  let begin = 0
  for (let i = 0; i <= columns.length; i++) {
    const column = columns[i]
    const before = columns[i - 1]
    const isEnd =
      column === undefined ||
      Number.isNaN(column.max) ||
      (before !== undefined && i > begin && isBroken(before, column))
    if (!isEnd) continue
    if (i > begin) strip(ctx, columns, begin, i, y)
    begin = column === undefined || !Number.isNaN(column.max) ? i : i + 1
  }
  ctx.fill()
}

function strip(
  ctx: Context,
  columns: readonly Column[],
  from: number,
  to: number,
  y: YScale,
): void {
  const first = columns[from]!
  // A lone column is still a pixel wide.
  if (to - from === 1) {
    const top = y.at(first.max)
    ctx.rect(first.x - 0.5, top, 1, Math.max(0, y.at(first.min) - top))
    return
  }
  ctx.moveTo(first.x, y.at(first.max))
  for (let i = from + 1; i < to; i++) ctx.lineTo(columns[i]!.x, y.at(columns[i]!.max))
  for (let i = to - 1; i >= from; i--) ctx.lineTo(columns[i]!.x, y.at(columns[i]!.min))
  ctx.closePath()
}

/** What stands out by less than this is the spread itself. */
const SPIKE = { factor: 1.8, pixels: 10 }

/** Where a column reaches far beyond what is usual, a line in full colour: a pale pixel could be missed. */
export function paintSpikes(
  ctx: Context,
  columns: readonly Column[],
  y: YScale,
  color: string,
): void {
  const known = columns.filter(({ mean, min, max }) => max > min && !Number.isNaN(mean))
  if (known.length < 8) return
  const [mostAbove, mostBelow] = [
    usualReach(known, ({ mean, max }) => y.at(mean) - y.at(max)),
    usualReach(known, ({ mean, min }) => y.at(min) - y.at(mean)),
  ]
  ctx.strokeStyle = color
  ctx.lineWidth = 1.2
  ctx.beginPath()
  for (const { x, mean, min, max } of known) {
    const [top, middle, bottom] = [y.at(max), y.at(mean), y.at(min)]
    if (middle - top > mostAbove) line(ctx, x, middle, top)
    if (bottom - middle > mostBelow) line(ctx, x, middle, bottom)
  }
  ctx.stroke()
}

/** How far is still usual, judged by a sample: sorting all of them each frame would be felt. */
function usualReach(columns: readonly Column[], reachOf: (column: Column) => number): number {
  const stride = Math.max(1, Math.floor(columns.length / 64))
  const sample: number[] = []
  for (let i = 0; i < columns.length; i += stride) sample.push(reachOf(columns[i]!))
  const high = sample.sort((a, b) => a - b)[Math.floor(sample.length * 0.9)] ?? 0
  return Math.max(high * SPIKE.factor, high + SPIKE.pixels)
}

function line(ctx: Context, x: number, from: number, to: number): void {
  ctx.moveTo(x, from)
  ctx.lineTo(x, to)
}

/** A line through one value of each column. It breaks where there is none; what stands alone is a dot. */
export function paintLine(
  ctx: Context,
  columns: readonly Column[],
  y: YScale,
  { color, width, isStep = false, pick = meanOf, isBroken = NEVER }: LineStyle,
): void {
  ctx.strokeStyle = color
  ctx.lineWidth = width
  ctx.lineJoin = 'round'
  ctx.lineCap = 'round'
  ctx.beginPath()
  let before: Column | null = null
  let lastY = 0
  for (const column of columns) {
    const value = pick(column)
    if (Number.isNaN(value) || (y.isLog && value <= 0)) {
      before = null
      continue
    }
    const at = y.at(value)
    if (before === null || isBroken(before, column)) {
      ctx.moveTo(column.x, at)
      ctx.lineTo(column.x, at)
    } else {
      if (isStep) ctx.lineTo(column.x, lastY)
      ctx.lineTo(column.x, at)
    }
    before = column
    lastY = at
  }
  ctx.stroke()
}

export function paintDots(
  ctx: Context,
  columns: readonly Column[],
  y: YScale,
  color: string,
  radius: number,
): void {
  ctx.fillStyle = color
  ctx.beginPath()
  for (const { x, mean } of columns) {
    if (Number.isNaN(mean) || (y.isLog && mean <= 0)) continue
    const at = y.at(mean)
    ctx.moveTo(x + radius, at)
    ctx.arc(x, at, radius, 0, Math.PI * 2)
  }
  ctx.fill()
}

/** Neighbouring marks closer than this would be a smear: one stands for them. */
const MARK_GAP = 7
const MARK = 4

/**
 * What has no place on the scale, as marks at its edge: NaN a cross and +∞ a triangle at the top, −∞ (and,
 * on a logarithmic scale, what is not positive) a triangle at the bottom.
 */
export function paintMarks(
  ctx: Context,
  columns: readonly Column[],
  y: YScale,
  frame: Frame,
  color: string,
): void {
  ctx.strokeStyle = color
  ctx.fillStyle = color
  ctx.lineWidth = 1.6
  let lastTop = -Infinity
  let lastBottom = -Infinity
  for (const { x, odd, min } of columns) {
    const isLow = (odd & ODD.down) !== 0 || (y.isLog && min <= 0)
    if (odd & (ODD.nan | ODD.up) && x - lastTop >= MARK_GAP) {
      lastTop = x
      if (odd & ODD.nan) cross(ctx, x, frame.top + MARK + 1)
      else triangle(ctx, x, frame.top + 1, 1)
    }
    if (isLow && x - lastBottom >= MARK_GAP) {
      lastBottom = x
      triangle(ctx, x, frame.bottom - 1, -1)
    }
  }
}

function cross(ctx: Context, x: number, y: number): void {
  ctx.beginPath()
  ctx.moveTo(x - MARK, y - MARK)
  ctx.lineTo(x + MARK, y + MARK)
  ctx.moveTo(x + MARK, y - MARK)
  ctx.lineTo(x - MARK, y + MARK)
  ctx.stroke()
}

function triangle(ctx: Context, x: number, y: number, towards: 1 | -1): void {
  ctx.beginPath()
  ctx.moveTo(x, y)
  ctx.lineTo(x + MARK, y + towards * MARK * 1.7)
  ctx.lineTo(x - MARK, y + towards * MARK * 1.7)
  ctx.closePath()
  ctx.fill()
}
