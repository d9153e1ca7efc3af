import { checkModel } from '../nn/check.ts'
import type { LossSpec } from '../nn/losses.ts'
import { countParameters, planNetwork } from '../nn/plan.ts'
import type { InputSpec, NetworkPlan } from '../nn/plan.ts'
import type { Hyperparameters, OptimizerName } from '../protocol/hyperparameters.ts'
import type { NetworkConfig } from '../protocol/network.ts'
import { createFeeder } from './feeds.ts'
import { createEvaluationPass, createPredictionPass } from './inference-passes.ts'
import { createMasks } from './masks.ts'
import { allocateMemory, initialise } from './memory.ts'
import type { EngineOptions } from './options.ts'
import { RUNTIME_DESCRIPTION, openRuntime } from './runtime.ts'
import type { RunHooks } from './runtime.ts'
import { copyState, restoreState } from './state.ts'
import { createTrainingPass } from './training-pass.ts'
import type { PendingStep } from './training-pass.ts'
import { createUpdate } from './update.ts'

/** Everything that decides what an engine computes. The same spec and state give the same bits. */
export interface EngineSpec {
  readonly network: NetworkConfig
  readonly loss: LossSpec
  readonly optimizer: OptimizerName
  readonly input: InputSpec
  /** How many classes the labels tell apart; null where the data has numbers to aim at. */
  readonly classes: number | null
  readonly seed: number
  readonly threads: number
}

export interface Batch {
  readonly count: number
  /** count × the input's size, example by example. Ids too stand here as floats. */
  readonly x: Float32Array
  /** count × positions class ids: one per example, or one per place of a sequence. */
  readonly labels: Int32Array | null
  /** count × positions × outputs: what a regression aims at. */
  readonly targets: Float32Array | null
}

export interface StepSettings {
  /** Steps completed. With the seed it decides the dropout masks. */
  readonly step: number
  readonly l2: number
  /** The rate of those dropout layers that have none of their own. */
  readonly dropout: number
  /** Take vital signs too. */
  readonly vitals: boolean
}

/**
 * `cost` is J, with λ/2‖W‖², and NaN too where a parameter or a statistic of the batch is not finite.
 * `gradientNorm` is Infinity too where its square overflows float32.
 */
export interface StepResult {
  readonly cost: number
  readonly dataCost: number
  readonly gradientNorm: number
}

export interface LayerVitals {
  /** As in the names of its parameters: `layer3`, `layer5.1`. */
  readonly layer: string
  readonly preActivationMean: number
  readonly preActivationDeviation: number
  /** Share of a ReLU's units (features, channels) that were 0 for the whole batch; null for others. */
  readonly deadShare: number | null
}

export interface ParameterVitals {
  readonly name: string
  /** ‖g‖ of the whole cost J, before clipping. */
  readonly gradientNorm: number
  /** ‖W‖ before the step. */
  readonly weightNorm: number
  /** ‖ΔW‖ ÷ ‖W‖ of the step just applied; 0 where W was all zeros, as biases are at first. */
  readonly updateRatio: number
}

/** Signs of health of one step. */
export interface Vitals {
  readonly layers: readonly LayerVitals[]
  readonly parameters: readonly ParameterVitals[]
}

export interface StateBuffer {
  /** `layer1.weight`, `layer1.weight/velocity`, `layer1.running_mean`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly role: 'parameter' | 'moment' | 'statistic'
  readonly values: Float32Array
}

/** All that training needs to go on with the same bits, but for data and hyperparameters. */
export interface EngineState {
  readonly buffers: readonly StateBuffer[]
  readonly scalars: Readonly<Record<string, number>>
}

export interface EngineEvaluation {
  readonly cost: number
  readonly dataCost: number
  readonly accuracy: number | null
}

/** A network under training. One call at a time: each must have ended before the next begins. */
export interface Engine {
  readonly plan: NetworkPlan
  readonly parameterCount: number
  /**
   * Engine, version, opset, optimisation level, blocks of channels in convolutions, kernels: the same
   * bits are promised only under the same.
   */
  readonly description: string
  /**
   * Compiles training for these batch sizes. The last few stay compiled. Whether λ is 0 makes a
   * difference; `l2` is that of the last step unless it is given.
   */
  prepare(batchSizes: readonly number[], l2?: number): Promise<void>
  /** Is training compiled for this batch size, and for `l2` (by default that of the last step)? */
  isPrepared(batchSize: number, l2?: number): boolean
  /**
   * Cost and gradients of a batch. Leaves parameters, moments and running statistics as they are:
   * whether the step is taken is the caller's decision. Throws `data/bad-value` for labels or ids
   * that do not exist.
   */
  computeGradients(batch: Batch, settings: StepSettings): Promise<StepResult>
  /**
   * Takes the step whose gradients were computed last: clipping (clip_norm), the optimizer's update, the
   * running statistics. Answers the step's vital signs if they were asked for.
   */
  applyUpdate(hyperparameters: Hyperparameters, learningRate: number): Vitals | null
  /** Cost and accuracy in inference mode, over all the batches together. Changes nothing. */
  evaluate(batches: Iterable<Batch>, l2: number): Promise<EngineEvaluation>
  /** Raw outputs (logits), count × outputs, in inference mode. Labels and targets may be null. */
  predict(batch: Batch): Promise<Float32Array>
  /** A copy: later steps do not touch it. */
  exportState(): EngineState
  /** Throws `engine/invalid-model`, and changes nothing, where the state is not this network's. */
  importState(state: EngineState): void
  dispose(): Promise<void>
}

/** An engine with freshly initialised parameters. Throws `engine/invalid-model` where parts do not fit. */
export async function createEngine(
  spec: EngineSpec,
  hooks: RunHooks = {},
  options: EngineOptions = {},
): Promise<Engine> {
  const plan = planNetwork(spec.network, spec.input)
  checkModel(plan, spec.loss, spec.network, spec.classes)
  const memory = allocateMemory(plan, spec.optimizer, options)
  initialise(memory, plan, spec.network.initialiser, spec.seed)
  const runtime = await openRuntime(spec.threads, hooks, options)
  const setting = { spec, plan, memory, runtime }
  const feeder = createFeeder(setting)
  const masks = createMasks(plan, spec.seed, options.kernels)
  const training = createTrainingPass(setting, feeder, masks)
  const evaluation = createEvaluationPass(setting, feeder)
  const prediction = createPredictionPass(setting, feeder)
  const update = createUpdate(setting)
  let waiting: PendingStep | null = null

  return {
    plan,
    parameterCount: countParameters(plan.parameters),
    description: `${RUNTIME_DESCRIPTION}, blocks ${runtime.block ?? 'none'}, kernels ${memory.kernels.name}`,
    prepare: training.prepare,
    isPrepared: (batchSize, l2) => training.isPrepared(batchSize, l2),
    async computeGradients(batch, settings) {
      waiting = null
      waiting = await training.run(batch, settings)
      return waiting.result
    },
    applyUpdate(hyperparameters, learningRate) {
      if (waiting === null) throw new Error('there are no gradients to update with')
      const step = waiting
      waiting = null
      return update(step, hyperparameters, learningRate)
    },
    evaluate: evaluation.run,
    predict: prediction.run,
    exportState: () => copyState(plan, memory),
    importState(state) {
      waiting = null
      restoreState(plan, memory, state)
    },
    async dispose() {
      waiting = null
      await training.release()
      await evaluation.release()
      await prediction.release()
    },
  }
}
