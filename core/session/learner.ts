import { gatherBatch } from '../data/batch.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Engine } from '../engine/engine.ts'
import type { Hyperparameters } from '../protocol/hyperparameters.ts'
import { permutation } from '../random/index.ts'
import { learningRateAt, valueOf } from './knobs.ts'
import { epochOf, nextBatch } from './position.ts'
import type { Position } from './position.ts'
import type { TrainingState } from './training-state.ts'

/** The stream of the run's one seed that orders its epochs. */
const ORDER_STREAM = 0

export interface StepMeasure {
  readonly cost: number
  readonly dataCost: number
  readonly gradientNorm: number
}

/** A step either reached the weights or, because it was not finite, was kept from them. */
export type StepOutcome =
  | ({
      readonly kind: 'applied'
      readonly before: Position
      readonly learningRate: number
    } & StepMeasure)
  | ({ readonly kind: 'refused' } & StepMeasure)

export interface Evaluation {
  readonly cost: number
  readonly accuracy: number | null
}

/** Examples per evaluation batch: large enough for full speed, small enough to stay in cache. */
const EVALUATION_BATCH = 500

/** What learns: an engine, its data, the place in them and the knobs in force. Knows no files and no clock. */
export class Learner {
  readonly #engine: Engine
  readonly #dataset: Dataset
  readonly #seed: number
  #position: Position
  #order: { readonly epochIndex: number; readonly indices: Uint32Array } | null = null
  knobs: Hyperparameters

  constructor(engine: Engine, dataset: Dataset, seed: number, state: TrainingState) {
    this.#engine = engine
    this.#dataset = dataset
    this.#seed = seed
    engine.importState(state.engine)
    this.#position = state.position
    this.knobs = state.knobs
  }

  get position(): Position {
    return this.#position
  }

  get trainExamples(): number {
    return this.#dataset.train.count
  }

  get epoch(): number {
    return epochOf(this.#position, this.trainExamples)
  }

  capture(): TrainingState {
    return { position: this.#position, knobs: this.knobs, engine: this.#engine.exportState() }
  }

  restore(state: TrainingState): void {
    this.#engine.importState(state.engine)
    this.#position = state.position
    this.knobs = state.knobs
  }

  /** One mini-batch. A step whose cost or gradient norm is not finite never reaches the weights. */
  async step(): Promise<StepOutcome> {
    const before = this.#position
    const { epochIndex, from, count } = nextBatch(
      before,
      this.trainExamples,
      valueOf(this.knobs, 'batch_size'),
    )
    if (!this.#engine.isPrepared(count)) await this.#engine.prepare([count])
    const batch = gatherBatch(this.#dataset.train, this.#orderOf(epochIndex), from, count)
    const { cost, dataCost, gradientNorm } = await this.#engine.computeGradients(
      batch,
      valueOf(this.knobs, 'l2'),
    )
    if (!Number.isFinite(cost) || !Number.isFinite(gradientNorm)) {
      return { kind: 'refused', cost, dataCost, gradientNorm }
    }
    const learningRate = learningRateAt(this.knobs, this.epoch)
    this.#engine.applyUpdate(this.knobs, learningRate)
    this.#position = { step: before.step + 1, samplesSeen: before.samplesSeen + count }
    return { kind: 'applied', before, learningRate, cost, dataCost, gradientNorm }
  }

  /** Cost and accuracy on the dev set, as it is now. Changes nothing. */
  async evaluate(): Promise<Evaluation> {
    const { cost, accuracy } = await this.#engine.evaluate(
      this.#devBatches(),
      valueOf(this.knobs, 'l2'),
    )
    return { cost, accuracy }
  }

  *#devBatches() {
    const { dev } = this.#dataset
    const inOrder = Uint32Array.from({ length: dev.count }, (_, index) => index)
    for (let from = 0; from < dev.count; from += EVALUATION_BATCH) {
      yield gatherBatch(dev, inOrder, from, Math.min(EVALUATION_BATCH, dev.count - from))
    }
  }

  /** The order of an epoch is a pure function of the seed, so it need not be stored. */
  #orderOf(epochIndex: number): Uint32Array {
    if (this.#order?.epochIndex !== epochIndex) {
      const indices = permutation(this.trainExamples, this.#seed, ORDER_STREAM, epochIndex)
      this.#order = { epochIndex, indices }
    }
    return this.#order.indices
  }
}
