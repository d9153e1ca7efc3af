import { PandaError } from '../errors.ts'
import type { Batch } from './engine.ts'
import { FEED } from './models.ts'
import { feedsOfPack } from './pack.ts'
import { floatTensor, intTensor } from './runtime.ts'
import type { Feeds } from './runtime.ts'
import { columnsOf, positionsOf, targetOf } from './setting.ts'
import type { Setting } from './setting.ts'
import { sizeOf } from '../tape/shapes.ts'

export interface Feeder {
  /** The parameters as they will be when the model runs. */
  readonly parameters: Feeds
  /** The running statistics as they will be when the model runs. */
  readonly statistics: Feeds
  /** Throws `data/bad-value` for an id that is not in the vocabulary. */
  readonly x: (batch: Batch) => Feeds
  /** Throws `data/bad-value` for labels that are missing or out of range. */
  readonly target: (batch: Batch) => Feeds
  /** How much a batch counts in a mean over batches: rows, or the sum of their class weights. */
  readonly weigh: (batch: Batch) => number
}

/** Ids stand in a batch as floats; out of range, ONNX Runtime would fail without saying which. */
function checkedIds(x: Float32Array, vocabulary: number): Int32Array {
  const wrong = x.find((id) => !(id >= 0 && id < vocabulary && Number.isInteger(id)))
  if (wrong !== undefined) {
    throw new PandaError(
      'data/bad-value',
      `id ${wrong} is not one of the vocabulary's ${vocabulary}`,
    )
  }
  return Int32Array.from(x)
}

/** Turns batches into what a model takes. */
export function createFeeder({ spec, plan, memory }: Setting): Feeder {
  const { shape, vocabulary } = plan.input
  const size = sizeOf(shape)
  const target = targetOf(spec)
  const columns = columnsOf(plan)
  const width = target.width(columns)
  const { classWeights } = spec.loss
  const extentOf = ({ count }: Batch) => ({ rows: count * positionsOf(plan), columns })
  return {
    parameters: feedsOfPack(memory.parameterPack, memory.parameters),
    statistics: feedsOfPack(memory.statisticPack, memory.statistics),
    x({ count, x }) {
      if (x.length !== count * size) {
        throw new Error(`${x.length} values for ${count} × [${shape}] features`)
      }
      const whole = [count, ...shape]
      return {
        [FEED.x]:
          vocabulary === null ? floatTensor(x, whole) : intTensor(checkedIds(x, vocabulary), whole),
      }
    },
    target(batch) {
      const extent = extentOf(batch)
      const encoded = target.encode(batch, extent)
      const whole = [extent.rows, width]
      const feeds = {
        [FEED.target]:
          encoded instanceof Int32Array ? intTensor(encoded, whole) : floatTensor(encoded, whole),
      }
      if (classWeights === null) return feeds
      const weights = target.weigh(batch, extent, classWeights)
      return { ...feeds, [FEED.weight]: floatTensor(weights, [extent.rows, 1]) }
    },
    weigh(batch) {
      const extent = extentOf(batch)
      if (classWeights === null) return extent.rows
      return target.weigh(batch, extent, classWeights).reduce((sum, weight) => sum + weight, 0)
    },
  }
}
