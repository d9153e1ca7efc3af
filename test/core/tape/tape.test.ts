import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  concat,
  expand,
  mul,
  reshape,
  scale,
  slice,
  sub,
  sum,
  sumSquares,
  tanh,
} from '../../../core/tape/functions.ts'
import { broadcast } from '../../../core/tape/shapes.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { OpName, Shape, Value } from '../../../core/tape/value.ts'
import { interpret } from './interpreter.ts'

const evaluate = (value: Value, feeds: Record<string, readonly number[]>): readonly number[] => {
  const fed = new Map(Object.entries(feeds).map(([name, v]) => [name, Float64Array.from(v)]))
  return [...(interpret([value], fed)[0] ?? [])]
}

const total = (x: Value): Value => reshape(sum(x, [...x.shape.keys()]), [])

/** The ops that a value is computed by, as often as they occur. */
function opsOf(value: Value, seen = new Set<Value>()): readonly OpName[] {
  if (value.kind !== 'result' || seen.has(value)) return []
  seen.add(value)
  return [value.op, ...value.inputs.flatMap((input) => opsOf(input, seen))]
}

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

  test('what is computed on the way has a gradient too', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])
    const square = mul(x, x)

    const gradients = tape.gradient(add(mul(square, square), square), [square, x, square])

    expect(gradients.map((gradient) => evaluate(gradient, { x: [3] }))).toEqual([[19], [114], [19]])
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

  test('whatever is stretched gets a gradient of its own shape, equal to the times it was used', () => {
    const axes = fc.array(
      fc.record({ length: fc.integer({ min: 1, max: 3 }), thin: fc.boolean() }),
      { maxLength: 4 },
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

describe('variables and tensors', () => {
  test('a variable holds its own numbers, a copy of those it was made of', () => {
    const tape = new GradientTape()
    const numbers = [1, 2, 3, 4]

    const w = tape.variable(numbers, [2, 2], 'w')
    numbers[0] = 9

    expect({ ...w, tape: null }).toMatchObject({ kind: 'input', name: 'w', shape: [2, 2] })
    expect([...w.values]).toEqual([1, 2, 3, 4])
  })

  test('a number is a scalar variable, and a list without a shape a vector', () => {
    const tape = new GradientTape()

    const [scalar, vector] = [tape.variable(5), tape.variable([1, 2, 3])]

    expect([scalar.shape, vector.shape]).toEqual([[], [3]])
    expect(scalar.name).not.toBe(vector.name)
  })

  test('a tensor takes part like any value', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [2])

    const difference = sub(x, tape.tensor([1, 2]))

    expect(evaluate(difference, { x: [5, 5] })).toEqual([4, 3])
  })

  test('numbers that do not fill their shape are refused', () => {
    const tape = new GradientTape()

    expect(() => tape.variable([1, 2, 3], [2, 2])).toThrow('3 numbers are not [2,2]')
    expect(() => tape.tensor([1, 2, 3], [2])).toThrow('3 numbers are not [2]')
  })

  test('two inputs do not share a name', () => {
    const tape = new GradientTape()
    tape.input('x', [])

    expect(() => tape.variable(1, [], 'x')).toThrow('an input x already')
  })
})

describe('the gradients of slices', () => {
  const sliced = (parts: readonly (readonly [from: number, length: number])[]) => {
    const tape = new GradientTape()
    const x = tape.input('x', [2, 6])
    const costs = parts.map(([from, length], index) =>
      scale(sumSquares(slice(x, 1, from, length)), index + 1),
    )
    return { tape, x, cost: costs.reduce((a, b) => add(a, b)) }
  }
  const numbers = Array.from({ length: 12 }, (_, i) => i)

  test('that tile an axis are put together, in whatever order they were taken', () => {
    const { tape, x, cost } = sliced([
      [3, 1],
      [0, 3],
      [4, 2],
    ])

    const [dx] = tape.gradient(cost, [x])

    const ops = opsOf(dx as Value)
    expect(ops.filter((op) => op === 'concat')).toHaveLength(1)
    expect(ops).not.toContain('place')
    const factors = [4, 4, 4, 2, 6, 6]
    expect(evaluate(dx as Value, { x: numbers })).toEqual(
      numbers.map((number) => number * (factors[number % 6] ?? NaN)),
    )
  })

  test('that tile an axis are put together beside what else flows back', () => {
    const { tape, x, cost } = sliced([
      [0, 2],
      [2, 4],
    ])

    const [dx] = tape.gradient(add(cost, sumSquares(x)), [x])

    expect(opsOf(dx as Value)).not.toContain('place')
    const factors = [4, 4, 6, 6, 6, 6]
    expect(evaluate(dx as Value, { x: numbers })).toEqual(
      numbers.map((number) => number * (factors[number % 6] ?? NaN)),
    )
  })

  test.each([
    ['leave a gap', [0, 2], [3, 3], [2, 2, 0, 4, 4, 4]],
    ['overlap', [0, 4], [3, 3], [2, 2, 2, 6, 4, 4]],
  ] as const)('that %s are added up', (_, first, second, factors) => {
    const { tape, x, cost } = sliced([first, second])

    const [dx] = tape.gradient(cost, [x])

    expect(evaluate(dx as Value, { x: numbers })).toEqual(
      numbers.map((number) => number * (factors[number % 6] ?? NaN)),
    )
  })
})

describe('what does not go together is refused where it is written', () => {
  const tape = new GradientTape()
  const [matrix, vector] = [tape.input('matrix', [2, 3]), tape.input('vector', [2])]

  test.each<readonly [string, () => Value, string]>([
    ['shapes that cannot be stretched', () => add(matrix, vector), '[2,3] and [2]'],
    [
      'a matrix product of other lengths',
      () => tape.record('matmul', [matrix, matrix], {}),
      '[2,3]',
    ],
    ['a matrix product of a vector', () => tape.record('matmul', [matrix, vector], {}), 'matrices'],
    [
      'a permutation of other axes',
      () => tape.record('transpose', [matrix], { permutation: [0, 0] }),
      '[0,0]',
    ],
    ['a reduction over nothing', () => sum(matrix, []), 'needs an axis'],
    ['a reduction over an axis that is not there', () => sum(matrix, [2]), 'has no axis 2'],
    ['a reshape to another size', () => reshape(matrix, [4]), 'cannot become [4]'],
    ['an expansion to another shape', () => expand(matrix, [1, 3]), 'cannot become [1,3]'],
    ['a slice beyond the end', () => slice(matrix, 1, 2, 2), 'axis 1 of [2,3]'],
    ['parts of other shapes', () => concat([matrix, vector], 0), 'cannot be put together'],
    ['a softmax of a scalar', () => tape.record('softmax', [tape.constant(1)], {}), 'last axis'],
  ])('%s', (_, write, message) => {
    expect(write).toThrow(message)
  })
})
