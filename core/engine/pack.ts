import { concat, reshape, slice } from '../tape/functions.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { GradientTape } from '../tape/tape.ts'
import type { Input, Shape, Value } from '../tape/value.ts'
import { floatTensor } from './runtime.ts'
import type { Feeds, ShapedArray } from './runtime.ts'

/** A named tensor and where it begins in its pack. */
export interface Row {
  readonly name: string
  readonly shape: Shape
  readonly from: number
  readonly length: number
}

/**
 * Tensors that lie one after another in flat memory without a gap. They cross to a model as one tensor
 * (`isFlat`), which the graph takes apart, or as one each.
 */
export interface Pack {
  readonly name: string
  readonly isFlat: boolean
  readonly length: number
  /** In the order of memory. */
  readonly rows: readonly Row[]
}

/** Lays tensors out one after another. */
export function packOf(
  name: string,
  isFlat: boolean,
  tensors: readonly { readonly name: string; readonly shape: Shape }[],
): Pack {
  let length = 0
  const rows = tensors.map((tensor) => {
    const from = length
    length += sizeOf(tensor.shape)
    return { name: tensor.name, shape: tensor.shape, from, length: length - from }
  })
  return { name, isFlat: isFlat && length > 0, length, rows }
}

/** One tensor of a pack, as a view into the memory that holds the pack. */
export function viewOf({ rows }: Pack, values: Float32Array, name: string): Float32Array {
  const row = rows.find((one) => one.name === name)
  if (row === undefined) throw new Error(`there is no memory for ${name}`)
  return values.subarray(row.from, row.from + row.length)
}

/** A pack on a tape. */
export interface BoundPack {
  /** What is fed, and what gradients are taken of: the one flat input, or each tensor's. */
  readonly inputs: readonly Input[]
  /** Throws where the pack has no tensor of this name. */
  readonly value: (name: string) => Value
}

export function bindPack(tape: GradientTape, pack: Pack): BoundPack {
  const values = new Map<string, Value>()
  const inputs: Input[] = []
  if (pack.isFlat) {
    const flat = tape.input(pack.name, [pack.length])
    inputs.push(flat)
    for (const { name, shape, from, length } of pack.rows) {
      values.set(name, reshape(slice(flat, 0, from, length), shape))
    }
  } else {
    for (const { name, shape } of pack.rows) {
      const input = tape.input(name, shape)
      inputs.push(input)
      values.set(name, input)
    }
  }
  return {
    inputs,
    value(name) {
      const value = values.get(name)
      if (value === undefined) throw new Error(`there is no ${name} among the ${pack.name}`)
      return value
    },
  }
}

const resultOf = (prefix: string, name: string): string => `${prefix}/${name}`

/** One value per tensor of the pack, in its order, as outputs of a model named after `prefix`. */
export function outputsOfPack(
  pack: Pack,
  prefix: string,
  values: readonly Value[],
): readonly (readonly [string, Value])[] {
  if (!pack.isFlat) {
    return pack.rows.map(({ name }, index) => [resultOf(prefix, name), values[index] as Value])
  }
  const flats = values.map((value, index) => reshape(value, [pack.rows[index]?.length ?? 0]))
  return [[resultOf(prefix, pack.name), concat(flats, 0)]]
}

const tensorsOf = (
  pack: Pack,
  values: Float32Array,
): readonly (readonly [name: string, ShapedArray])[] =>
  pack.isFlat
    ? [[pack.name, { values, shape: [pack.length] }]]
    : pack.rows.map(({ name, shape, from, length }) => [
        name,
        { values: values.subarray(from, from + length), shape },
      ])

/** A pack's memory as what a model takes. Views, not copies: an update in place is seen by the next run. */
export const feedsOfPack = (pack: Pack, values: Float32Array): Feeds =>
  Object.fromEntries(
    tensorsOf(pack, values).map(([name, tensor]) => [
      name,
      floatTensor(tensor.values, tensor.shape),
    ]),
  )

/** Where in a pack's memory a model's outputs of this prefix go. */
export const arraysOfPack = (
  pack: Pack,
  prefix: string,
  values: Float32Array,
): Readonly<Record<string, ShapedArray>> =>
  Object.fromEntries(
    tensorsOf(pack, values).map(([name, tensor]) => [resultOf(prefix, name), tensor]),
  )
