import ort from 'onnxruntime-node'
import { encodeModel } from '../../../core/onnx/graph.ts'
import type { Graph } from '../../../core/onnx/graph.ts'
import { lowerTape } from '../../../core/onnx/lower.ts'
import type { LoweringOptions } from '../../../core/onnx/lower.ts'
import { sizeOf } from '../../../core/tape/shapes.ts'
import type { Value } from '../../../core/tape/value.ts'

export type Feeds = ReadonlyMap<string, Float64Array>

/** Runs a graph in ONNX Runtime, in float32. Where the first axis is open, its length is that of the feeds. */
export async function runGraph(
  graph: Graph,
  feeds: Feeds,
  threads = 1,
): Promise<readonly Float32Array[]> {
  const session = await ort.InferenceSession.create(encodeModel(graph), {
    graphOptimizationLevel: 'extended',
    intraOpNumThreads: threads,
  })
  const tensors = graph.inputs.map(({ name, type, shape }) => {
    const fed = feeds.get(name) ?? new Float64Array()
    const fixed = shape.filter((length) => typeof length === 'number')
    const dims = shape.map((length) =>
      typeof length === 'number' ? length : fed.length / sizeOf(fixed),
    )
    const tensor =
      type === 'int'
        ? new ort.Tensor('int32', Int32Array.from(fed), dims)
        : new ort.Tensor('float32', Float32Array.from(fed), dims)
    return [name, tensor] as const
  })
  const results = await session.run(Object.fromEntries(tensors))
  await session.release()
  return graph.outputs.map(({ name }) => results[name]?.data as Float32Array)
}

/** Values of one tape under the names `out0`, `out1` … */
export const named = (values: readonly Value[]): ReadonlyMap<string, Value> =>
  new Map(values.map((value, index) => [`out${index}`, value]))

/** Runs values of one tape in ONNX Runtime. */
export function runLowered(
  values: readonly Value[],
  feeds: Feeds,
  { threads = 1, ...options }: LoweringOptions & { readonly threads?: number } = {},
): Promise<readonly Float32Array[]> {
  const [first] = values
  if (first === undefined) throw new Error('nothing to run')
  return runGraph(lowerTape(first.tape, named(values), options), feeds, threads)
}

/** The largest difference between what came out and what was meant, relative to each tensor's largest number. */
export function largestGap(
  lowered: readonly Float32Array[],
  meant: readonly Float64Array[],
): number {
  const gaps = meant.map((values, index) => {
    const others = lowered[index]
    if (others?.length !== values.length) return Infinity
    const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    return Math.max(
      ...values.map((value, place) => Math.abs((others[place] ?? NaN) - value) / size),
    )
  })
  return Math.max(...gaps)
}
