import { PandaError } from '../errors.ts'
import type { TargetKind } from '../nn/losses.ts'
import { indexOfLargest } from '../nn/scores.ts'
import type { ElementType } from '../tape/value.ts'
import type { Batch } from './engine.ts'

/** What a batch must have: so many rows of answers (one per example, or per place) of so many columns. */
export interface TargetExtent {
  readonly rows: number
  /** The network's outputs per row. */
  readonly columns: number
}

interface Target {
  readonly type: ElementType
  /** The target's width, given the network's outputs. */
  readonly width: (columns: number) => number
  /** The batch's target as the model takes it. */
  readonly encode: (batch: Batch, extent: TargetExtent) => Int32Array | Float32Array
  /** How much each row counts, where its classes count as `weights` say. */
  readonly weigh: (batch: Batch, extent: TargetExtent, weights: readonly number[]) => Float32Array
  /** How many rows the network got right; null where right and wrong mean nothing. */
  readonly countRight:
    ((outputs: Float32Array, batch: Batch, extent: TargetExtent) => number) | null
}

/** ONNX Runtime takes labels out of range without a word, and trains on something else. */
function checkedLabels({ labels }: Batch, rows: number, classes: number): Int32Array {
  if (labels === null) throw new PandaError('data/bad-value', 'this loss needs class labels')
  if (labels.length !== rows) throw new Error(`${labels.length} labels for ${rows} answers`)
  const wrong = labels.find((label) => !(label >= 0 && label < classes))
  if (wrong !== undefined) {
    throw new PandaError('data/bad-value', `label ${wrong} is not one of the ${classes} classes`)
  }
  return labels
}

function checkedNumbers({ targets }: Batch, rows: number, columns: number): Float32Array {
  if (targets === null) throw new PandaError('data/bad-value', 'this loss needs numbers to aim at')
  if (targets.length !== rows * columns) {
    throw new Error(`${targets.length} targets for ${rows} × ${columns} outputs`)
  }
  return targets
}

const count = (length: number, isRight: (row: number) => boolean): number => {
  let right = 0
  for (let row = 0; row < length; row++) if (isRight(row)) right++
  return right
}

function oneHot(batch: Batch, { rows, columns }: TargetExtent): Float32Array {
  const shares = new Float32Array(rows * columns)
  const labels = checkedLabels(batch, rows, columns)
  labels.forEach((label, row) => (shares[row * columns + label] = 1))
  return shares
}

const sharesOf = (batch: Batch, extent: TargetExtent): Float32Array =>
  batch.labels === null ? checkedNumbers(batch, extent.rows, extent.columns) : oneHot(batch, extent)

const binaryOf = (batch: Batch, { rows }: TargetExtent): Float32Array =>
  batch.labels === null
    ? checkedNumbers(batch, rows, 1)
    : Float32Array.from(checkedLabels(batch, rows, 2))

const unweighed = (): never => {
  throw new Error('numbers have no classes that could count differently')
}

/** How a batch's labels or numbers reach the model, and how its answers are judged. */
export const TARGETS: { readonly [K in TargetKind]: Target } = {
  'class-ids': {
    type: 'int',
    width: () => 1,
    encode: (batch, { rows, columns }) => checkedLabels(batch, rows, columns),
    weigh: (batch, { rows, columns }, weights) =>
      Float32Array.from(checkedLabels(batch, rows, columns), (label) => weights[label] ?? 1),
    countRight: (outputs, { labels }, { rows, columns }) =>
      count(rows, (row) => indexOfLargest(outputs, row * columns, columns) === labels?.[row]),
  },
  'class-shares': {
    type: 'float',
    width: (columns) => columns,
    encode: sharesOf,
    // Of a one-hot row this is its class' weight.
    weigh: (batch, extent, weights) => {
      const shares = sharesOf(batch, extent)
      return Float32Array.from({ length: extent.rows }, (_, row) =>
        weights.reduce((sum, w, k) => sum + w * (shares[row * extent.columns + k] ?? 0), 0),
      )
    },
    countRight: (outputs, batch, extent) => {
      const shares = sharesOf(batch, extent)
      return count(extent.rows, (row) => {
        const from = row * extent.columns
        return (
          indexOfLargest(outputs, from, extent.columns) ===
          indexOfLargest(shares, from, extent.columns)
        )
      })
    },
  },
  binary: {
    type: 'float',
    width: () => 1,
    encode: binaryOf,
    weigh: (batch, extent, [negative = 1, positive = 1]) =>
      binaryOf(batch, extent).map((share) => negative + share * (positive - negative)),
    countRight: (outputs, batch, extent) => {
      const expected = binaryOf(batch, extent)
      // A logit above 0 is a probability above ½.
      return count(extent.rows, (row) => outputs[row]! > 0 === expected[row]! > 0.5)
    },
  },
  numbers: {
    type: 'float',
    width: (columns) => columns,
    encode: (batch, { rows, columns }) => checkedNumbers(batch, rows, columns),
    weigh: unweighed,
    countRight: null,
  },
}
