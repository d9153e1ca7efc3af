import type { EngineSpec } from '../engine/engine.ts'
import type { LossSpec } from '../nn/losses.ts'
import { inputSpecOf } from '../nn/plan.ts'
import type { RunConfig } from '../protocol/config.ts'
import type { DataFacts } from '../store/run.ts'

const lossOf = (config: RunConfig): LossSpec => ({
  name: config.loss,
  classWeights: config.class_weights ?? null,
  labelSmoothing: config.label_smoothing,
  huberDelta: config.huber_delta,
})

/** What the engine of a run is made from, all but its number of threads. */
export const engineSpecOf = (
  config: RunConfig,
  facts: Pick<DataFacts, 'featureShape' | 'vocabulary' | 'classes'>,
): Omit<EngineSpec, 'threads'> => ({
  network: config.network,
  loss: lossOf(config),
  optimizer: config.optimizer,
  input: inputSpecOf(facts.featureShape, facts.vocabulary),
  classes: facts.classes,
  seed: config.seed,
})
