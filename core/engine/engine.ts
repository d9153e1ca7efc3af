import { checkModel } from '../nn/check.ts'
import { listParameters } from '../nn/parameters.ts'
import { OPTIMIZERS } from '../optim/optimizers.ts'
import type { LossName, NetworkConfig } from '../protocol/config.ts'
import type { Hyperparameters, OptimizerName } from '../protocol/hyperparameters.ts'
import { createFeeder } from './feeds.ts'
import { allocateMemory, copyState, initialise, restoreState } from './memory.ts'
import { createEvaluationPass, createTrainingPass } from './passes.ts'
import { RUNTIME_DESCRIPTION, openRuntime } from './runtime.ts'
import type { RunHooks } from './runtime.ts'

export interface EngineSpec {
  readonly network: NetworkConfig
  readonly loss: LossName
  readonly optimizer: OptimizerName
  readonly features: number
  readonly classes: number | null
  readonly seed: number
  readonly threads: number
}

export interface Batch {
  readonly count: number
  /** count × features, row by row. */
  readonly x: Float32Array
  /** Class ids. */
  readonly labels: Int32Array | null
  /** count × outputs: what a regression aims at. */
  readonly targets: Float32Array | null
}

/** `cost` is J, with λ/2‖W‖²; `gradientNorm` is Infinity too where its square overflows float32. */
export interface StepResult {
  readonly cost: number
  readonly dataCost: number
  readonly gradientNorm: number
}

export interface StateBuffer {
  readonly name: string
  readonly shape: readonly number[]
  readonly role: 'parameter' | 'moment'
  readonly values: Float32Array
}

export interface EngineState {
  readonly buffers: readonly StateBuffer[]
  readonly scalars: Readonly<Record<string, number>>
}

export interface EngineEvaluation {
  readonly cost: number
  readonly dataCost: number
  readonly accuracy: number | null
}

export interface Engine {
  readonly parameterCount: number
  /** What computes, for the journal: the same bits are promised only under the same description. */
  readonly description: string
  /** Compiles training for these batch sizes. The last few stay compiled. */
  prepare(batchSizes: readonly number[]): Promise<void>
  isPrepared(batchSize: number): boolean
  /** Leaves the parameters as they are: whether the step is taken is the caller's decision. */
  computeGradients(batch: Batch, l2: number): Promise<StepResult>
  /** Takes the step whose gradients were computed last. */
  applyUpdate(hyperparameters: Hyperparameters, learningRate: number): void
  evaluate(batches: Iterable<Batch>, l2: number): Promise<EngineEvaluation>
  /** A copy: later steps do not touch it. */
  exportState(): EngineState
  importState(state: EngineState): void
  dispose(): Promise<void>
}

/** An engine with freshly initialised parameters. Throws `engine/invalid-model` where parts do not fit. */
export async function createEngine(spec: EngineSpec, hooks: RunHooks = {}): Promise<Engine> {
  checkModel(spec.network, spec.loss, spec.features, spec.classes)
  const memory = allocateMemory(listParameters(spec.network, spec.features), spec.optimizer)
  initialise(memory, spec.network, spec.seed)
  const runtime = await openRuntime(spec.threads, hooks)
  const feedsOf = createFeeder(spec, memory)
  const training = createTrainingPass(spec, memory, runtime, feedsOf)
  const evaluation = createEvaluationPass(spec, runtime, feedsOf)
  let hasGradients = false

  return {
    parameterCount: memory.parameters.length,
    description: RUNTIME_DESCRIPTION,
    prepare: training.prepare,
    isPrepared: training.isPrepared,
    async computeGradients(batch, l2) {
      hasGradients = false
      const result = await training.run(batch, l2)
      hasGradients = true
      return result
    },
    applyUpdate(hyperparameters, learningRate) {
      if (!hasGradients) throw new Error('there are no gradients to update with')
      hasGradients = false
      OPTIMIZERS[spec.optimizer].update(memory, hyperparameters, learningRate)
      memory.scalars.updates = (memory.scalars.updates ?? 0) + 1
    },
    evaluate: evaluation.run,
    exportState: () => copyState(memory),
    importState(state) {
      hasGradients = false
      restoreState(memory, state)
    },
    async dispose() {
      await training.release()
      await evaluation.release()
    },
  }
}
