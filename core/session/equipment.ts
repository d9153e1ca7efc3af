import type { Dataset } from '../data/dataset.ts'
import type { Engine } from '../engine/engine.ts'
import type { EngineFacts } from '../store/run.ts'

/** What a session needs to train. Made when first needed: reading and nudging a resting run needs none. */
export interface Equipment {
  readonly engine: Engine
  readonly engineFacts: EngineFacts
  readonly dataset: Dataset
  /** Another engine like it, to replay with while the run stays where it is. */
  readonly createTwin: () => Promise<Engine>
}
