import { uniform } from '../../../core/random/index.ts'
import { mul, reshape, sum } from '../../../core/tape/functions.ts'
import type { Rules } from '../../../core/tape/rules/rule.ts'
import { RULES } from '../../../core/tape/rules.ts'
import { sizeOf } from '../../../core/tape/shapes.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { Input, OpName, Shape, Value } from '../../../core/tape/value.ts'
import { ANYWHERE } from './case.ts'
import type { Case, Operand, Range } from './case.ts'
import { CASES } from './cases.ts'

/** One op in one case, with its numbers from one range. */
export interface Trial {
  readonly op: OpName
  readonly title: string
  readonly range: Range
  readonly example: Case<OpName>
}

const titleOf = ({ name, operands }: Case<OpName>): string =>
  name ?? `of ${(operands as readonly Operand[]).map((one) => JSON.stringify(one)).join(', ')}`

/** Every case of every op, once for each of its ranges. */
export const TRIALS: readonly Trial[] = (Object.keys(CASES) as OpName[]).flatMap((op) =>
  (CASES[op] as readonly Case<OpName>[]).flatMap((example) =>
    (example.ranges ?? ANYWHERE).map((range) => ({
      op,
      title: `${op} ${titleOf(example)} on [${range.join(', ')}]`,
      range,
      example,
    })),
  ),
)

export interface Experiment {
  readonly z: Value
  readonly variables: readonly Input[]
  readonly cost: Value
  readonly gradients: readonly Value[]
  readonly feeds: Map<string, Float64Array>
}

const draw = (shape: Shape, stream: number, f: (u: number) => number): Float64Array =>
  // Rounded to float32, so that both arithmetics start from the same numbers.
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(f(uniform(7, stream, i))))

/** Σ x · probe, with random probes, so that no element's share is like another's. A scalar. */
function probed(x: Value, name: string, feeds: Map<string, Float64Array>, stream: number): Value {
  feeds.set(
    name,
    draw(x.shape, stream, (u) => u + 0.5),
  )
  const weighted = mul(x, x.tape.input(name, x.shape))
  const axes = [...x.shape.keys()]
  return axes.length === 0 ? weighted : reshape(sum(weighted, axes), [])
}

/** z = op(…), the cost Σ probe · z, and its gradients. */
export function experiment({ op, example, range }: Trial, rules: Rules = RULES): Experiment {
  const [low, high] = range
  const tape = new GradientTape(rules)
  const feeds = new Map<string, Float64Array>()
  const variables: Input[] = []
  const inputs: Value[] = []
  for (const [position, operand] of (example.operands as readonly Operand[]).entries()) {
    const name = `operand${position}`
    if ('derive' in operand) inputs.push(operand.derive(inputs))
    else if ('below' in operand) {
      const { shape, below } = operand
      feeds.set(
        name,
        draw(shape, position, (u) => Math.floor(u * below)),
      )
      inputs.push(tape.input(name, shape, 'int'))
    } else {
      feeds.set(
        name,
        draw(operand, position, (u) => low + u * (high - low)),
      )
      const variable = tape.input(name, operand)
      variables.push(variable)
      inputs.push(variable)
    }
  }
  const z = tape.record(op, inputs as never, example.attributes as never)
  const cost = probed(z, 'probe', feeds, 99)
  return { z, variables, cost, gradients: tape.gradient(cost, variables), feeds }
}

/** The same one derivative on: the cost is Σ probe · gradient over all gradients of the first cost. */
export function secondExperiment(trial: Trial): Experiment {
  const first = experiment(trial)
  const { feeds, variables } = first
  const { tape } = first.cost
  const cost = first.gradients
    .map((gradient, position) => probed(gradient, `probe${position}`, feeds, 100 + position))
    .reduce((total, part) => tape.record('add', [total, part], {}))
  return { ...first, z: cost, cost, gradients: tape.gradient(cost, variables) }
}
