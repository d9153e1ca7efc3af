import { sizeOf } from '../../../core/tape/shapes.ts'
import type { AttributesOf, OpName, Shape, Value } from '../../../core/tape/value.ts'

/** A dense array of doubles, row by row. */
export interface Numbers {
  readonly shape: Shape
  readonly values: Float64Array
}

type Meaning<K extends OpName> = (
  inputs: readonly Numbers[],
  attributes: AttributesOf<K>,
  shape: Shape,
) => Float64Array

const at = (numbers: Numbers | undefined, index: number): number => numbers?.values[index] ?? NaN

/** The coordinates of place `index` in an array of this shape. */
function coordinatesOf(index: number, shape: Shape): readonly number[] {
  let rest = index
  return shape
    .toReversed()
    .map((length) => {
      const coordinate = rest % length
      rest = Math.floor(rest / length)
      return coordinate
    })
    .toReversed()
}

/** The place of `coordinates` in an array that is stretched to them, aligned at the last axes. */
function placeIn(shape: Shape, coordinates: readonly number[]): number {
  const added = coordinates.length - shape.length
  return shape.reduce(
    (place, length, axis) => place * length + (length === 1 ? 0 : (coordinates[axis + added] ?? 0)),
    0,
  )
}

const build = (shape: Shape, valueAt: (coordinates: readonly number[], index: number) => number) =>
  Float64Array.from({ length: sizeOf(shape) }, (_, index) =>
    valueAt(coordinatesOf(index, shape), index),
  )

const each =
  (f: (x: number) => number): Meaning<OpName> =>
  ([x], _, shape) =>
    build(shape, (_coordinates, index) => f(at(x, index)))

const pairs =
  (f: (x: number, y: number) => number): Meaning<OpName> =>
  ([x, y], _, shape) =>
    build(shape, (coordinates) =>
      f(at(x, placeIn(x?.shape ?? [], coordinates)), at(y, placeIn(y?.shape ?? [], coordinates))),
    )

function sumInto(x: Numbers | undefined, shape: Shape, f: (x: number) => number): Float64Array {
  const sums = new Float64Array(sizeOf(shape))
  x?.values.forEach((value, index) => {
    const place = placeIn(shape, coordinatesOf(index, x.shape))
    sums[place] = (sums[place] ?? 0) + f(value)
  })
  return sums
}

/** What each op means, in plain float64: slow, and written without a look at the rules. */
const MEANINGS: { readonly [K in OpName]: Meaning<K> } = {
  add: pairs((x, y) => x + y),
  sub: pairs((x, y) => x - y),
  mul: pairs((x, y) => x * y),
  neg: each((x) => -x),
  exp: each(Math.exp),
  relu: each((x) => Math.max(x, 0)),
  positive: each((x) => (x > 0 ? 1 : 0)),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
  softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  matmul: ([x, y], _, shape) => {
    const inner = x?.shape[1] ?? 0
    const columns = shape[1] ?? 0
    return build(shape, ([row = 0, column = 0]) => {
      let sum = 0
      for (let k = 0; k < inner; k++) sum += at(x, row * inner + k) * at(y, k * columns + column)
      return sum
    })
  },
  transpose: ([x], _, shape) =>
    build(shape, (coordinates) => at(x, placeIn(x?.shape ?? [], coordinates.toReversed()))),
  logSoftmax: ([x], _, shape) => {
    const width = shape.at(-1) ?? 1
    return build(shape, (_coordinates, index) => {
      const from = index - (index % width)
      const row = x?.values.subarray(from, from + width) ?? new Float64Array()
      const largest = Math.max(...row)
      const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0)
      return at(x, index) - largest - Math.log(sum)
    })
  },
  gather: ([x, indices], _, shape) =>
    build(shape, ([row = 0]) => at(x, row * (x?.shape[1] ?? 0) + at(indices, row))),
  scatter: ([x, indices], _, shape) =>
    build(shape, ([row, column]) => (at(indices, row ?? 0) === column ? at(x, row ?? 0) : 0)),
  sum: ([x], _, shape) => sumInto(x, shape, (value) => value),
  sumSquares: ([x], _, shape) => sumInto(x, shape, (value) => value * value),
  expand: ([x], _, shape) =>
    build(shape, (coordinates) => at(x, placeIn(x?.shape ?? [], coordinates))),
  reshape: ([x]) => x?.values.slice() ?? new Float64Array(),
}

/** Computes values of a tape from what is fed to its inputs. */
export function interpret(
  outputs: readonly Value[],
  feeds: ReadonlyMap<string, Float64Array>,
): readonly Float64Array[] {
  const last = Math.max(...outputs.map((output) => output.index))
  const known = new Map<Value, Numbers>()
  for (const value of outputs[0]?.tape.values.slice(0, last + 1) ?? []) {
    known.set(value, { shape: value.shape, values: numbersOf(value, known, feeds) })
  }
  return outputs.map((output) => known.get(output)?.values ?? new Float64Array())
}

function numbersOf(
  value: Value,
  known: ReadonlyMap<Value, Numbers>,
  feeds: ReadonlyMap<string, Float64Array>,
): Float64Array {
  if (value.kind === 'constant') return Float64Array.of(value.number)
  if (value.kind === 'input') {
    const fed = feeds.get(value.name)
    if (fed?.length !== sizeOf(value.shape)) throw new Error(`${value.name} is not fed rightly`)
    return fed
  }
  const inputs = value.inputs.map((input) => known.get(input) as Numbers)
  return (MEANINGS[value.op] as Meaning<OpName>)(inputs, value.attributes as never, value.shape)
}
