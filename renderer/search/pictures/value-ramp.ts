import type { Measure } from '../../../core/protocol/study.ts'
import type { Palette } from '../../chart/palette.ts'
import { logTicks, niceTicks, writeTick } from '../../chart/ticks.ts'
import { writeError } from '../write-error.ts'
import type { AxisTick } from './dimension-axis.ts'
import type { ResultRange } from './scatter.ts'

/** The colour of a share from 0, the best, to 1, the worst. */
export type ValueRamp = (share: number) => string

/** Few enough that a browser remembers what each of them parses to. */
const STEPS = 24

/** The good are told apart from each other more finely than the bad. */
const BEND = 1.6

/** One sequence of colours from good to bad, of the tokens as they are in the theme. */
export function rampOf({
  accent,
  muted,
  ground,
}: Pick<Palette, 'accent' | 'muted' | 'ground'>): ValueRamp {
  // Paler than the token: it is as light as the accent, and would differ from it by its hue alone.
  const worst = `color-mix(in oklab, ${muted} 65%, ${ground})`
  const colors = Array.from({ length: STEPS }, (_, i) => {
    const good = Math.round(100 * (1 - i / (STEPS - 1)) ** BEND)
    return `color-mix(in oklab, ${accent} ${good}%, ${worst})`
  })
  return (share) => {
    const step = Math.round(share * (STEPS - 1))
    return colors[Math.max(0, Math.min(STEPS - 1, step))] ?? worst
  }
}

/** Where a result lies in its range, from 0, the lowest, to 1: the same for places and for colours. */
export function resultPlace({ min, max, isLog }: ResultRange, value: number): number {
  const even = isLog ? (one: number) => Math.log(Math.max(one, Number.MIN_VALUE)) : Number
  const place = (even(value) - even(min)) / (even(max) - even(min) || 1)
  return Math.min(1, Math.max(0, place))
}

/** The result at a place in [0, 1]. */
export const resultAt = ({ min, max, isLog }: ResultRange, place: number): number =>
  isLog ? min * (max / min) ** place : min + (max - min) * place

/** Round results of a range, each with its place. */
export function resultTicks(range: ResultRange, measure: Measure): readonly AxisTick[] {
  const most = 6
  const { min, max, isLog } = range
  const values = isLog ? logTicks(min, max, most) : niceTicks(min, max, most - 1)
  const write = measure === 'dev_error' ? writeError : writeTick
  return values.map((value) => ({ place: resultPlace(range, value), label: write(value) }))
}
