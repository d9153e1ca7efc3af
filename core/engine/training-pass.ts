import { Cache } from './cache.ts'
import type { Batch, StepResult, StepSettings } from './engine.ts'
import type { Feeder } from './feeds.ts'
import { BATCH, FEED, FETCH, GRADIENT, trainingModel } from './models.ts'
import type { Masks } from './masks.ts'
import { arraysOfPack } from './pack.ts'
import { floatTensor, readScalar, scalarArray } from './runtime.ts'
import type { Setting } from './setting.ts'
import type { SignList } from './vitals.ts'

/** A full batch, an epoch's short last one, and a nudge of the batch size there and back. */
const KEPT_MODELS = 4

/** Vital signs are seldom taken, and mostly of full batches. */
const KEPT_WITH_VITALS = 2

/** Models are kept by batch size, with λ and without. */
const keyOf = (batchSize: number, l2: number): number => 2 * batchSize + (l2 === 0 ? 0 : 1)

/** A step computed and not yet taken. */
export interface PendingStep {
  readonly result: StepResult
  readonly vitals: { readonly signs: SignList; readonly values: Float32Array } | null
}

/** 0 · x is 0 of what is finite and NaN of the rest: 1 µs per thousand numbers, `every` takes 6. */
function areFinite(values: Float32Array): boolean {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += 0 * values[index]!
  return sum === 0
}

/** Forward and backward. Gradients and the batch's statistics end in memory. */
export function createTrainingPass(setting: Setting, feeder: Feeder, masks: Masks) {
  const { memory, runtime } = setting
  // What the cost may not show: it sums the squares of weights alone, a ReLU makes 0 of −∞, and a batch
  // norm divides by an infinite deviation.
  const hidden = [memory.parameters.subarray(memory.weightsEnd), memory.batchStatistics]
  const cost = scalarArray()
  const dataCost = scalarArray()
  const gradientSquares = scalarArray()
  const l2 = new Float32Array(1)
  const l2Tensor = floatTensor(l2, [])
  const results = {
    [FETCH.cost]: cost,
    [FETCH.dataCost]: dataCost,
    [FETCH.gradientSquares]: gradientSquares,
    ...arraysOfPack(memory.parameterPack, GRADIENT, memory.gradients),
    ...arraysOfPack(memory.statisticPack, BATCH, memory.batchStatistics),
  }
  const plain = new Cache(KEPT_MODELS, (key) => {
    const options = { vitals: false, hasL2: key % 2 === 1 }
    return runtime.compile(trainingModel(setting, Math.floor(key / 2), options).graph, results)
  })
  const watching = new Cache(KEPT_WITH_VITALS, async (batchSize) => {
    const { graph, signs } = trainingModel(setting, batchSize, {
      vitals: true,
      hasL2: true,
    })
    if (signs === null) throw new Error('the model has no vital signs')
    const values = new Float32Array(signs.names.length)
    const vitals = { values, shape: [values.length] }
    const model = await runtime.compile(graph, { ...results, [FETCH.vitals]: vitals })
    return { ...model, vitals: { signs, values } }
  })
  return {
    async prepare(batchSizes: readonly number[], expected = l2[0] ?? 0): Promise<void> {
      l2[0] = expected
      for (const batchSize of batchSizes) await plain.get(keyOf(batchSize, expected))
    },
    isPrepared: (batchSize: number, expected = l2[0] ?? 0): boolean =>
      plain.has(keyOf(batchSize, expected)),
    async run(batch: Batch, settings: StepSettings): Promise<PendingStep> {
      l2[0] = settings.l2
      const feeds = {
        ...feeder.parameters,
        ...feeder.x(batch),
        ...feeder.target(batch),
        ...masks.fill(batch.count, settings),
        [FEED.l2]: l2Tensor,
      }
      let vitals: PendingStep['vitals'] = null
      if (settings.vitals) {
        const model = await watching.get(batch.count)
        await model.run(feeds)
        vitals = model.vitals
      } else {
        const model = await plain.get(keyOf(batch.count, settings.l2))
        await model.run(feeds)
      }
      const result = {
        cost: hidden.every(areFinite) ? readScalar(cost) : NaN,
        dataCost: readScalar(dataCost),
        // A square beyond float32 could not be kept as a moment either: such a step counts as not finite.
        gradientNorm: Math.fround(Math.sqrt(readScalar(gradientSquares))),
      }
      return { result, vitals }
    },
    async release(): Promise<void> {
      await plain.clear()
      await watching.clear()
    },
  }
}
