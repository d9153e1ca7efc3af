import { placeOf, scaleOf } from '../../../core/search/space.ts'
import type { Dimension, DimensionScale, Scalar } from '../../../core/protocol/space.ts'
import { niceTicks } from '../../chart/ticks.ts'
import { formatScalar } from '../trial-words.ts'

/** A mark on an axis: where it stands in [0, 1], and what is written at it. */
export interface AxisTick {
  readonly place: number
  readonly label: string
}

/** The axis of one dimension on its own scale. */
export interface DimensionAxis {
  /** Where a value lies, in [0, 1]; what is outside of the dimension lies at the nearer end. */
  placeOf(value: Scalar): number
  /** At most six, increasing. */
  readonly ticks: readonly AxisTick[]
  readonly isChoice: boolean
}

type Range = Exclude<Dimension, { type: 'choice' }>

const MOST_TICKS = 6
/** Labels nearer than this run into each other on a small picture. */
const LEAST_GAP = 0.12
/** Between powers of ten on a short logarithmic stretch. */
const STEPS_OF_DECADE = [1, 2, 5]
const EPSILON = 1e-9

/** So many of a list at the most, evenly taken, with its first and its last. */
function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  const stride = (all.length - 1) / (most - 1)
  const taken = new Set(Array.from({ length: most }, (_, i) => Math.round(i * stride)))
  return all.filter((_, i) => taken.has(i))
}

/** Every `stride`-th power of ten between two positive ends, both included. */
function powersOfTen(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low) - EPSILON)
  const last = Math.floor(Math.log10(high) + EPSILON)
  const count = last - first + 1
  const stride = Math.max(1, Math.ceil(count / MOST_TICKS))
  const powers: number[] = []
  // Through the decimal text, so that 10⁻⁵ is 0.00001 and not a neighbour of it.
  for (let k = first; k <= last; k += stride) powers.push(Number(`1e${k}`))
  return powers
}

function withinDecades(low: number, high: number): readonly number[] {
  const first = Math.floor(Math.log10(low))
  const last = Math.ceil(Math.log10(high))
  const marks: number[] = []
  for (let k = first; k <= last; k += 1) {
    for (const step of STEPS_OF_DECADE) marks.push(Number(`${step}e${k}`))
  }
  return marks.filter((mark) => mark >= low && mark <= high)
}

/** Values of a dimension that are worth a mark, on each of the scales. */
const MARKS: { readonly [S in DimensionScale]: (range: Range) => readonly number[] } = {
  linear: ({ low, high }) => niceTicks(low, high, MOST_TICKS - 1),
  logarithmic: ({ low, high }) => {
    const powers = powersOfTen(low, high)
    if (powers.length >= 3) return powers
    const finer = withinDecades(low, high)
    return finer.length >= 2 ? finer : [low, ...finer, high]
  },
  'one-minus': ({ low, high }) => {
    const nines = powersOfTen(1 - high, 1 - low).map((rest) => Number((1 - rest).toPrecision(12)))
    return [low, ...nines, high]
  },
}

/** Those of increasing places that keep their distance; the ends before those between. */
function apart(ticks: readonly AxisTick[]): readonly AxisTick[] {
  const last = ticks.at(-1)
  const kept: AxisTick[] = []
  for (const tick of ticks) {
    const before = kept.at(-1)
    const isFree = before === undefined || tick.place - before.place >= LEAST_GAP
    const leavesRoom = tick === last || last === undefined || last.place - tick.place >= LEAST_GAP
    if (isFree && leavesRoom) kept.push(tick)
  }
  return thinned(kept, MOST_TICKS)
}

/** More digits than a number has. */
const ALL_DIGITS = 17

/** Marks in words, with as many digits as it takes to tell them apart. */
function labelsOf(marks: readonly number[]): readonly string[] {
  let labels = marks.map(formatScalar)
  for (let digits = 4; digits <= ALL_DIGITS && new Set(labels).size < labels.length; digits++) {
    labels = marks.map((mark) => String(Number(mark.toPrecision(digits))).replaceAll('-', '−'))
  }
  return labels
}

function rangeTicks(path: string, range: Range): readonly AxisTick[] {
  const { low, high, type } = range
  const marks = MARKS[scaleOf(path, range)](range)
    .map((mark) => (type === 'integer' ? Math.round(mark) : mark))
    .filter((mark) => mark >= low && mark <= high)
  const increasing = [...new Set(marks)].toSorted((a, b) => a - b)
  const labels = labelsOf(increasing)
  return apart(
    increasing.map((mark, i) => ({ place: placeOf(path, range, mark), label: labels[i] ?? '' })),
  )
}

/**
 * The axis of a dimension on its own scale: powers of ten on a logarithmic one, 0.9, 0.99, 0.999 and the ends
 * on that of 1 − β, round numbers on a linear one, and each value of a choice.
 */
export function axisOf(path: string, dimension: Dimension): DimensionAxis {
  const isChoice = dimension.type === 'choice'
  const all = isChoice
    ? dimension.values.map((value) => ({
        place: placeOf(path, dimension, value),
        label: formatScalar(value),
      }))
    : rangeTicks(path, dimension)
  return {
    placeOf: (value) => {
      const place = placeOf(path, dimension, value)
      return Number.isNaN(place) ? 0 : place
    },
    ticks: thinned(all, MOST_TICKS),
    isChoice,
  }
}
