import { at, build, rowsOf } from './numbers.ts'
import type { Meaning } from './numbers.ts'
import { sizeOf } from '../../../../core/tape/shapes.ts'
import type { OpName } from '../../../../core/tape/value.ts'

const meanOf = (row: Float64Array): number =>
  row.reduce((total, value) => total + value, 0) / row.length

function varianceOf(row: Float64Array): number {
  const mean = meanOf(row)
  return meanOf(row.map((value) => (value - mean) ** 2))
}

export const ROW_MEANINGS = {
  gather: ([x, indices], _, shape) =>
    build(shape, ([row = 0]) => at(x, row * (x?.shape[1] ?? 0) + at(indices, row))),
  scatter: ([x, indices], _, shape) =>
    build(shape, ([row = 0, column]) => (at(indices, row) === column ? at(x, row) : 0)),
  lookup: ([table, ids], _, shape) => {
    const width = shape.at(-1) ?? 1
    return build(shape, (_coordinates, index) =>
      at(table, at(ids, Math.floor(index / width)) * width + (index % width)),
    )
  },
  scatterRows: ([rows, ids], _, shape) => {
    const table = new Float64Array(sizeOf(shape))
    const width = shape[1] ?? 1
    rows?.values.forEach((value, index) => {
      const place = at(ids, Math.floor(index / width)) * width + (index % width)
      table[place] = (table[place] ?? NaN) + value
    })
    return table
  },
  layerNorm: ([x, gamma, beta], { epsilon }, shape) => {
    const rows = rowsOf(x).map((row) => [meanOf(row), varianceOf(row)] as const)
    const width = shape.at(-1) ?? 1
    return build(shape, (_coordinates, index) => {
      const [mean, variance] = rows[Math.floor(index / width)] ?? [NaN, NaN]
      const standard = (at(x, index) - mean) / Math.sqrt(variance + epsilon)
      return at(gamma, index % width) * standard + at(beta, index % width)
    })
  },
  layerMean: ([x]) => Float64Array.from(rowsOf(x), meanOf),
  layerVariance: ([x]) => Float64Array.from(rowsOf(x), varianceOf),
} satisfies { readonly [K in OpName]?: Meaning<K> }
