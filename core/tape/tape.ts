import { combine, unbroadcast } from './contributions.ts'
import { expand } from './functions.ts'
import type { Rule, Rules } from './rules/rule.ts'
import { RULES } from './rules.ts'
import { sizeOf } from './shapes.ts'
import type {
  AttributesOf,
  Constant,
  ElementType,
  Input,
  InputsOf,
  OpName,
  Shape,
  Tensor,
  Value,
  Variable,
} from './value.ts'

function checkLength(values: Float32Array, shape: Shape): void {
  if (values.length !== sizeOf(shape))
    throw new Error(`${values.length} numbers are not [${shape}]`)
}

/** A rule with its op forgotten: which inputs it takes is known only together with the value. */
interface LooseRule {
  vjp(g: Value, inputs: readonly Value[], z: Value, attributes: object): readonly (Value | null)[]
}

/**
 * Records a computation in the order it is written. The gradient of one is more of the same tape, so
 * forward and backward are lowered together, and gradients can be differentiated again.
 *
 *     const tape = new GradientTape()
 *     const w = tape.variable(0)
 *     const cost = sumSquares(sub(w, tape.constant(5)))
 *     const [slope] = tape.gradient(cost, [w])
 *
 * A tape holds no results: what computes them is handed the values it is to compute.
 */
export class GradientTape {
  readonly #values: Value[] = []
  readonly #rules: Rules

  constructor(rules: Rules = RULES) {
    this.#rules = rules
  }

  /** All that was recorded, each value behind those it is computed from. */
  get values(): readonly Value[] {
    return this.#values
  }

  /**
   * Something fed from outside under this name: floats, or ints where it holds labels or ids. Throws where
   * the tape has an input of that name.
   */
  input(name: string, shape: Shape, type: ElementType = 'float'): Input {
    if (this.#values.some((value) => value.kind === 'input' && value.name === name)) {
      throw new Error(`the tape has an input ${name} already`)
    }
    return this.#append({ kind: 'input', name, shape, type, ...this.#place() })
  }

  /**
   * An input that holds its own numbers, for a script to train. A number is a scalar; a list of numbers is
   * copied, and is a vector unless a shape is given, whose last axis runs fastest. Throws where the numbers
   * do not fill the shape.
   */
  variable(
    numbers: number | ArrayLike<number>,
    shape: Shape = typeof numbers === 'number' ? [] : [numbers.length],
    name = `variable${this.#values.length}`,
  ): Variable {
    const values =
      typeof numbers === 'number' ? Float32Array.of(numbers) : Float32Array.from(numbers)
    checkLength(values, shape)
    return Object.assign(this.input(name, shape), { values })
  }

  /** Numbers that stay as they are, in a shape as for `variable`. */
  tensor(numbers: ArrayLike<number>, shape: Shape = [numbers.length]): Tensor {
    const values = Float32Array.from(numbers)
    checkLength(values, shape)
    return this.#append({ kind: 'tensor', values, shape, type: 'float', ...this.#place() })
  }

  /** A number that stays as it is: a scalar, stretched to whatever it is computed with. */
  constant(number: number): Constant {
    return this.#append({ kind: 'constant', number, shape: [], type: 'float', ...this.#place() })
  }

  /**
   * Puts an op on the tape; functions.ts has a function for each. Throws where the inputs are of another
   * tape or their shapes do not go together.
   */
  record<K extends OpName>(op: K, inputs: InputsOf<K>, attributes: AttributesOf<K>): Value {
    if (inputs.some((input) => input.tape !== this)) throw new Error(`${op} mixes two tapes`)
    const rule: Rule<K> = this.#rules[op]
    const shapes = inputs.map((input) => input.shape) as Parameters<Rule<K>['shape']>[0]
    const shape = rule.shape(shapes, attributes)
    const result = { kind: 'result', op, inputs, attributes, shape, type: 'float' }
    return this.#append({ ...result, ...this.#place() } as Value)
  }

  /**
   * d cost / d variable for each variable, in its shape, as values of this tape: reverse accumulation. A
   * variable may be any value that the cost is computed from; one that it does not depend on gets zeros.
   * Throws where the cost is not a scalar.
   */
  gradient(cost: Value, variables: readonly Value[]): readonly Value[] {
    if (cost.shape.length > 0) throw new Error('only a scalar has a gradient')
    const moving = this.#dependents(variables, cost)
    const contributions = new Map<Value, Value[]>([[cost, [this.constant(1)]]])
    const gradientOf = (value: Value | undefined): Value | undefined => {
      const parts = value && contributions.get(value)
      if (value === undefined || parts === undefined) return undefined
      const whole = combine(parts)
      contributions.set(value, [whole])
      return whole
    }
    for (let index = cost.index; index >= 0; index--) {
      const value = this.#values[index]
      if (value?.kind !== 'result') continue
      // Everything that uses it stands behind it and was visited: all contributions are in.
      const g = gradientOf(value)
      if (g === undefined) continue
      const rule = this.#rules[value.op] as LooseRule
      rule.vjp(g, value.inputs, value, value.attributes).forEach((grad, position) => {
        const input = value.inputs[position]
        if (grad === null || input === undefined || !moving.has(input)) return
        const bare = unbroadcast(grad, input.shape)
        const others = contributions.get(input)
        if (others === undefined) contributions.set(input, [bare])
        else others.push(bare)
      })
    }
    return variables.map(
      (variable) => gradientOf(variable) ?? expand(this.constant(0), variable.shape),
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
