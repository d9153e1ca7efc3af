import { PandaError } from '../errors.ts'
import { Cache } from './cache.ts'
import type { Batch, EngineEvaluation } from './engine.ts'
import type { Feeder } from './feeds.ts'
import { FETCH, evaluationModel, predictionModel } from './models.ts'
import { readScalar, scalarArray } from './runtime.ts'
import type { ShapedArray } from './runtime.ts'
import { columnsOf, positionsOf, targetOf } from './setting.ts'
import type { Setting } from './setting.ts'

/** A full batch and a short last one. */
const KEPT_MODELS = 2

const outputsFor = ({ plan }: Setting, batchSize: number): ShapedArray => {
  const shape = [batchSize, ...plan.outputShape]
  return { values: new Float32Array(batchSize * positionsOf(plan) * columnsOf(plan)), shape }
}

/** Forward only, over any number of batches of any size. */
export function createEvaluationPass(setting: Setting, feeder: Feeder) {
  const { spec, plan, runtime } = setting
  const columns = columnsOf(plan)
  const { countRight } = targetOf(spec)
  const models = new Cache(KEPT_MODELS, async (batchSize) => {
    const dataCost = scalarArray()
    const weightSquares = scalarArray()
    const outputs = outputsFor(setting, batchSize)
    const model = await runtime.compile(evaluationModel(setting, batchSize), {
      [FETCH.dataCost]: dataCost,
      [FETCH.weightSquares]: weightSquares,
      [FETCH.outputs]: outputs,
    })
    return { ...model, dataCost, weightSquares, outputs: outputs.values }
  })
  return {
    async run(batches: Iterable<Batch>, l2: number): Promise<EngineEvaluation> {
      let answers = 0
      let right = 0
      let mass = 0
      let costSum = 0
      let weightSquares = 0
      for (const batch of batches) {
        const feeds = {
          ...feeder.parameters,
          ...feeder.statistics,
          ...feeder.x(batch),
          ...feeder.target(batch),
        }
        const model = await models.get(batch.count)
        await model.run(feeds)
        const rows = batch.count * positionsOf(plan)
        const share = feeder.weigh(batch)
        answers += rows
        mass += share
        costSum += readScalar(model.dataCost) * share
        weightSquares = readScalar(model.weightSquares)
        right += countRight?.(model.outputs, batch, { rows, columns }) ?? 0
      }
      if (answers === 0) throw new PandaError('engine/failed', 'there is nothing to evaluate on')
      const dataCost = costSum / mass
      return {
        cost: dataCost + (l2 / 2) * weightSquares,
        dataCost,
        accuracy: countRight === null ? null : right / answers,
      }
    },
    release: () => models.clear(),
  }
}

/** Forward only, without asking what would be right. */
export function createPredictionPass(setting: Setting, feeder: Feeder) {
  const models = new Cache(KEPT_MODELS, async (batchSize) => {
    const outputs = outputsFor(setting, batchSize)
    const graph = predictionModel(setting, batchSize)
    const model = await setting.runtime.compile(graph, { [FETCH.outputs]: outputs })
    return { ...model, outputs: outputs.values }
  })
  return {
    async run(batch: Batch): Promise<Float32Array> {
      const feeds = { ...feeder.parameters, ...feeder.statistics, ...feeder.x(batch) }
      const model = await models.get(batch.count)
      await model.run(feeds)
      return model.outputs.slice()
    },
    release: () => models.clear(),
  }
}
