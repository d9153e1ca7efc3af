import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeModel } from '../../../core/onnx/graph.ts'
import { lowerTape } from '../../../core/onnx/lower.ts'
import { ModelProto } from '../../../core/onnx/schema.ts'
import {
  add,
  expand,
  gelu,
  layerNorm,
  lookup,
  matmul,
  mul,
  reshape,
  scale,
  slice,
  softmax,
  sumSquares,
  tanh,
  transpose,
} from '../../../core/tape/functions.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { Input, Value } from '../../../core/tape/value.ts'
import { interpret } from '../tape/interpreter.ts'
import { largestGap, named, runGraph, runLowered } from './run-lowered.ts'

const FLOAT32 = 2e-6

const typesOf = (outputs: readonly Value[]): readonly string[] => {
  const [first] = outputs
  return first === undefined
    ? []
    : lowerTape(first.tape, named(outputs)).nodes.map(({ type }) => type)
}

describe('outputs', () => {
  test('an input or a constant can be an output, and one value can be two', async () => {
    const tape = new GradientTape()
    const x = tape.input('x', [2])
    const doubled = scale(x, 2)

    const outputs = await runLowered(
      [doubled, doubled, x, tape.constant(0.5), tape.tensor([3, 4])],
      new Map([['x', Float64Array.of(1, 2)]]),
    )

    expect(outputs.map((values) => [...values])).toEqual([[2, 4], [2, 4], [1, 2], [0.5], [3, 4]])
  })

  test('two values that are one tensor can both be outputs, and go on into a third', async () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])
    const [one, other] = [tanh(x), tanh(x)]
    const outputs = [one, other, add(one, other)]

    const lowered = await runLowered(outputs, new Map([['x', Float64Array.of(0.5)]]))

    const t = Math.fround(Math.tanh(0.5))
    for (const [index, value] of [t, t, 2 * t].entries()) {
      expect(lowered[index]?.[0]).toBeCloseTo(value, 6)
    }
    expect(typesOf(outputs).toSorted()).toEqual(['Add', 'Identity', 'Tanh'])
  })

  test('what no output needs is left out', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])
    mul(x, x)

    const { nodes } = lowerTape(tape, new Map([['y', add(x, x)]]))

    expect(nodes.map(({ type, outputs }) => [type, outputs])).toEqual([['Add', ['y']]])
  })
})

describe('interning', () => {
  test('the same of the same is computed once, and other attributes are another thing', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [4, 2])
    const both = (axis: number) => slice(x, axis, 0, 1)

    const types = typesOf([add(sumSquares(both(0)), sumSquares(both(0))), both(1)])

    expect(types.toSorted()).toEqual(['Add', 'ReduceSumSquare', 'Slice', 'Slice'])
  })

  test('equal constants are one, and 0 and −0 are two', async () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])
    const outputs = [scale(x, 3), add(x, tape.constant(3)), scale(x, 0), scale(x, -0)]

    const { constants } = lowerTape(tape, named(outputs))
    const lowered = await runLowered(outputs, new Map([['x', Float64Array.of(2)]]))

    expect(constants.map(({ values }) => [...values])).toEqual([[3], [0], [-0]])
    expect(lowered.map(([value]) => value)).toEqual([6, 5, 0, -0])
  })

  test('what the gradient of a layer norm needs twice is there once', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [3, 4])
    const [gamma, beta] = [tape.input('gamma', [4]), tape.input('beta', [4])]
    const cost = sumSquares(layerNorm(x, gamma, beta))

    const types = typesOf([cost, ...tape.gradient(cost, [x, gamma, beta])])

    // Of x, of its squares, and of the gradient with and without x̂.
    expect(types.filter((type) => type === 'ReduceMean')).toHaveLength(4)
  })
})

describe('the shape of a graph', () => {
  test('the way back through a GELU finds the error function computed', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [3])
    const cost = sumSquares(gelu(x))

    const types = typesOf([cost, ...tape.gradient(cost, [x])])

    expect(types.filter((type) => type === 'Erf')).toHaveLength(1)
  })

  test('a stack times one matrix is one product, and so is the gradient of each', () => {
    const tape = new GradientTape()
    const [x, w] = [tape.input('x', [5, 4, 3]), tape.input('w', [3, 2])]
    const cost = sumSquares(matmul(x, w))

    const types = typesOf([cost, ...tape.gradient(cost, [x, w])])

    expect(types.filter((type) => type === 'MatMul')).toHaveLength(3)
    expect(types).not.toContain('ReduceSum')
  })

  test('the gradients of slices that tile an axis are one Concat', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [2, 6])
    const parts = [0, 2, 4].map((from) => sumSquares(tanh(slice(x, 1, from, 2))))
    const cost = parts.reduce((a, b) => add(a, b))

    const types = typesOf(tape.gradient(cost, [x]))

    expect(types.filter((type) => type === 'Concat')).toHaveLength(1)
    expect(types).not.toContain('Pad')
  })
})

describe('encoding', () => {
  test('float constants survive it bit for bit', async () => {
    const numbers = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 20 })
    const property = fc.asyncProperty(numbers, async (constants) => {
      const tape = new GradientTape()
      const outputs = [...constants.map((value) => tape.constant(value)), tape.tensor(constants)]

      const decoded = await runLowered(outputs, new Map())

      expect(decoded.slice(0, -1).map(([value]) => value)).toEqual(constants)
      expect([...(decoded.at(-1) ?? [])]).toEqual(constants)
    })

    await fc.assert(property, { numRuns: 20 })
  })

  test('a model says what it is', () => {
    const tape = new GradientTape()
    const graph = lowerTape(tape, named([tanh(tape.input('x', []))]))

    const model = encodeModel(graph, { text: 'a curve', metadata: { run: 'digits', step: '12' } })

    expect(ModelProto.toObject(ModelProto.decode(model))).toMatchObject({
      producerName: 'panda',
      docString: 'a curve',
      metadataProps: [
        { key: 'run', value: 'digits' },
        { key: 'step', value: '12' },
      ],
    })
  })
})

/** A small network with everything in it whose lowering knows the batch: attention over T places. */
function attention(batch: number) {
  const [T, width] = [3, 4]
  const tape = new GradientTape()
  const ids = tape.input('ids', [batch, T], 'int')
  const table = tape.input('table', [5, width])
  const positions = tape.input('positions', [T, width])
  const x = add(lookup(table, ids), positions)
  const heads = transpose(reshape(x, [batch, T, 2, 2]), [0, 2, 1, 3])
  const shares = softmax(matmul(heads, transpose(heads)))
  const mixed = reshape(transpose(matmul(shares, heads), [0, 2, 1, 3]), [batch, T, width])
  const rows = reshape(mixed, [batch * T, width])
  return { tape, table, positions, outputs: [mixed, rows] }
}

const TABLE = Float32Array.from({ length: 20 }, (_, i) => Math.sin(i))
const POSITIONS = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i))

describe('an open batch', () => {
  const { tape, table, positions, outputs } = attention(1)
  const constants = new Map<Input, Float32Array>([
    [table, TABLE],
    [positions, POSITIONS],
  ])

  test.each([1, 2, 5])('one model takes batches of any size, as of %d', async (batch) => {
    const ids = Float64Array.from({ length: batch * 3 }, (_, i) => (i * 7) % 5)
    const fixed = attention(batch)

    const graph = lowerTape(tape, named(outputs), { dynamicBatch: true, constants })
    const lowered = await runGraph(graph, new Map([['ids', ids]]))

    const fed = new Map([
      ['ids', ids],
      ['table', Float64Array.from(TABLE)],
      ['positions', Float64Array.from(POSITIONS)],
    ])
    expect(largestGap(lowered, interpret(fixed.outputs, fed))).toBeLessThan(FLOAT32)
  })

  test('inputs that have become constants are not asked for', () => {
    const graph = lowerTape(tape, named(outputs), { dynamicBatch: true, constants })

    expect(graph.inputs).toEqual([{ name: 'ids', type: 'int', shape: ['batch', 3] }])
    expect(graph.outputs.map(({ shape }) => shape)).toEqual([
      ['batch', 3, 4],
      ['batch', 4],
    ])
  })

  test('an expansion along other axes keeps it open', async () => {
    const own = new GradientTape()
    const wide = expand(own.input('x', [2, 1]), [2, 3])

    const graph = lowerTape(own, named([wide]), { dynamicBatch: true })
    const [lowered] = await runGraph(graph, new Map([['x', Float64Array.of(1, 2, 3)]]))

    expect([...(lowered ?? [])]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3])
  })

  test('an expansion that would close it is refused', () => {
    const own = new GradientTape()
    const wide = expand(own.input('x', [3]), [2, 3])

    expect(() => lowerTape(own, named([wide]), { dynamicBatch: true })).toThrow(
      'would fix the size of the batch',
    )
  })
})
