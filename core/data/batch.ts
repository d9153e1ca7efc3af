import type { Split } from './dataset.ts'

/** The examples of one step, gathered into arrays of their own. */
export interface GatheredBatch {
  readonly count: number
  readonly x: Float32Array
  /** Class ids, one after another: one per example, or one per place of a sequence. */
  readonly labels: Int32Array | null
  readonly targets: Float32Array | null
}

/** Copies the examples order[from … from + count) of a split; into `into`, if it has that size. */
export function gatherBatch(
  split: Split,
  order: Uint32Array,
  from: number,
  count: number,
  into?: GatheredBatch,
): GatheredBatch {
  if (from < 0 || count < 1 || from + count > order.length) {
    throw new Error(`no examples ${from} to ${from + count} among ${order.length}`)
  }
  const features = split.x.length / split.count
  const answers = (split.labels?.length ?? split.count) / split.count
  const batch =
    into?.count === count && into.x.length === count * features
      ? into
      : {
          count,
          x: new Float32Array(count * features),
          labels: split.labels && new Int32Array(count * answers),
          targets: split.targets && new Float32Array(count),
        }
  for (let at = 0; at < count; at++) {
    const row = order[from + at]!
    if (row >= split.count) throw new Error(`no example ${row} among ${split.count}`)
    batch.x.set(split.x.subarray(row * features, (row + 1) * features), at * features)
    if (batch.labels && split.labels) {
      batch.labels.set(split.labels.subarray(row * answers, (row + 1) * answers), at * answers)
    }
    if (batch.targets && split.targets) batch.targets[at] = split.targets[row]!
  }
  return batch
}
