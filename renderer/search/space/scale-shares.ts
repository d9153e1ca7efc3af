import { uniform } from '../../../core/random/index.ts'
import { placeOf, scaleOf, valueAt } from '../../../core/search/space.ts'
import type { Dimension, DimensionScale, Scalar } from '../../../core/protocol/space.ts'
import { writeNumber, writeScalar } from './number-text.ts'

/** A stretch of a dimension, and the share of draws that fall into it. */
export interface Share {
  readonly label: string
  readonly share: number
}

type Range = Exclude<Dimension, { type: 'choice' }>

/** Enough for a picture of even or uneven density; more is a solid bar. */
const DRAWS = 400
/** Of its own, so that the picture does not look like the points of a study. */
const STREAM = 0x5ca1e

/** The first draws that a dimension would see, the same each time. */
export const drawsOf = (path: string, dimension: Dimension, count = DRAWS): readonly Scalar[] =>
  Array.from({ length: count }, (_, i) => valueAt(path, dimension, uniform(1, STREAM, i)))

/** Where values lie in [0, 1] along a straight axis from the low end to the high one. */
export const linearPlaces = (dimension: Range, values: readonly Scalar[]): readonly number[] =>
  values.map((value) => (Number(value) - dimension.low) / (dimension.high - dimension.low))

/** Where values lie in [0, 1] along the dimension's own axis. */
export const ownPlaces = (
  path: string,
  dimension: Dimension,
  values: readonly Scalar[],
): readonly number[] => values.map((value) => placeOf(path, dimension, value))

/** Fewer decades than this are cut finer, into doublings. */
const FEW_DECADES = 1.5
const EPSILON = 1e-9

/** Powers of `base` strictly between two positive ends. */
function powersBetween(low: number, high: number, base: number): readonly number[] {
  const log = (value: number) => Math.log(value) / Math.log(base)
  const powers: number[] = []
  for (let k = Math.floor(log(low) + EPSILON) + 1; k < log(high) - EPSILON; k += 1) {
    // Through the decimal text, so that 10⁻⁵ is 0.00001 and not a neighbour of it.
    powers.push(base === 10 ? Number(`1e${k}`) : base ** k)
  }
  return powers
}

const tidy = (value: number): number => Number(value.toPrecision(6))

/** The places at which a scale is cut into stretches that a person counts in. */
const CUTS: { readonly [K in DimensionScale]: (low: number, high: number) => readonly number[] } = {
  linear: (low, high) => [1, 2, 3].map((part) => tidy(low + ((high - low) * part) / 4)),
  logarithmic: (low, high) => {
    if (low <= 0) return []
    const isWide = Math.log10(high / low) >= FEW_DECADES
    return powersBetween(low, high, isWide ? 10 : 2)
  },
  'one-minus': (low, high) =>
    powersBetween(1 - high, 1 - low, 10)
      .map((rest) => tidy(1 - rest))
      .toReversed(),
}

/** Where the axis of a dimension's own scale has its marks. */
export const cutsOf = (path: string, dimension: Range): readonly number[] => {
  const cuts = CUTS[scaleOf(path, dimension)](dimension.low, dimension.high)
  if (dimension.type === 'real') return cuts
  const whole = cuts.map(Math.round).filter((cut) => cut > dimension.low && cut < dimension.high)
  return [...new Set(whole)]
}

/** Even places stand for endless draws: the shares come out exact to a tenth of a percent. */
const EVEN = 4_000

function sharesBetween(path: string, dimension: Range, edges: readonly number[]): number[] {
  const counts = edges.slice(1).map(() => 0)
  for (let i = 0; i < EVEN; i += 1) {
    const value = Number(valueAt(path, dimension, (i + 0.5) / EVEN))
    const at = edges.findLastIndex((edge) => value >= edge)
    const bin = Math.min(counts.length - 1, Math.max(0, at))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((count) => count / EVEN)
}

/** Each stretch of a dimension's own scale, a decade where it has some, with the share of draws in it. */
export function sharesOf(path: string, dimension: Dimension): readonly Share[] {
  if (dimension.type === 'choice') {
    const { values } = dimension
    return values.map((value) => ({ label: writeScalar(value), share: 1 / values.length }))
  }
  const edges = [dimension.low, ...cutsOf(path, dimension), dimension.high]
  return sharesBetween(path, dimension, edges).map((share, i) => ({
    label: `${writeNumber(edges[i] ?? 0)} – ${writeNumber(edges[i + 1] ?? 0)}`,
    share,
  }))
}

/** The largest share that a linear scale would give to one of the same stretches. */
export function linearShareOf(path: string, dimension: Dimension): Share | null {
  if (dimension.type === 'choice' || scaleOf(path, dimension) === 'linear') return null
  const edges = [dimension.low, ...cutsOf(path, dimension), dimension.high]
  if (edges.length < 3) return null
  const shares = sharesBetween(path, { ...dimension, scale: 'linear' }, edges)
  const share = Math.max(...shares)
  const at = shares.indexOf(share)
  return { share, label: `${writeNumber(edges[at] ?? 0)} – ${writeNumber(edges[at + 1] ?? 0)}` }
}
