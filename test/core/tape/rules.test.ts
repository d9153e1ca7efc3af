import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, expand, mul, relu, reshape, scale, sum, tanh } from '../../../core/tape/functions.ts'
import { RULES } from '../../../core/tape/rules.ts'
import type { Rules } from '../../../core/tape/rules.ts'
import { broadcast } from '../../../core/tape/shapes.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { OpName, Shape, Value } from '../../../core/tape/value.ts'
import { ANYWHERE, CASES, experiment } from './cases.ts'
import type { Range } from './cases.ts'
import { interpret } from './interpreter.ts'

const STEP = 1e-5

/** The largest difference between the gradients and central differences of the cost. */
function gradientGap(op: OpName, range: Range, rules: Rules = RULES): number {
  const { cost, variables, gradients, feeds } = experiment(op, range, rules)
  return gapOf(cost, variables, gradients, feeds)
}

function gapOf(
  cost: Value,
  variables: readonly Value[],
  gradients: readonly Value[],
  feeds: Map<string, Float64Array>,
): number {
  const costAt = () => interpret([cost], feeds)[0]?.[0] ?? NaN
  const claimed = interpret(gradients, feeds)
  const gaps = variables.flatMap((variable, position) => {
    if (variable.kind !== 'input') throw new Error('only inputs are varied')
    const x = feeds.get(variable.name) ?? new Float64Array()
    return Array.from(x, (original, index) => {
      x[index] = original + STEP
      const above = costAt()
      x[index] = original - STEP
      const below = costAt()
      x[index] = original
      return Math.abs((above - below) / (2 * STEP) - (claimed[position]?.[index] ?? NaN))
    })
  })
  return Math.max(...gaps)
}

const evaluate = (value: Value, feeds: Record<string, readonly number[]>): readonly number[] => {
  const fed = new Map(Object.entries(feeds).map(([name, v]) => [name, Float64Array.from(v)]))
  return [...(interpret([value], fed)[0] ?? [])]
}

describe('gradient rules', () => {
  for (const op of Object.keys(CASES) as OpName[]) {
    test.each(CASES[op].ranges ?? ANYWHERE)(
      `${op} agrees with central differences on [%d, %d]`,
      (low, high) => {
        expect(gradientGap(op, [low, high])).toBeLessThan(1e-6)
      },
    )
  }

  test('the check itself notices a rule that is a tenth of a percent off', () => {
    const bent: Rules = {
      ...RULES,
      exp: { ...RULES.exp, vjp: (g, _, z) => [scale(mul(g, z), 1.001)] },
    }

    expect(gradientGap('exp', [-2, 2], bent)).toBeGreaterThan(1e-4)
  })

  test('the check notices a ReLU that lets every gradient through', () => {
    const bent: Rules = { ...RULES, relu: { ...RULES.relu, vjp: (g) => [g] } }

    expect(gradientGap('relu', [0.1, 2], bent)).toBeLessThan(1e-6)
    expect(gradientGap('relu', [-2, -0.1], bent)).toBeGreaterThan(0.1)
  })

  test('a ReLU sends no gradient through its kink', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])

    const [dx] = tape.gradient(relu(x), [x])

    expect(evaluate(dx as Value, { x: [0] })).toEqual([0])
  })
})

const total = (x: Value): Value => reshape(sum(x, [...x.shape.keys()]), [])

describe('the tape', () => {
  test('a value that is used twice gets the sum of both gradients', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])

    const [dx] = tape.gradient(add(mul(x, x), scale(x, 3)), [x])

    expect(evaluate(dx as Value, { x: [5] })).toEqual([13])
  })

  test('a gradient is more of the same tape and has a gradient itself', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])
    const [first] = tape.gradient(tanh(x), [x])

    const [second] = tape.gradient(first as Value, [x])

    const t = Math.tanh(0.7)
    expect(evaluate(second as Value, { x: [0.7] })[0]).toBeCloseTo(-2 * t * (1 - t * t), 12)
  })

  test('a variable that the cost does not depend on has gradient zero, in its own shape', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])
    const idle = tape.input('idle', [2, 2])

    const [gradient] = tape.gradient(mul(x, x), [idle])

    expect(gradient?.shape).toEqual([2, 2])
    expect(evaluate(gradient as Value, { x: [1], idle: [1, 2, 3, 4] })).toEqual([0, 0, 0, 0])
  })

  test('only a scalar can be differentiated', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [2])

    expect(() => tape.gradient(x, [x])).toThrow('only a scalar')
  })

  test('values of two tapes do not mix', () => {
    const [one, other] = [new GradientTape(), new GradientTape()]

    expect(() => add(one.constant(1), other.constant(1))).toThrow('two tapes')
  })

  test('shapes that do not go together are refused where they are written', () => {
    const tape = new GradientTape()

    expect(() => add(tape.input('x', [2, 3]), tape.input('y', [2]))).toThrow('[2,3] and [2]')
  })

  test('whatever is stretched gets a gradient of its own shape, equal to the times it was used', () => {
    const axes = fc.array(
      fc.record({ length: fc.integer({ min: 1, max: 3 }), thin: fc.boolean() }),
      {
        maxLength: 4,
      },
    )
    const property = fc.property(axes, fc.nat(4), (full, dropped) => {
      const shape: Shape = full.map(({ length }) => length)
      const thin = full.map(({ length, thin }) => (thin ? 1 : length)).slice(dropped)
      const tape = new GradientTape()
      const x = tape.input('x', thin)
      const stretched = expand(x, shape)
      const cost = shape.length === 0 ? stretched : total(stretched)

      const [dx] = tape.gradient(cost, [x])

      const size = (s: Shape) => s.reduce((a, b) => a * b, 1)
      expect(broadcast(thin, shape)).toEqual(shape)
      expect(dx?.shape).toEqual(thin)
      const ones = Array.from({ length: size(thin) }, () => 1)
      expect(evaluate(dx as Value, { x: ones })).toEqual(ones.map(() => size(shape) / size(thin)))
    })

    fc.assert(property, { numRuns: 100 })
  })
})
