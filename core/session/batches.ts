import { gatherBatch } from '../data/batch.ts'
import type { Split } from '../data/dataset.ts'
import type { Batch } from '../engine/engine.ts'

/** Examples per evaluation batch: large enough for full speed, small enough to stay in cache. */
const EVALUATION_BATCH = 500

/** The numbers of the first `count` examples, in order. */
export const firstRows = (count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, index) => index)

/** Every example of a split once, in order, a batch at a time. */
export function* batchesOf(split: Split): Generator<Batch> {
  const rows = firstRows(split.count)
  for (let from = 0; from < split.count; from += EVALUATION_BATCH) {
    yield gatherBatch(split, rows, from, Math.min(EVALUATION_BATCH, split.count - from))
  }
}
