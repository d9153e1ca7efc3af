import { at, build, foldInto, placeIn, stretchedAt } from './numbers.ts'
import type { Meaning } from './numbers.ts'
import type { OpName } from '../../../../core/tape/value.ts'

/** The same coordinates, moved along an axis. */
const moved = (coordinates: readonly number[], axis: number, by: number): readonly number[] =>
  coordinates.with(axis, (coordinates[axis] ?? 0) + by)

export const SHAPE_MEANINGS = {
  sum: ([x], _, shape) => foldInto(x, shape, 0, (sum, value) => sum + value),
  max: ([x], _, shape) => foldInto(x, shape, -Infinity, Math.max),
  sumSquares: ([x], _, shape) => foldInto(x, shape, 0, (sum, value) => sum + value * value),
  expand: ([x], _, shape) => build(shape, (coordinates) => stretchedAt(x, coordinates)),
  reshape: ([x]) => x?.values.slice() ?? new Float64Array(),
  slice: ([x], { axis, from }, shape) =>
    build(shape, (coordinates) => at(x, placeIn(x?.shape ?? [], moved(coordinates, axis, from)))),
  place: ([x], { axis, from }, shape) =>
    build(shape, (coordinates) => {
      const source = moved(coordinates, axis, -from)
      const along = source[axis] ?? NaN
      const isInside = along >= 0 && along < (x?.shape[axis] ?? 0)
      return isInside ? at(x, placeIn(x?.shape ?? [], source)) : 0
    }),
  concat: (inputs, { axis }, shape) =>
    build(shape, (coordinates) => {
      let along = coordinates[axis] ?? NaN
      for (const input of inputs) {
        const length = input.shape[axis] ?? NaN
        if (along < length) return at(input, placeIn(input.shape, coordinates.with(axis, along)))
        along -= length
      }
      return NaN
    }),
} satisfies { readonly [K in OpName]?: Meaning<K> }
