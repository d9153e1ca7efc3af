import { gatherBatch } from '../../data/batch.ts'
import type { Dataset } from '../../data/dataset.ts'
import type { Batch, EngineSpec } from '../../engine/engine.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type { Hyperparameters } from '../../protocol/hyperparameters.ts'
import { permutation } from '../../random/index.ts'

/** A run as it would take its first step: what the checks before it are made with. */
export interface Candidate {
  readonly config: RunConfig
  readonly spec: EngineSpec
  readonly dataset: Dataset
  readonly knobs: Hyperparameters
}

/** The first `count` examples of the first epoch, or all there are. */
export function firstExamples({ dataset, config }: Candidate, count: number): Batch {
  const { train } = dataset
  const order = permutation(train.count, config.seed, 0, 0)
  return gatherBatch(train, order, 0, Math.min(count, train.count))
}
