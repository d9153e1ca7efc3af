import { PandaError } from '../errors.ts'
import { LOSS_TABLE } from '../nn/losses.ts'
import { Cache } from './cache.ts'
import type { Batch, EngineEvaluation, EngineSpec, StepResult } from './engine.ts'
import { outputsOf } from './feeds.ts'
import type { Feeder } from './feeds.ts'
import type { Memory } from './memory.ts'
import { FEED, FETCH, evaluationModel, gradientOf, trainingModel } from './models.ts'
import { floatTensor } from './runtime.ts'
import type { Runtime } from './runtime.ts'
import { TARGETS } from './targets.ts'

/** A full batch, an epoch's short last one, and a nudge of the batch size there and back. */
const KEPT_MODELS = 4

const scalar = () => ({ values: new Float32Array(1), shape: [] })
const read = ({ values }: { readonly values: Float32Array }): number => values[0] ?? NaN

/** Forward and backward. The gradients end in `memory.gradients`. */
export function createTrainingPass(
  spec: EngineSpec,
  memory: Memory,
  runtime: Runtime,
  feedsOf: Feeder,
) {
  const cost = scalar()
  const dataCost = scalar()
  const gradientSquares = scalar()
  const gradients = memory
    .views(memory.gradients)
    .map(({ parameter: { name, shape }, values }) => [gradientOf(name), { values, shape }] as const)
  const models = new Cache(KEPT_MODELS, (batchSize) =>
    runtime.load(trainingModel(spec, batchSize), {
      [FETCH.cost]: cost,
      [FETCH.dataCost]: dataCost,
      [FETCH.gradientSquares]: gradientSquares,
      ...Object.fromEntries(gradients),
    }),
  )
  return {
    async prepare(batchSizes: readonly number[]): Promise<void> {
      for (const batchSize of batchSizes) await models.get(batchSize)
    },
    isPrepared: (batchSize: number): boolean => models.has(batchSize),
    async run(batch: Batch, l2: number): Promise<StepResult> {
      const feeds = { ...feedsOf(batch), [FEED.l2]: floatTensor(Float32Array.of(l2), []) }
      const model = await models.get(batch.count)
      await model.run(feeds)
      return {
        cost: read(cost),
        dataCost: read(dataCost),
        // A square beyond float32 could not be kept as a moment either: such a step counts as not finite.
        gradientNorm: Math.fround(Math.sqrt(read(gradientSquares))),
      }
    },
    release: () => models.clear(),
  }
}

/** Forward only, over any number of batches of any size. */
export function createEvaluationPass(spec: EngineSpec, runtime: Runtime, feedsOf: Feeder) {
  const columns = outputsOf(spec)
  const { countRight } = TARGETS[LOSS_TABLE[spec.loss].target]
  const models = new Cache(KEPT_MODELS, async (batchSize) => {
    const dataCost = scalar()
    const weightSquares = scalar()
    const outputs = {
      values: new Float32Array(batchSize * columns),
      shape: [batchSize, columns],
    }
    const model = await runtime.load(evaluationModel(spec, batchSize), {
      [FETCH.dataCost]: dataCost,
      [FETCH.weightSquares]: weightSquares,
      [FETCH.outputs]: outputs,
    })
    return { ...model, dataCost, weightSquares, outputs: outputs.values }
  })
  return {
    async run(batches: Iterable<Batch>, l2: number): Promise<EngineEvaluation> {
      let examples = 0
      let right = 0
      let costSum = 0
      let weightSquares = 0
      for (const batch of batches) {
        const feeds = feedsOf(batch)
        const model = await models.get(batch.count)
        await model.run(feeds)
        examples += batch.count
        costSum += read(model.dataCost) * batch.count
        weightSquares = read(model.weightSquares)
        right += countRight?.(model.outputs, batch, columns) ?? 0
      }
      if (examples === 0) throw new PandaError('engine/failed', 'there is nothing to evaluate on')
      const dataCost = costSum / examples
      return {
        cost: dataCost + (l2 / 2) * weightSquares,
        dataCost,
        accuracy: countRight === null ? null : right / examples,
      }
    },
    release: () => models.clear(),
  }
}
