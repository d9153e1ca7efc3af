import { LOSS_TABLE, penalty } from '../nn/losses.ts'
import { forward } from '../nn/network.ts'
import { listParameters } from '../nn/parameters.ts'
import { encodeModel } from '../onnx/graph.ts'
import { lowerTape } from '../onnx/lower.ts'
import { add, sumSquares } from '../tape/functions.ts'
import { GradientTape } from '../tape/tape.ts'
import type { Input, Value } from '../tape/value.ts'
import type { EngineSpec } from './engine.ts'
import { TARGETS } from './targets.ts'

/** The names under which a model takes and gives. Parameters go by their own. */
export const FEED = { x: 'x', target: 'target', l2: 'l2' } as const
export const FETCH = {
  cost: 'cost',
  dataCost: 'data_cost',
  gradientSquares: 'gradient_squares',
  weightSquares: 'weight_squares',
  outputs: 'outputs',
} as const
export const gradientOf = (parameter: string): string => `gradient/${parameter}`

const total = (values: readonly Value[]): Value => values.reduce(add)

interface Recording {
  readonly tape: GradientTape
  readonly parameters: readonly Input[]
  readonly outputs: Value
  readonly dataCost: Value
  readonly weightSquares: Value
}

/** Writes the forward pass of a batch of this size on a tape. */
function recordForward(spec: EngineSpec, batchSize: number): Recording {
  const { network, loss, features } = spec
  const { target, cost } = LOSS_TABLE[loss]
  const { type, columns } = TARGETS[target]
  const tape = new GradientTape()
  const x = tape.input(FEED.x, [batchSize, features])
  const list = listParameters(network, features)
  const parameters = list.map(({ name, shape }) => tape.input(name, shape))
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const outputs = forward(network, x, (name) => {
    const value = byName.get(name)
    if (value === undefined) throw new Error(`the network has no parameter ${name}`)
    return value
  })
  const t = tape.input(FEED.target, [batchSize, columns(outputs.shape[1] ?? 0)], type)
  const weights = parameters.filter((_, index) => list[index]?.kind === 'weight')
  return {
    tape,
    parameters,
    outputs,
    dataCost: cost(outputs, t),
    weightSquares: total(weights.map(sumSquares)),
  }
}

/** Forward and backward: J, the data cost, all gradients and their squared norm. */
export function trainingModel(spec: EngineSpec, batchSize: number): Uint8Array {
  const { tape, parameters, dataCost, weightSquares } = recordForward(spec, batchSize)
  const l2 = tape.input(FEED.l2, [])
  // With λ = 0 too: the weights' squares let no NaN among them pass, though a ReLU may swallow it.
  const cost = add(dataCost, penalty(l2, weightSquares))
  const gradients = tape.gradient(cost, parameters)
  return encodeModel(
    lowerTape(
      tape,
      new Map([
        [FETCH.cost, cost],
        [FETCH.dataCost, dataCost],
        [FETCH.gradientSquares, total(gradients.map(sumSquares))],
        ...parameters.map(
          ({ name }, index) => [gradientOf(name), gradients[index] as Value] as const,
        ),
      ]),
    ),
  )
}

/** Forward only: the data cost and what the network answers. */
export function evaluationModel(spec: EngineSpec, batchSize: number): Uint8Array {
  const { tape, outputs, dataCost, weightSquares } = recordForward(spec, batchSize)
  return encodeModel(
    lowerTape(
      tape,
      new Map([
        [FETCH.dataCost, dataCost],
        [FETCH.weightSquares, weightSquares],
        [FETCH.outputs, outputs],
      ]),
    ),
  )
}
