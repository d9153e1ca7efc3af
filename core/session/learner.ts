import { gatherBatch } from '../data/batch.ts'
import type { GatheredBatch } from '../data/batch.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Engine, Vitals } from '../engine/engine.ts'
import { scheduledLearningRate } from '../optim/schedule.ts'
import type { RunConfig } from '../protocol/config.ts'
import type { VitalSigns } from '../protocol/vitals.ts'
import { permutation } from '../random/index.ts'
import { batchesOf } from './batches.ts'
import { completed, valueOf } from './knobs.ts'
import { epochOf, nextBatch, vitalsDue } from './position.ts'
import type { Position } from './position.ts'
import { NO_RAMPS, knobsAt, rampsAfter } from './ramps.ts'
import type { Settings } from './ramps.ts'
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
      /** Of the steps that vital signs fall due with; else null. */
      readonly vitals: VitalSigns | null
    } & StepMeasure)
  | ({ readonly kind: 'refused' } & StepMeasure)

export interface Evaluation {
  readonly cost: number
  readonly accuracy: number | null
}

/** What learns: an engine, its data, the place in them and the knobs in force. Knows no files and no clock. */
export class Learner {
  readonly #engine: Engine
  readonly #dataset: Dataset
  readonly #config: RunConfig
  #position: Position
  #order: { readonly epochIndex: number; readonly indices: Uint32Array } | null = null
  /** Filled anew each step: fresh arrays cost the collector's threads half a core beside a small network. */
  #batch: GatheredBatch | null = null
  #settings: Settings
  /** The settings with what an old checkpoint lacks. */
  #complete: Settings

  constructor(engine: Engine, dataset: Dataset, config: RunConfig, state: TrainingState) {
    this.#engine = engine
    this.#dataset = dataset
    this.#config = config
    engine.importState(state.engine)
    this.#position = state.position
    this.#settings = { knobs: state.knobs, ramps: state.ramps }
    this.#complete = this.#completed(this.#settings)
  }

  get position(): Position {
    return this.#position
  }

  get settings(): Settings {
    return this.#settings
  }
  /** Takes these two fields and no others, whatever they come in. */
  set settings({ knobs, ramps }: Settings) {
    this.#settings = { knobs, ramps }
    this.#complete = this.#completed(this.#settings)
  }

  get trainExamples(): number {
    return this.#dataset.train.count
  }

  get epoch(): number {
    return epochOf(this.#position, this.trainExamples)
  }

  capture(): TrainingState {
    return { position: this.#position, ...this.#settings, engine: this.#engine.exportState() }
  }

  restore(state: TrainingState): void {
    this.#engine.importState(state.engine)
    this.#position = state.position
    this.settings = state
  }

  /** One mini-batch. A step whose cost or gradient norm is not finite never reaches the weights. */
  async step(): Promise<StepOutcome> {
    const before = this.#position
    const knobs = knobsAt(this.#complete, before.step + 1)
    const batchSize = valueOf(knobs, 'batch_size')
    const { epochIndex, from, count } = nextBatch(before, this.trainExamples, batchSize)
    const l2 = valueOf(knobs, 'l2')
    if (!this.#engine.isPrepared(count, l2)) await this.#engine.prepare([count], l2)
    const order = this.#orderOf(epochIndex)
    const batch = gatherBatch(this.#dataset.train, order, from, count, this.#batch ?? undefined)
    this.#batch = batch
    const { cost, dataCost, gradientNorm } = await this.#engine.computeGradients(batch, {
      step: before.step,
      l2,
      dropout: knobs.dropout ?? 0, // a run without such a layer has no such knob
      vitals: vitalsDue(this.#config.vitals_every, before.step + 1),
    })
    if (!Number.isFinite(cost) || !Number.isFinite(gradientNorm)) {
      return { kind: 'refused', cost, dataCost, gradientNorm }
    }
    const learningRate = scheduledLearningRate(this.#config.schedule, knobs, {
      epoch: this.epoch,
      step: before.step,
    })
    const vitals = this.#engine.applyUpdate(knobs, learningRate)
    this.#position = { step: before.step + 1, samplesSeen: before.samplesSeen + count }
    this.#endRamps()
    return {
      kind: 'applied',
      before,
      learningRate,
      vitals: vitals && signsOf(this.#position.step, vitals),
      cost,
      dataCost,
      gradientNorm,
    }
  }

  /** Cost and accuracy on the dev set, as it is now. Changes nothing. */
  async evaluate(): Promise<Evaluation> {
    const { cost, accuracy } = await this.#engine.evaluate(
      batchesOf(this.#dataset.dev),
      valueOf(knobsAt(this.#complete, this.#position.step + 1), 'l2'),
    )
    return { cost, accuracy }
  }

  #completed({ knobs, ramps }: Settings): Settings {
    return { knobs: completed(knobs, this.#config), ramps }
  }

  /** A ramp that is at its end is no part of the state any more: its knob just has that value. */
  #endRamps(): void {
    const { ramps } = this.#settings
    if (ramps === NO_RAMPS) return
    const left = rampsAfter(ramps, this.#position.step)
    if (Object.keys(left).length < Object.keys(ramps).length) {
      this.settings = { knobs: this.#settings.knobs, ramps: left }
    }
  }

  /** The order of an epoch is a pure function of the seed, so it need not be stored. */
  #orderOf(epochIndex: number): Uint32Array {
    if (this.#order?.epochIndex !== epochIndex) {
      const indices = permutation(this.trainExamples, this.#config.seed, ORDER_STREAM, epochIndex)
      this.#order = { epochIndex, indices }
    }
    return this.#order.indices
  }
}

/** What the protocol tells of an engine's vital signs. */
const signsOf = (step: number, { layers, parameters }: Vitals): VitalSigns => ({
  step,
  layers,
  parameters: parameters.map(({ name, gradientNorm, updateRatio }) => ({
    name,
    gradientNorm,
    updateRatio,
  })),
})
