import { mul, reshape, sum } from '../../../core/tape/functions.ts'
import { RULES } from '../../../core/tape/rules.ts'
import type { Rules } from '../../../core/tape/rules.ts'
import { sizeOf } from '../../../core/tape/shapes.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { AttributesOf, InputsOf, OpName, Shape, Value } from '../../../core/tape/value.ts'
import { uniform } from '../../../core/random/index.ts'

export type Range = readonly [low: number, high: number]

/** An operand of whole numbers from 0 to `below` − 1. */
interface Indices {
  readonly shape: Shape
  readonly below: number
}

type OperandsOf<Inputs extends readonly Value[]> = {
  readonly [I in keyof Inputs]: Shape | Indices
}

interface Case<K extends OpName> {
  readonly operands: OperandsOf<InputsOf<K>>
  readonly attributes: AttributesOf<K>
  readonly ranges?: readonly Range[]
}
export type Cases = { readonly [K in OpName]: Case<K> }

const EITHER_SIDE_OF_ZERO: readonly Range[] = [
  [-2, -0.1],
  [0.1, 2],
]
export const ANYWHERE: readonly Range[] = [[-2, 2]]
const LABELS: Indices = { shape: [4, 1], below: 3 }

/** The compiler keeps this table as complete as RULES: an op without a case does not build. */
export const CASES: Cases = {
  add: { operands: [[2, 3], [3]], attributes: {} },
  sub: { operands: [[3], [2, 3]], attributes: {} },
  mul: {
    operands: [
      [2, 1],
      [2, 3],
    ],
    attributes: {},
  },
  neg: { operands: [[2, 3]], attributes: {} },
  exp: { operands: [[2, 3]], attributes: {} },
  relu: { operands: [[2, 3]], attributes: {}, ranges: EITHER_SIDE_OF_ZERO },
  positive: { operands: [[2, 3]], attributes: {}, ranges: EITHER_SIDE_OF_ZERO },
  sigmoid: { operands: [[2, 3]], attributes: {} },
  tanh: { operands: [[2, 3]], attributes: {} },
  softplus: {
    operands: [[2, 3]],
    attributes: {},
    ranges: [
      [-2, 2],
      [20, 40],
      [-40, -20],
    ],
  },
  matmul: {
    operands: [
      [2, 3],
      [3, 4],
    ],
    attributes: {},
  },
  transpose: { operands: [[2, 3]], attributes: {} },
  logSoftmax: { operands: [[4, 3]], attributes: {} },
  gather: { operands: [[4, 3], LABELS], attributes: {} },
  scatter: { operands: [[4, 1], LABELS], attributes: { columns: 3 } },
  sum: { operands: [[2, 3, 4]], attributes: { axes: [0, 2] } },
  sumSquares: { operands: [[2, 3]], attributes: {} },
  expand: { operands: [[2, 1]], attributes: { shape: [4, 2, 3] } },
  reshape: { operands: [[2, 3]], attributes: { shape: [3, 2] } },
}

export interface Experiment {
  readonly z: Value
  readonly variables: readonly Value[]
  readonly cost: Value
  readonly gradients: readonly Value[]
  readonly feeds: Map<string, Float64Array>
}

const draw = (shape: Shape, stream: number, f: (u: number) => number): Float64Array =>
  // Rounded to float32, so that both arithmetics start from the same numbers.
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(f(uniform(7, stream, i))))

/** z = op(…), the cost Σ probe · z with a random probe, and its gradients. */
export function experiment(op: OpName, range: Range, rules: Rules = RULES): Experiment {
  const { operands, attributes } = CASES[op]
  const [low, high] = range
  const tape = new GradientTape(rules)
  const feeds = new Map<string, Float64Array>()
  const variables: Value[] = []
  const inputs = (operands as readonly (Shape | Indices)[]).map((operand, position) => {
    const name = `operand${position}`
    if ('below' in operand) {
      feeds.set(
        name,
        draw(operand.shape, position, (u) => Math.floor(u * operand.below)),
      )
      return tape.input(name, operand.shape, 'int')
    }
    feeds.set(
      name,
      draw(operand, position, (u) => low + u * (high - low)),
    )
    const variable = tape.input(name, operand)
    variables.push(variable)
    return variable
  })
  const z = tape.record(op, inputs as never, attributes as never)
  feeds.set(
    'probe',
    draw(z.shape, 99, (u) => u + 0.5),
  )
  const weighted = mul(z, tape.input('probe', z.shape))
  const axes = [...z.shape.keys()]
  const cost = reshape(axes.length === 0 ? weighted : sum(weighted, axes), [])
  return { z, variables, cost, gradients: tape.gradient(cost, variables), feeds }
}
