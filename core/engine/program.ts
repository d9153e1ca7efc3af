import type { Tensor } from 'onnxruntime-node'
import { PandaError } from '../errors.ts'
import { lowerTape } from '../onnx/lower.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { Input, Value, Variable } from '../tape/value.ts'
import { floatTensor, intTensor, openRuntime } from './runtime.ts'
import { startOnce } from './start-once.ts'

/** As many numbers as a tensor has, the last axis fastest; of a scalar, or of one number, just that. */
export type Numbers = number | readonly number[] | Float32Array | Int32Array

/** The numbers of a tape's inputs, by name. */
export type FedNumbers = Readonly<Record<string, Numbers>>

/** Values of a tape, ready to be computed. */
export interface Program {
  /** The values' numbers, in their order. They are overwritten by the next run. */
  run(feeds: FedNumbers): Promise<readonly Float32Array[]>
}

export const isVariable = (value: Value): value is Variable =>
  value.kind === 'input' && 'values' in value

const mistake = (message: string, remedy: string): PandaError =>
  new PandaError('data/bad-value', message, remedy)

/** A shape as a person says it. */
const sayShape = (shape: readonly number[]): string =>
  shape.length === 0 ? 'one number' : `${shape.join(' × ')} numbers`

const listOf = (numbers: Numbers): readonly number[] | Float32Array | Int32Array =>
  typeof numbers === 'number' ? [numbers] : numbers

/** Numbers for `what`, which has this shape. Throws `data/bad-value` where they are too few or too many. */
export function checkedNumbers(
  what: string,
  shape: readonly number[],
  numbers: Numbers,
): readonly number[] | Float32Array | Int32Array {
  const list = listOf(numbers)
  if (list.length === sizeOf(shape)) return list
  throw mistake(
    `${what} takes ${sayShape(shape)}, and was given ${list.length}`,
    'Give it as many as it has.',
  )
}

function tensorOf({ name, shape, type }: Input, feeds: FedNumbers): Tensor {
  const fed = Object.hasOwn(feeds, name) ? feeds[name] : undefined
  if (fed === undefined) {
    throw mistake(`the input ${name} is not fed`, `Feed it ${sayShape(shape)}: { ${name}: … }.`)
  }
  const list = checkedNumbers(`the input ${name}`, shape, fed)
  if (type === 'float') return floatTensor(Float32Array.from(list), shape)
  const odd = Array.from(list).find((number) => !Number.isInteger(number))
  if (odd !== undefined) {
    throw mistake(
      `the input ${name} takes whole numbers, not ${odd}`,
      'Round it, or make it a float.',
    )
  }
  return intTensor(Int32Array.from(list), shape)
}

/** All that some values are computed from, and what of it is fed: found from the last to the first. */
function inputsOf(values: readonly Value[]): readonly Input[] {
  const reached = new Set<Value>()
  const waiting = [...values]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (reached.has(value)) continue
    reached.add(value)
    if (value.kind === 'result') waiting.push(...value.inputs)
  }
  return [...reached].filter((value) => value.kind === 'input')
}

/** Scripts share one start of ONNX Runtime. One thread: what is written by hand is small. */
const sharedRuntime = startOnce(() => openRuntime(1, {}))

/** Compiles what computes some values of one tape. Throws `engine/failed` where the engine cannot. */
export async function compileProgram(values: readonly Value[]): Promise<Program> {
  const [first] = values
  if (first === undefined) throw new Error('a program without values computes nothing')
  const inputs = inputsOf(values)
  const results = values.map(({ shape }, index) => ({
    name: `program/${index}`,
    shape,
    values: new Float32Array(sizeOf(shape)),
  }))
  const outputs = results.map(({ name }, index) => [name, values[index] as Value] as const)
  const graph = lowerTape(first.tape, new Map(outputs))
  // The tape may have inputs that these values do without: a script need not feed them.
  const needed = new Set(inputs.map(({ name }) => name))
  const own = { ...graph, inputs: graph.inputs.filter(({ name }) => needed.has(name)) }
  const runtime = await sharedRuntime()
  const model = await runtime.compile(
    own,
    Object.fromEntries(results.map((result) => [result.name, result])),
  )

  return {
    async run(feeds) {
      const names = new Set(first.tape.values.filter((v) => v.kind === 'input').map((v) => v.name))
      const stranger = Object.keys(feeds).find((name) => !names.has(name))
      if (stranger !== undefined) {
        const known = inputs.filter((input) => !isVariable(input)).map(({ name }) => name)
        throw mistake(
          `the tape has no input ${stranger}`,
          known.length === 0 ? 'Feed it nothing.' : `It takes ${known.join(', ')}.`,
        )
      }
      await model.run(
        Object.fromEntries(
          inputs.map((input) => [
            input.name,
            isVariable(input) ? floatTensor(input.values, input.shape) : tensorOf(input, feeds),
          ]),
        ),
      )
      return results.map((result) => result.values)
    },
  }
}
