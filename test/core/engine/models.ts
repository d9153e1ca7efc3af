import { createEngine } from '../../../core/engine/engine.ts'
import type {
  Batch,
  Engine,
  EngineSpec,
  EngineState,
  StepSettings,
} from '../../../core/engine/engine.ts'
import type { EngineOptions } from '../../../core/engine/options.ts'
import type { LossSpec } from '../../../core/nn/losses.ts'
import type { LossName } from '../../../core/protocol/config.ts'
import { defaultHyperparameters } from '../../../core/protocol/recipe.ts'
import type { Hyperparameters, OptimizerName } from '../../../core/protocol/hyperparameters.ts'
import { network } from '../../../core/protocol/network.ts'
import type { NetworkConfig } from '../../../core/protocol/network.ts'
import { normal, permutation } from '../../../core/random/index.ts'

export const lossOf = (name: LossName, changes: Partial<LossSpec> = {}): LossSpec => ({
  name,
  classWeights: null,
  labelSmoothing: 0,
  huberDelta: 1,
  ...changes,
})

/** A network as a config would say it, with its defaults filled in. */
export const networkOf = (layers: readonly object[], more: object = {}): NetworkConfig =>
  network.parse({ layers, ...more })

/** Three classes of points in the plane, which a small network tells apart. */
export const SPEC: EngineSpec = {
  network: networkOf([
    { type: 'dense', units: 16, activation: 'relu' },
    { type: 'dense', units: 8, activation: 'tanh' },
    { type: 'dense', units: 3 },
  ]),
  loss: lossOf('sparse_categorical_cross_entropy'),
  optimizer: 'adam',
  input: { shape: [2], vocabulary: null },
  classes: 3,
  seed: 1,
  threads: 1,
}

/** The same with all that behaves differently in training and in inference. */
export const NOISY: EngineSpec = {
  ...SPEC,
  network: networkOf([
    { type: 'dense', units: 16, activation: 'relu', batch_norm: true },
    { type: 'dropout' },
    { type: 'dense', units: 8, activation: 'tanh' },
    { type: 'dropout', rate: 0.1 },
    { type: 'dense', units: 3 },
  ]),
}

/** Small images through every kind of layer that images have. */
export const IMAGES: EngineSpec = {
  ...SPEC,
  network: networkOf([
    { type: 'conv', filters: 8, kernel: 3, activation: 'relu', batch_norm: true },
    { type: 'max_pool', size: 2 },
    { type: 'dropout', rate: 0.2 },
    { type: 'conv', filters: 12, kernel: 3, activation: 'relu', batch_norm: true },
    { type: 'global_average_pool' },
    { type: 'dense', units: 3 },
  ]),
  input: { shape: [1, 8, 8], vocabulary: null },
}

export const knobsOf = (optimizer: OptimizerName): Hyperparameters =>
  defaultHyperparameters({ optimizer, schedule: 'constant', hasLiveDropout: true })

export const ADAM = knobsOf('adam')

export const settings = (changes: Partial<StepSettings> = {}): StepSettings => ({
  step: 0,
  l2: 0,
  dropout: 0.2,
  vitals: false,
  ...changes,
})

const CENTRES = [
  [0, 1.5],
  [1.5, -1],
  [-1.5, -1],
] as const

/** Points around their class's centre, drawn anew for every number. */
export function drawBatch(number: number, count = 24): Batch {
  const labels = Int32Array.from(permutation(count, 5, 0, number), (index) => index % 3)
  const x = Float32Array.from({ length: count * 2 }, (_, index) => {
    const centre = CENTRES[labels[index >> 1] as 0 | 1 | 2]
    return (centre[index % 2] ?? 0) + 0.5 * normal(5, 1, number * 10_000 + index)
  })
  return { count, x, labels, targets: null }
}

/** Noise of this many numbers per example, with labels of three classes. */
export function drawNoise(number: number, size: number, count = 12): Batch {
  const { labels } = drawBatch(number, count)
  const x = Float32Array.from({ length: count * size }, (_, index) =>
    normal(6, number, index + (labels?.[Math.floor(index / size)] ?? 0)),
  )
  return { count, x, labels, targets: null }
}

export interface TrainOptions extends Partial<StepSettings> {
  readonly knobs?: Hyperparameters
  readonly learningRate?: number
  readonly draw?: (number: number) => Batch
}

/** Steps (from, to], batch n for step n. Answers the costs. */
export async function train(
  engine: Engine,
  from: number,
  to: number,
  { knobs = ADAM, learningRate = 0.01, draw = drawBatch, ...changes }: TrainOptions = {},
): Promise<readonly number[]> {
  const costs: number[] = []
  for (let step = from + 1; step <= to; step++) {
    const given = settings({ ...changes, step: step - 1 })
    const { cost } = await engine.computeGradients(draw(step), given)
    engine.applyUpdate(knobs, learningRate)
    costs.push(cost)
  }
  return costs
}

/** The values of one tensor of a state. */
export const bufferOf = ({ buffers }: EngineState, name: string): Float32Array => {
  const found = buffers.find((buffer) => buffer.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found.values
}

/** Runs `work` with an engine and puts the engine away after it. */
export async function withEngine<T>(
  changes: Partial<EngineSpec>,
  work: (engine: Engine) => Promise<T>,
  options: EngineOptions = {},
): Promise<T> {
  const engine = await createEngine({ ...SPEC, ...changes }, {}, options)
  try {
    return await work(engine)
  } finally {
    await engine.dispose()
  }
}
