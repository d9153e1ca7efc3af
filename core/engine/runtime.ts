import ort from 'onnxruntime-node'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { PandaError } from '../errors.ts'
import { OPSET, encodeModel } from '../onnx/graph.ts'
import type { Graph } from '../onnx/graph.ts'
import { findBlock } from './blocks.ts'
import type { EngineOptions } from './options.ts'

/**
 * Called before and after every call into native code, so that nothing ends the thread in between. Calls
 * never nest: the end of an inner one would say that the outer one has ended.
 */
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

/** Room for a scalar that a model answers. */
export const scalarArray = (): ShapedArray => ({ values: new Float32Array(1), shape: [] })
export const readScalar = ({ values }: ShapedArray): number => values[0] ?? NaN

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

/**
 * The binding fills arrays handed to it and then copies each result into a new one all the same. Of a
 * sequence it can make no JavaScript value: with one as the first output it throws, after the arrays are
 * filled and before anything is copied.
 */
const GUARD = 'guard'
const GUARD_REFUSAL = 'Non tensor type is temporarily not supported.'

/** The graph with an output put first that the binding stumbles over. */
function guarded(graph: Graph): Graph {
  const [first] = graph.outputs
  if (first === undefined) throw new Error('a graph without outputs answers nothing')
  const wrapped = { type: 'SequenceConstruct', inputs: [first.name], outputs: [GUARD] }
  return {
    ...graph,
    nodes: [...graph.nodes, { ...wrapped, attributes: {} }],
    outputs: [{ name: GUARD, type: 'sequence', shape: [] }, ...graph.outputs],
  }
}

async function runGuarded(
  session: InferenceSession,
  feeds: Feeds,
  fetches: Readonly<Record<string, Tensor | null>>,
): Promise<void> {
  try {
    await session.run(feeds, fetches)
  } catch (error) {
    if (error instanceof Error && error.message === GUARD_REFUSAL) return
    throw error
  }
  throw new Error('ONNX Runtime answered what it used to refuse')
}

/** −x of two inputs, each in an output of its own. */
const PROBE: Graph = {
  inputs: ['x0', 'x1'].map((name) => ({ name, type: 'float', shape: [1] })),
  outputs: ['y0', 'y1'].map((name) => ({ name, type: 'float', shape: [1] })),
  constants: [],
  nodes: [0, 1].map((i) => ({
    type: 'Neg',
    inputs: [`x${i}`],
    outputs: [`y${i}`],
    attributes: {},
  })),
}

/** How results may leave ONNX Runtime here. Electron forbids memory that V8 does not own, so it is tried. */
type Results = 'guarded' | 'in-place' | 'copied'

async function tryResults(hooks: RunHooks): Promise<Results> {
  const attempt = async (graph: Graph, guard: object): Promise<boolean> => {
    const session = await createSession(encodeModel(graph), 1, hooks)
    const [y0, y1] = [new Float32Array(1), new Float32Array(1)]
    const feeds = {
      x0: floatTensor(Float32Array.of(1), [1]),
      x1: floatTensor(Float32Array.of(2), [1]),
    }
    const fetches = { ...guard, y0: floatTensor(y0, [1]), y1: floatTensor(y1, [1]) }
    return native(hooks, 'starting ONNX Runtime', async () => {
      const run =
        'guard' in guard ? runGuarded(session, feeds, fetches) : session.run(feeds, fetches)
      const ended = await run.then(
        () => true,
        () => false,
      )
      await session.release()
      return ended && y0[0] === -1 && y1[0] === -2
    })
  }
  if (await attempt(guarded(PROBE), { [GUARD]: null })) return 'guarded'
  return (await attempt(PROBE, {})) ? 'in-place' : 'copied'
}

let results: Results | null = null

/** Below, copying the results costs less than the error that spares it (10 to 20 µs). */
const WORTH_GUARDING_BYTES = 100_000

const bytesOf = (arrays: Readonly<Record<string, ShapedArray>>): number =>
  Object.values(arrays).reduce((sum, { values }) => sum + values.byteLength, 0)

/** Where models are compiled, all with the same threads and hooks. */
export interface Runtime {
  /** What its convolutions may put side by side, for the lowering. */
  readonly block: number | undefined
  /** `into`: the arrays that the model's results are to be written to, by name. */
  load(model: Uint8Array, into: Readonly<Record<string, ShapedArray>>): Promise<LoadedModel>
  /** The same of a graph, whose results it spares the copying where that is worth it. */
  compile(graph: Graph, into: Readonly<Record<string, ShapedArray>>): Promise<LoadedModel>
}

/** Starts ONNX Runtime. Each session of it takes so many threads. */
export async function openRuntime(
  threads: number,
  hooks: RunHooks,
  options: EngineOptions = {},
): Promise<Runtime> {
  const possible = (results ??= await tryResults(hooks))
  const block = await findBlock(hooks)
  const isFilled = possible !== 'copied' && options.results !== 'copied'
  const mayGuard = possible === 'guarded' && options.results !== 'copied'

  const open = async (
    model: Uint8Array,
    into: Readonly<Record<string, ShapedArray>>,
    isGuarded: boolean,
  ): Promise<LoadedModel> => {
    const session = await createSession(model, threads, hooks)
    const rows = Object.entries(into)
    const tensors = Object.fromEntries(
      rows.map(([name, { values, shape }]) => [name, floatTensor(values, shape)]),
    )
    const fetches = isGuarded ? { [GUARD]: null, ...tensors } : tensors
    return {
      async run(feeds) {
        if (isGuarded) return native(hooks, 'a run', () => runGuarded(session, feeds, fetches))
        const fetched = await native(hooks, 'a run', () => session.run(feeds, fetches))
        if (isFilled) return
        for (const [name, { values }] of rows) values.set(fetched[name]?.data as Float32Array)
      },
      release: () => native(hooks, 'a release', () => session.release()),
    }
  }
  return {
    block,
    load: (model, into) => open(model, into, false),
    compile(graph, into) {
      const isWorthIt = options.results === 'in-place' || bytesOf(into) > WORTH_GUARDING_BYTES
      const isGuarded = mayGuard && isWorthIt
      return open(encodeModel(isGuarded ? guarded(graph) : graph), into, isGuarded)
    },
  }
}
