import { sizeOf } from '../../../../core/tape/shapes.ts'
import type { AttributesOf, OpName, Shape } from '../../../../core/tape/value.ts'

/** A dense array of doubles, row by row. */
export interface Numbers {
  readonly shape: Shape
  readonly values: Float64Array
}

/** What an op makes of its inputs. `shape` is that of the result. */
export type Meaning<K extends OpName> = (
  inputs: readonly Numbers[],
  attributes: AttributesOf<K>,
  shape: Shape,
) => Float64Array

/** An op without a meaning does not compile. */
export type Meanings = { readonly [K in OpName]: Meaning<K> }

/** NaN outside, so that a wrong place shows. */
export const at = (numbers: Numbers | undefined, index: number): number =>
  numbers?.values[index] ?? NaN

/** The coordinates of place `index` in an array of this shape. */
export function coordinatesOf(index: number, shape: Shape): readonly number[] {
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
export function placeIn(shape: Shape, coordinates: readonly number[]): number {
  const added = coordinates.length - shape.length
  return shape.reduce(
    (place, length, axis) => place * length + (length === 1 ? 0 : (coordinates[axis + added] ?? 0)),
    0,
  )
}

/** Element of an array that is stretched to the coordinates. */
export const stretchedAt = (numbers: Numbers | undefined, coordinates: readonly number[]): number =>
  at(numbers, placeIn(numbers?.shape ?? [], coordinates))

export const build = (
  shape: Shape,
  valueAt: (coordinates: readonly number[], index: number) => number,
): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, (_, index) =>
    valueAt(coordinatesOf(index, shape), index),
  )

/** Folds x into a smaller shape, in which some of its axes have length 1. */
export function foldInto(
  x: Numbers | undefined,
  shape: Shape,
  start: number,
  f: (folded: number, value: number) => number,
): Float64Array {
  const folded = new Float64Array(sizeOf(shape)).fill(start)
  x?.values.forEach((value, index) => {
    const place = placeIn(shape, coordinatesOf(index, x.shape))
    folded[place] = f(folded[place] ?? NaN, value)
  })
  return folded
}

/** The rows of the last axis. */
export function rowsOf(x: Numbers | undefined): readonly Float64Array[] {
  const { shape, values } = x ?? { shape: [0], values: new Float64Array() }
  const width = shape.at(-1) ?? 1
  return Array.from({ length: values.length / width }, (_, row) =>
    values.subarray(row * width, (row + 1) * width),
  )
}
