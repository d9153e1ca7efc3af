import { forward } from '../nn/forward.ts'
import type { ForwardResult } from '../nn/forward.ts'
import { dataCost, penalty } from '../nn/losses.ts'
import { lowerTape } from '../onnx/lower.ts'
import type { LoweringOptions } from '../onnx/lower.ts'
import type { Graph } from '../onnx/graph.ts'
import { add, sumSquares } from '../tape/functions.ts'
import { GradientTape } from '../tape/tape.ts'
import type { Value } from '../tape/value.ts'
import { bindPack, outputsOfPack } from './pack.ts'
import type { BoundPack } from './pack.ts'
import { columnsOf, positionsOf, targetOf } from './setting.ts'
import type { Setting } from './setting.ts'
import { vitalSigns } from './vitals.ts'
import type { SignList } from './vitals.ts'

/** The names under which a model takes and gives. Parameters and running statistics go by their own. */
export const FEED = { x: 'x', target: 'target', weight: 'weight', l2: 'l2' } as const
export const FETCH = {
  cost: 'cost',
  dataCost: 'data_cost',
  gradientSquares: 'gradient_squares',
  weightSquares: 'weight_squares',
  outputs: 'outputs',
  vitals: 'vitals',
} as const
/** What gradients and a batch's statistics are named after. */
export const GRADIENT = 'gradient'
export const BATCH = 'batch'

const total = (tape: GradientTape, values: readonly Value[]): Value =>
  values.length === 0 ? tape.constant(0) : values.reduce(add)

interface Recording {
  readonly tape: GradientTape
  readonly parameters: BoundPack
  readonly result: ForwardResult
}

/** Writes the forward pass of a batch of this size on a tape. */
function recordForward(
  { spec, plan, memory }: Setting,
  batchSize: number,
  mode: 'training' | 'inference',
): Recording {
  const tape = new GradientTape()
  const { shape, vocabulary } = plan.input
  const x = tape.input(FEED.x, [batchSize, ...shape], vocabulary === null ? 'float' : 'int')
  const parameters = bindPack(tape, memory.parameterPack)
  const statistics = mode === 'inference' ? bindPack(tape, memory.statisticPack) : null
  const noises = new Map(
    (mode === 'training' ? plan.noises : []).map((noise) => [
      noise.name,
      tape.input(noise.name, [batchSize, ...noise.shape]),
    ]),
  )
  const missing = (name: string): never => {
    throw new Error(`${name} has no place in ${mode}`)
  }
  const result = forward(plan, spec.network, x, {
    mode,
    parameter: parameters.value,
    statistic: (name) => statistics?.value(name) ?? missing(name),
    noise: (name) => noises.get(name) ?? missing(name),
  })
  return { tape, parameters, result }
}

/** The data cost of a recording, with the inputs that it takes. */
function recordCost(
  { spec, plan }: Setting,
  { tape, result }: Recording,
  batchSize: number,
): Value {
  const target = targetOf(spec)
  const rows = batchSize * positionsOf(plan)
  const t = tape.input(FEED.target, [rows, target.width(columnsOf(plan))], target.type)
  const weight = spec.loss.classWeights === null ? null : tape.input(FEED.weight, [rows, 1])
  return dataCost(spec.loss, result.outputs, t, weight)
}

const weightsOf = ({ plan }: Setting): readonly string[] =>
  plan.parameters.filter(({ kind }) => kind === 'weight').map(({ name }) => name)

const squaresOfWeights = (setting: Setting, { tape, parameters }: Recording): Value =>
  total(
    tape,
    weightsOf(setting).map((name) => sumSquares(parameters.value(name))),
  )

export interface TrainingOptions {
  /** Vital signs too. */
  readonly vitals: boolean
  /** λ may be other than 0. Without its share of the gradients a step of an MLP takes 0.93 of the time. */
  readonly hasL2: boolean
}

export interface TrainingModel {
  readonly graph: Graph
  /** What `FETCH.vitals` holds; null where it was not asked for. */
  readonly signs: SignList | null
}

/** For what runtime the models are written: not only the nodes, the bits too depend on it. */
const loweringOf = ({ runtime }: Setting): LoweringOptions => ({ block: runtime.block })

/** Forward and backward: J, the data cost, all gradients, their squared norm, the batch's statistics. */
export function trainingModel(
  setting: Setting,
  batchSize: number,
  options: TrainingOptions,
): TrainingModel {
  const recording = recordForward(setting, batchSize, 'training')
  const { tape, parameters, result } = recording
  const { parameterPack, statisticPack } = setting.memory
  const bare = recordCost(setting, recording, batchSize)
  const l2 = tape.input(FEED.l2, [])
  // With λ = 0 too: the weights' squares let no NaN among them pass, though a ReLU may swallow it.
  const cost = add(bare, penalty(l2, squaresOfWeights(setting, recording)))
  const gradients = tape.gradient(options.hasL2 ? cost : bare, parameters.inputs)
  const statistics = statisticPack.rows.map(({ name }) => {
    const value = result.batchStatistics.get(name)
    if (value === undefined) throw new Error(`the network answers no ${name}`)
    return value
  })
  const vitals = options.vitals
    ? vitalSigns(parameterPack, parameters, gradients, result.watched)
    : null
  const outputs = new Map<string, Value>([
    [FETCH.cost, cost],
    [FETCH.dataCost, bare],
    [FETCH.gradientSquares, total(tape, gradients.map(sumSquares))],
    ...(parameterPack.isFlat
      ? [[`${GRADIENT}/${parameterPack.name}`, gradients[0] as Value] as const]
      : outputsOfPack(parameterPack, GRADIENT, gradients)),
    ...outputsOfPack(statisticPack, BATCH, statistics),
    ...(vitals === null ? [] : [[FETCH.vitals, vitals.values] as const]),
  ])
  return {
    graph: lowerTape(tape, outputs, loweringOf(setting)),
    signs: vitals,
  }
}

/** Forward only: the data cost and what the network answers. */
export function evaluationModel(setting: Setting, batchSize: number): Graph {
  const recording = recordForward(setting, batchSize, 'inference')
  const outputs = new Map<string, Value>([
    [FETCH.dataCost, recordCost(setting, recording, batchSize)],
    [FETCH.weightSquares, squaresOfWeights(setting, recording)],
    [FETCH.outputs, recording.result.outputs],
  ])
  return lowerTape(recording.tape, outputs, loweringOf(setting))
}

/** Forward only: what the network answers. */
export function predictionModel(setting: Setting, batchSize: number): Graph {
  const { tape, result } = recordForward(setting, batchSize, 'inference')
  return lowerTape(tape, new Map([[FETCH.outputs, result.outputs]]), loweringOf(setting))
}
