import { PandaError } from '../errors.ts'
import { HYPERPARAMETERS } from '../protocol/hyperparameters.ts'
import type { HyperparameterName } from '../protocol/hyperparameters.ts'
import type { Dimension, DimensionScale, Point, Scalar, SearchSpace } from '../protocol/space.ts'

/** A point of the unit cube: one number in [0, 1] per dimension, in the order of `pathsOf`. */
export type UnitPoint = readonly number[]

/** The dimensions' paths, those that others depend on first; among equals in code-point order. */
export function pathsOf(space: SearchSpace): readonly string[] {
  const ordered: string[] = []
  const visiting = new Set<string>()
  const visit = (path: string, from: string) => {
    if (ordered.includes(path)) return
    const dimension = Object.hasOwn(space, path) ? space[path] : undefined
    if (dimension === undefined) {
      throw spaceFault(from, `depends on "${path}", which is not searched`, 'Name a searched one.')
    }
    if (path === from && visiting.has(path)) {
      throw spaceFault(path, 'depends on itself', 'Remove its condition.')
    }
    if (visiting.has(path)) {
      throw spaceFault(from, `and "${path}" depend on each other`, 'Remove one of the conditions.')
    }
    visiting.add(path)
    for (const parent of Object.keys(dimension.when ?? {}).toSorted()) visit(parent, path)
    visiting.delete(path)
    ordered.push(path)
  }
  for (const path of Object.keys(space).toSorted()) visit(path, path)
  return ordered
}

const spaceFault = (path: string, what: string, remedy: string) =>
  new PandaError('config/invalid', `"${path}" ${what}`, remedy)

/** The scale of a dimension: its own, else the one its hyperparameter is known to need, else linear. */
export function scaleOf(path: string, dimension: Dimension): DimensionScale {
  if (dimension.type === 'choice') return 'linear'
  if (dimension.scale !== undefined) return dimension.scale
  const name = /^hyperparameters\.(\w+)$/.exec(path)?.[1]
  if (name === undefined || !Object.hasOwn(HYPERPARAMETERS, name)) return 'linear'
  const { scale } = HYPERPARAMETERS[name as HyperparameterName]
  const fits =
    (scale === 'logarithmic' && dimension.low > 0) ||
    (scale === 'one-minus' && dimension.type === 'real' && dimension.high < 1)
  return fits ? scale : 'linear'
}

/** Throws `config/invalid`, naming the dimension: an empty or inverted range, a logarithm of zero. */
export function checkSpace(space: SearchSpace): void {
  const paths = pathsOf(space)
  if (paths.length === 0) {
    throw new PandaError('config/invalid', 'the space is empty', 'Name what is to be searched.')
  }
  for (const path of paths) {
    const dimension = space[path]
    if (dimension === undefined || dimension.type === 'choice') continue
    const { low, high } = dimension
    const scale = scaleOf(path, dimension)
    if (!(low < high)) {
      const how = low === high ? 'empty' : 'inverted'
      throw spaceFault(path, `has the ${how} range ${low} to ${high}`, 'low must be below high.')
    }
    if (!Number.isFinite(high - low)) {
      throw spaceFault(path, `has a range too wide to count, ${low} to ${high}`, 'Narrow it.')
    }
    if (scale === 'logarithmic' && low <= 0) {
      throw spaceFault(
        path,
        `has a logarithmic scale from ${low}: it reaches through zero`,
        'Start above 0, or take a linear scale.',
      )
    }
    if (scale === 'one-minus' && high >= 1) {
      throw spaceFault(
        path,
        `has the scale of 1 − β up to ${high}`,
        'End below 1, as in 0.999, or take a linear scale.',
      )
    }
  }
}

/** Linear in what is drawn evenly: r of α = 10^r, or of β = 1 − 10^r. */
const TO_EVEN: { readonly [K in DimensionScale]: (value: number) => number } = {
  linear: (value) => value,
  logarithmic: Math.log,
  'one-minus': (value) => -Math.log1p(-value),
}
const FROM_EVEN: { readonly [K in DimensionScale]: (even: number) => number } = {
  linear: (even) => even,
  logarithmic: Math.exp,
  'one-minus': (even) => -Math.expm1(-even),
}

/** The value at a place in [0, 1] of its dimension. Never outside the dimension's range. */
export function valueAt(path: string, dimension: Dimension, place: number): Scalar {
  const u = Math.min(1, Math.max(0, place))
  if (dimension.type === 'choice') {
    const { values } = dimension
    return values[Math.min(values.length - 1, Math.floor(u * values.length))] ?? ''
  }
  const scale = scaleOf(path, dimension)
  const { low, high, type } = dimension
  // Each whole number gets its share of the scale: from half below it to half above.
  const [from, to] = type === 'integer' ? [low - 0.5, high + 0.5] : [low, high]
  const [a, b] = [TO_EVEN[scale](from), TO_EVEN[scale](to)]
  const value = FROM_EVEN[scale](a + (b - a) * u)
  return Math.min(high, Math.max(low, type === 'integer' ? Math.round(value) : value))
}

/** Where in [0, 1] a value of its dimension lies; of a choice and a whole number, the middle of its share. */
export function placeOf(path: string, dimension: Dimension, value: Scalar): number {
  if (dimension.type === 'choice') {
    return (Math.max(0, dimension.values.indexOf(value)) + 0.5) / dimension.values.length
  }
  const scale = scaleOf(path, dimension)
  const { low, high, type } = dimension
  const [from, to] = type === 'integer' ? [low - 0.5, high + 0.5] : [low, high]
  const [a, b] = [TO_EVEN[scale](from), TO_EVEN[scale](to)]
  return Math.min(1, Math.max(0, (TO_EVEN[scale](Number(value)) - a) / (b - a)))
}

/** Is a dimension asked for, given the values of those it depends on? */
const isActive = ({ when }: Dimension, known: Point): boolean =>
  Object.entries(when ?? {}).every(([path, values]) => {
    const value = known[path]
    return value !== undefined && values.includes(value)
  })

/** The values at a point of the unit cube; a dimension whose condition does not hold has none. */
export function pointAt(space: SearchSpace, unit: UnitPoint): Point {
  const known: Record<string, Scalar> = {}
  pathsOf(space).forEach((path, i) => {
    const dimension = space[path]
    if (dimension === undefined || !isActive(dimension, known)) return
    known[path] = valueAt(path, dimension, unit[i] ?? 0.5)
  })
  return known
}

/** The unit cube's point of these values; a dimension that has none lies in the middle. */
export const unitOf = (space: SearchSpace, point: Point): UnitPoint =>
  pathsOf(space).map((path) => {
    const [dimension, value] = [space[path], point[path]]
    return dimension === undefined || value === undefined ? 0.5 : placeOf(path, dimension, value)
  })
