import { gatherBatch } from '../../core/data/batch.ts'
import type { GatheredBatch } from '../../core/data/batch.ts'
import type { Split } from '../../core/data/dataset.ts'
import { createEngine } from '../../core/engine/engine.ts'
import type { Engine } from '../../core/engine/engine.ts'
import { defaultHyperparameters } from '../../core/protocol/recipe.ts'
import { normal, permutation, uniform } from '../../core/random/index.ts'
import type { Side } from './child.ts'
import type { Task } from './tasks.ts'

const KNOBS = defaultHyperparameters({
  optimizer: 'adam',
  schedule: 'constant',
  hasLiveDropout: true,
})

/** Random examples of a task, as a split of a dataset. */
function drawSplit({ input, classes, count, batches }: Task, positions: number): Split {
  const examples = count * batches
  const size = input.shape.reduce((product, length) => product * length, 1)
  const { vocabulary } = input
  const draw = (at: number): number =>
    vocabulary === null ? normal(1, 0, at) : Math.floor(uniform(1, 0, at) * vocabulary)
  return {
    count: examples,
    x: Float32Array.from({ length: examples * size }, (_, at) => draw(at)),
    labels: Int32Array.from({ length: examples * positions }, (_, at) =>
      Math.floor(uniform(1, 1, at) * classes),
    ),
    targets: null,
  }
}

/** Panda's engine, in this process: gathering a batch, the gradients, the update. */
export function openPanda(threads: number): Side {
  let engine: Engine | null = null
  let step = 0
  let take: () => GatheredBatch = () => {
    throw new Error('nothing was built')
  }
  const release = async () => {
    await engine?.dispose()
    engine = null
  }
  return {
    async build(task) {
      await release()
      engine = await createEngine({
        network: task.network,
        loss: {
          name: 'sparse_categorical_cross_entropy',
          classWeights: null,
          labelSmoothing: 0,
          huberDelta: 1,
        },
        optimizer: 'adam',
        input: task.input,
        classes: task.classes,
        seed: 1,
        threads,
      })
      const { outputShape } = engine.plan
      const split = drawSplit(task, outputShape.length === 2 ? (outputShape[0] ?? 1) : 1)
      const order = permutation(split.count, 1, 0, 0)
      let batch: GatheredBatch | undefined
      take = () => {
        const from = (step % task.batches) * task.count
        return (batch = gatherBatch(split, order, from, task.count, batch))
      }
      await engine.prepare([task.count], 0)
      return { parameters: engine.parameterCount, kernels: null }
    },
    async run(steps) {
      if (engine === null) throw new Error('nothing was built')
      const startedAt = performance.now()
      for (let done = 0; done < steps; done++, step++) {
        await engine.computeGradients(take(), { step, l2: 0, dropout: 0.2, vitals: false })
        engine.applyUpdate(KNOBS, 0.001)
      }
      return (performance.now() - startedAt) / 1000
    },
    close: release,
  }
}
