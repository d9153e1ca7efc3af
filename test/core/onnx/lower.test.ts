import fc from 'fast-check'
import ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { encodeModel } from '../../../core/onnx/graph.ts'
import { lowerTape } from '../../../core/onnx/lower.ts'
import { add, mul, scale } from '../../../core/tape/functions.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { OpName, Value } from '../../../core/tape/value.ts'
import { ANYWHERE, CASES, experiment } from '../tape/cases.ts'
import { interpret } from '../tape/interpreter.ts'

/** Runs values of a tape in ONNX Runtime, in float32. */
async function runLowered(
  outputs: ReadonlyMap<string, Value>,
  feeds: ReadonlyMap<string, Float64Array>,
): Promise<readonly Float32Array[]> {
  const [first] = outputs.values()
  if (first === undefined) throw new Error('nothing to run')
  const { tape } = first
  const session = await ort.InferenceSession.create(encodeModel(lowerTape(tape, outputs)))
  const tensors = tape.values
    .filter((value) => value.kind === 'input')
    .map(({ name, type, shape }) => {
      const fed = feeds.get(name) ?? new Float64Array()
      const tensor =
        type === 'int'
          ? new ort.Tensor('int32', Int32Array.from(fed), [...shape])
          : new ort.Tensor('float32', Float32Array.from(fed), [...shape])
      return [name, tensor] as const
    })
  const results = await session.run(Object.fromEntries(tensors))
  await session.release()
  return [...outputs.keys()].map((name) => results[name]?.data as Float32Array)
}

describe('lowering to ONNX', () => {
  for (const op of Object.keys(CASES) as OpName[]) {
    test.each(CASES[op].ranges ?? ANYWHERE)(
      `${op} and its gradients give in ONNX Runtime what they mean, on [%d, %d]`,
      async (low, high) => {
        const { z, cost, gradients, feeds } = experiment(op, [low, high])
        const outputs = [z, cost, ...gradients]

        const lowered = await runLowered(
          new Map(outputs.map((value, index) => [`out${index}`, value])),
          feeds,
        )

        interpret(outputs, feeds).forEach((meant, index) => {
          expect(lowered[index]).toHaveLength(meant.length)
          meant.forEach((value, place) => {
            const gap = Math.abs((lowered[index]?.[place] ?? NaN) - value)
            expect(gap).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value)))
          })
        })
      },
    )
  }

  test('an input or a constant can be an output, and one value can be two', async () => {
    const tape = new GradientTape()
    const x = tape.input('x', [2])
    const doubled = scale(x, 2)

    const outputs = await runLowered(
      new Map<string, Value>([
        ['a', doubled],
        ['b', doubled],
        ['c', x],
        ['d', tape.constant(0.5)],
      ]),
      new Map([['x', Float64Array.of(1, 2)]]),
    )

    expect(outputs.map((values) => [...values])).toEqual([[2, 4], [2, 4], [1, 2], [0.5]])
  })

  test('what no output needs is left out', () => {
    const tape = new GradientTape()
    const x = tape.input('x', [])
    mul(x, x)

    const graph = lowerTape(tape, new Map([['y', add(x, x)]]))

    expect(graph.nodes.map(({ type, output }) => [type, output])).toEqual([['Add', 'y']])
  })

  test('float constants survive the encoding bit for bit', async () => {
    const numbers = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 20 })
    const property = fc.asyncProperty(numbers, async (constants) => {
      const tape = new GradientTape()
      const outputs = new Map(constants.map((value, i) => [`c${i}`, tape.constant(value)]))

      const decoded = await runLowered(outputs, new Map())

      expect(decoded.map(([value]) => value)).toEqual(constants)
    })

    await fc.assert(property, { numRuns: 20 })
  })
})
