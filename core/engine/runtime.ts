import ort from 'onnxruntime-node'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { PandaError } from '../errors.ts'
import { OPSET, encodeModel } from '../onnx/graph.ts'

/** Called before and after every call into native code, so that nothing ends the thread in between. */
export interface RunHooks {
  readonly beforeRun?: () => void
  readonly afterRun?: () => void
}

const OPTIMIZATION = 'extended'

export const RUNTIME_DESCRIPTION = `onnxruntime-node ${ort.env.versions.node}, opset ${OPSET}, ${OPTIMIZATION}`

export type Feeds = Readonly<Record<string, Tensor>>

export interface ShapedArray {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

/** A model ready to run. Its results are, after each run, in the arrays it was loaded with. */
export interface LoadedModel {
  run(feeds: Feeds): Promise<void>
  release(): Promise<void>
}

export const floatTensor = (values: Float32Array, shape: readonly number[]): Tensor =>
  new ort.Tensor('float32', values, [...shape])

export const intTensor = (values: Int32Array, shape: readonly number[]): Tensor =>
  new ort.Tensor('int32', values, [...shape])

async function native<T>(hooks: RunHooks, what: string, work: () => Promise<T>): Promise<T> {
  hooks.beforeRun?.()
  try {
    return await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PandaError('engine/failed', `${what} failed: ${reason}`, null, error)
  } finally {
    hooks.afterRun?.()
  }
}

const createSession = (
  model: Uint8Array,
  threads: number,
  hooks: RunHooks,
): Promise<InferenceSession> =>
  native(hooks, 'compiling the network', () =>
    ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: OPTIMIZATION,
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Measured: as fast as with it, and 90 MB less memory.
      enableMemPattern: false,
      // Several sessions share the cores: their idle threads must not spin for long.
      extra: { session: { intra_op: { spin_duration_us: '100' } } },
      logSeverityLevel: 3,
    }),
  )

/** Does the binding fill arrays handed to it? Electron forbids memory that V8 does not own, so ask. */
async function fillsInPlace(): Promise<boolean> {
  const probe = { type: 'float', shape: [1] } as const
  const model = encodeModel({
    inputs: [{ name: 'x', ...probe }],
    outputs: [{ name: 'y', ...probe }],
    constants: [],
    nodes: [{ type: 'Neg', inputs: ['x'], output: 'y', attributes: {} }],
  })
  const session = await createSession(model, 1, {})
  const y = new Float32Array(1)
  await session.run({ x: floatTensor(Float32Array.of(1), [1]) }, { y: floatTensor(y, [1]) })
  await session.release()
  return y[0] === -1
}

let inPlace: boolean | null = null

/** Where models are compiled, all with the same threads and hooks. */
export interface Runtime {
  /** `into`: the arrays that the model's results are to be written to. */
  load(model: Uint8Array, into: Readonly<Record<string, ShapedArray>>): Promise<LoadedModel>
}

export async function openRuntime(threads: number, hooks: RunHooks): Promise<Runtime> {
  const filled = (inPlace ??= await native(hooks, 'starting ONNX Runtime', fillsInPlace))
  return {
    async load(model, into) {
      const session = await createSession(model, threads, hooks)
      const rows = Object.entries(into)
      const fetches = Object.fromEntries(
        rows.map(([name, { values, shape }]) => [name, floatTensor(values, shape)]),
      )
      return {
        async run(feeds) {
          const fetched = await native(hooks, 'a run', () => session.run(feeds, fetches))
          if (filled) return
          for (const [name, { values }] of rows) values.set(fetched[name]?.data as Float32Array)
        },
        release: () => native(hooks, 'a release', () => session.release()),
      }
    },
  }
}
