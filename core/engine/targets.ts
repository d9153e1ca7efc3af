import { PandaError } from '../errors.ts'
import type { TargetKind } from '../nn/losses.ts'
import type { ElementType } from '../tape/value.ts'
import type { Batch } from './engine.ts'

interface Target {
  readonly type: ElementType
  /** The target's width, given the network's outputs. */
  readonly columns: (outputs: number) => number
  /** The batch's target as the model takes it. */
  readonly encode: (batch: Batch, outputs: number) => Int32Array | Float32Array
  /** How many of the batch the network got right; null where right and wrong mean nothing. */
  readonly countRight: ((outputs: Float32Array, batch: Batch, columns: number) => number) | null
}

/** ONNX Runtime takes labels out of range without a word, and trains on something else. */
function checkedLabels({ count, labels }: Batch, classes: number): Int32Array {
  if (labels === null) throw new PandaError('data/bad-value', 'this loss needs class labels')
  if (labels.length !== count) throw new Error(`${labels.length} labels for ${count} examples`)
  const wrong = labels.find((label) => !(label >= 0 && label < classes))
  if (wrong !== undefined) {
    throw new PandaError('data/bad-value', `label ${wrong} is not one of the ${classes} classes`)
  }
  return labels
}

function checkedNumbers({ count, targets }: Batch, columns: number): Float32Array {
  if (targets === null) throw new PandaError('data/bad-value', 'this loss needs numbers to aim at')
  if (targets.length !== count * columns) {
    throw new Error(`${targets.length} targets for ${count} × ${columns} outputs`)
  }
  return targets
}

function indexOfLargest(values: Float32Array, from: number, count: number): number {
  let largest = 0
  for (let index = 1; index < count; index++) {
    if (values[from + index]! > values[from + largest]!) largest = index
  }
  return largest
}

const count = (length: number, isRight: (row: number) => boolean): number => {
  let right = 0
  for (let row = 0; row < length; row++) if (isRight(row)) right++
  return right
}

function oneHot(batch: Batch, classes: number): Float32Array {
  const labels = checkedLabels(batch, classes)
  const rows = new Float32Array(labels.length * classes)
  labels.forEach((label, row) => (rows[row * classes + label] = 1))
  return rows
}

const sharesOf = (batch: Batch, classes: number): Float32Array =>
  batch.labels === null ? checkedNumbers(batch, classes) : oneHot(batch, classes)

const binaryOf = (batch: Batch): Float32Array =>
  batch.labels === null ? checkedNumbers(batch, 1) : Float32Array.from(checkedLabels(batch, 2))

/** How a batch's labels or numbers reach the model, and how its answers are judged. */
export const TARGETS: { readonly [K in TargetKind]: Target } = {
  'class-ids': {
    type: 'int',
    columns: () => 1,
    encode: checkedLabels,
    countRight: (outputs, { labels }, columns) =>
      count(labels?.length ?? 0, (row) => {
        return indexOfLargest(outputs, row * columns, columns) === labels?.[row]
      }),
  },
  'class-shares': {
    type: 'float',
    columns: (outputs) => outputs,
    encode: sharesOf,
    countRight: (outputs, batch, columns) => {
      const shares = sharesOf(batch, columns)
      return count(batch.count, (row) => {
        const from = row * columns
        return indexOfLargest(outputs, from, columns) === indexOfLargest(shares, from, columns)
      })
    },
  },
  binary: {
    type: 'float',
    columns: () => 1,
    encode: binaryOf,
    countRight: (outputs, batch) => {
      const expected = binaryOf(batch)
      // A logit above 0 is a probability above ½.
      return count(batch.count, (row) => outputs[row]! > 0 === expected[row]! > 0.5)
    },
  },
  numbers: {
    type: 'float',
    columns: (outputs) => outputs,
    encode: checkedNumbers,
    countRight: null,
  },
}
