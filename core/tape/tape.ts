import { expand } from './functions.ts'
import { RULES, accumulate, unbroadcast } from './rules.ts'
import type { Rule, Rules } from './rules.ts'
import { stretchedAxes } from './shapes.ts'
import type {
  AttributesOf,
  Constant,
  ElementType,
  Input,
  InputsOf,
  OpName,
  Shape,
  Value,
} from './value.ts'

/** A rule with its op forgotten: which inputs it takes is known only together with the value. */
interface LooseRule {
  vjp(g: Value, inputs: readonly Value[], z: Value, attributes: object): readonly (Value | null)[]
}

/**
 * Records a computation in the order it is written. The gradient of one is more of the same tape, so
 * forward and backward are lowered together, and gradients can be differentiated again.
 */
export class GradientTape {
  readonly #values: Value[] = []
  readonly #rules: Rules

  constructor(rules: Rules = RULES) {
    this.#rules = rules
  }

  get values(): readonly Value[] {
    return this.#values
  }

  /** Something fed from outside under this name. */
  input(name: string, shape: Shape, type: ElementType = 'float'): Input {
    if (this.#values.some((value) => value.kind === 'input' && value.name === name)) {
      throw new Error(`the tape has an input ${name} already`)
    }
    return this.#append({ kind: 'input', name, shape, type, ...this.#place() })
  }

  constant(number: number): Constant {
    return this.#append({ kind: 'constant', number, shape: [], type: 'float', ...this.#place() })
  }

  record<K extends OpName>(op: K, inputs: InputsOf<K>, attributes: AttributesOf<K>): Value {
    if (inputs.some((input) => input.tape !== this)) throw new Error(`${op} mixes two tapes`)
    const rule: Rule<K> = this.#rules[op]
    const shapes = inputs.map((input) => input.shape) as Parameters<Rule<K>['shape']>[0]
    const shape = rule.shape(shapes, attributes)
    const result = { kind: 'result', op, inputs, attributes, shape, type: 'float' }
    return this.#append({ ...result, ...this.#place() } as Value)
  }

  /** d cost / d variable for each variable, as values of this tape. */
  gradient(cost: Value, variables: readonly Value[]): readonly Value[] {
    if (cost.shape.length > 0) throw new Error('only a scalar has a gradient')
    const moving = this.#dependents(variables, cost)
    const gradients = new Map<Value, Value>([[cost, this.constant(1)]])
    for (let index = cost.index; index >= 0; index--) {
      const value = this.#values[index]
      const g = value && gradients.get(value)
      if (g === undefined || value?.kind !== 'result') continue
      const rule = this.#rules[value.op] as LooseRule
      rule.vjp(g, value.inputs, value, value.attributes).forEach((grad, position) => {
        const input = value.inputs[position]
        if (grad === null || input === undefined || !moving.has(input)) return
        const axes = stretchedAxes(grad.shape, input.shape)
        const bare = unbroadcast(grad, input.shape, axes)
        gradients.set(input, accumulate(gradients.get(input), bare))
      })
    }
    return variables.map(
      (variable) => gradients.get(variable) ?? expand(this.constant(0), variable.shape),
    )
  }

  /** What moves when a variable moves; the walk back need not visit anything else. */
  #dependents(variables: readonly Value[], cost: Value): ReadonlySet<Value> {
    const moving = new Set<Value>(variables)
    for (const value of this.#values.slice(0, cost.index + 1)) {
      if (value.kind === 'result' && value.inputs.some((input) => moving.has(input))) {
        moving.add(value)
      }
    }
    return moving
  }

  #place() {
    return { tape: this, index: this.#values.length } as const
  }

  #append<V extends Value>(value: V): V {
    this.#values.push(value)
    return value
  }
}
