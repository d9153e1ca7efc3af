import { at, build, rowsOf, stretchedAt } from './numbers.ts'
import type { Meaning } from './numbers.ts'
import type { OpName, Shape } from '../../../../core/tape/value.ts'

/** Σ eˣ of each row of the last axis, with the largest x of the row taken out: [largest, Σ e^(x − largest)]. */
const exponentials = (row: Float64Array): readonly [largest: number, sum: number] => {
  const largest = Math.max(...row)
  return [largest, row.reduce((total, value) => total + Math.exp(value - largest), 0)]
}

const widthOf = (shape: Shape): number => shape.at(-1) ?? 1

export const MATRIX_MEANINGS = {
  matmul: ([x, y], _, shape) => {
    const inner = x?.shape.at(-1) ?? 0
    return build(shape, (coordinates) => {
      const stack = coordinates.slice(0, -2)
      const [row = 0, column = 0] = coordinates.slice(-2)
      let sum = 0
      for (let k = 0; k < inner; k++) {
        // A stack that is stretched has length 1 where stretchedAt looks at place 0; rows and columns
        // of length 1 have no other place.
        sum += stretchedAt(x, [...stack, row, k]) * stretchedAt(y, [...stack, k, column])
      }
      return sum
    })
  },
  transpose: ([x], { permutation }, shape) =>
    build(shape, (coordinates) => {
      const source: number[] = []
      permutation.forEach((axis, index) => (source[axis] = coordinates[index] ?? 0))
      return stretchedAt(x, source)
    }),
  softmax: ([x], _, shape) => {
    const rows = rowsOf(x).map(exponentials)
    return build(shape, (_coordinates, index) => {
      const [largest, sum] = rows[Math.floor(index / widthOf(shape))] ?? [NaN, NaN]
      return Math.exp(at(x, index) - largest) / sum
    })
  },
  logSoftmax: ([x], _, shape) => {
    const rows = rowsOf(x).map(exponentials)
    return build(shape, (_coordinates, index) => {
      const [largest, sum] = rows[Math.floor(index / widthOf(shape))] ?? [NaN, NaN]
      return at(x, index) - largest - Math.log(sum)
    })
  },
} satisfies { readonly [K in OpName]?: Meaning<K> }
