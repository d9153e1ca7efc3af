import { LOSS_TABLE } from '../nn/losses.ts'
import type { Batch, EngineSpec } from './engine.ts'
import type { Memory } from './memory.ts'
import { FEED } from './models.ts'
import { floatTensor, intTensor } from './runtime.ts'
import type { Feeds } from './runtime.ts'
import { TARGETS } from './targets.ts'

export type Feeder = (batch: Batch) => Feeds

export const outputsOf = ({ network }: EngineSpec): number => network.layers.at(-1)?.units ?? 0

/** Turns batches into what a model takes: the parameters as they are then, the features, the target. */
export function createFeeder(spec: EngineSpec, memory: Memory): Feeder {
  const { features, loss } = spec
  const target = TARGETS[LOSS_TABLE[loss].target]
  const outputs = outputsOf(spec)
  const columns = target.columns(outputs)
  // Views, not copies: an update in place is seen by the next run.
  const parameters = Object.fromEntries(
    memory
      .views(memory.parameters)
      .map(({ parameter: { name, shape }, values }) => [name, floatTensor(values, shape)]),
  )
  return (batch) => {
    if (batch.x.length !== batch.count * features) {
      throw new Error(`${batch.x.length} values for ${batch.count} × ${features} features`)
    }
    const encoded = target.encode(batch, outputs)
    const shape = [batch.count, columns]
    return {
      ...parameters,
      [FEED.x]: floatTensor(batch.x, [batch.count, features]),
      [FEED.target]:
        encoded instanceof Int32Array ? intTensor(encoded, shape) : floatTensor(encoded, shape),
    }
  }
}
