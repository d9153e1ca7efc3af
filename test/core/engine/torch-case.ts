import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createEngine } from '../../../core/engine/engine.ts'
import type { Batch, Engine, EngineSpec } from '../../../core/engine/engine.ts'
import { inputSpecOf } from '../../../core/nn/plan.ts'
import type { RunConfig } from '../../../core/protocol/config.ts'
import type { Hyperparameters, OptimizerName } from '../../../core/protocol/hyperparameters.ts'
import { network } from '../../../core/protocol/network.ts'

/** Base64 of little-endian float32, by the name of the tensor. */
type Encoded = Readonly<Record<string, string>>

/** What PyTorch made of one network. */
export interface TorchCase {
  readonly network: object
  readonly input: { readonly shape: readonly number[]; readonly vocabulary: number | null }
  readonly classes: number | null
  readonly loss: Pick<RunConfig, 'class_weights'> & {
    readonly name: RunConfig['loss']
    readonly label_smoothing?: number
    readonly huber_delta?: number
  }
  readonly optimizer: OptimizerName
  readonly hyperparameters: Hyperparameters
  readonly count: number
  readonly batches: readonly {
    readonly x: string
    readonly labels: readonly number[] | null
    readonly targets?: string | null
  }[]
  readonly kinds: Readonly<Record<string, string>>
  readonly shapes: Readonly<Record<string, readonly number[]>>
  /** Parameters and running statistics. */
  readonly initial: Encoded
  readonly answersBefore: string
  /** J at each step, before the step is taken. */
  readonly costs: readonly number[]
  readonly gradients: Encoded
  readonly trained: Encoded
  readonly answersAfter: string
}

const FIXTURES = path.join(import.meta.dirname, '../../fixtures')

export const readFixture = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(FIXTURES, file), 'utf8'))

export function decode(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return new Float32Array(Uint8Array.from(bytes).buffer)
}

export const specOf = (given: TorchCase): EngineSpec => ({
  network: network.parse(given.network),
  loss: {
    name: given.loss.name,
    classWeights: given.loss.class_weights ?? null,
    labelSmoothing: given.loss.label_smoothing ?? 0,
    huberDelta: given.loss.huber_delta ?? 1,
  },
  optimizer: given.optimizer,
  input: inputSpecOf(given.input.shape, given.input.vocabulary),
  classes: given.classes,
  seed: 1,
  threads: 1,
})

export const batchesOf = ({ count, batches }: TorchCase): readonly Batch[] =>
  batches.map(({ x, labels, targets }) => ({
    count,
    x: decode(x),
    labels: labels && Int32Array.from(labels),
    targets: targets ? decode(targets) : null,
  }))

/** ‖got − expected‖ / ‖expected‖. */
export function relativeGap(got: Float32Array, expected: Float32Array): number {
  if (got.length !== expected.length) return Infinity
  const off = Math.hypot(...expected.map((value, at) => (got[at] ?? NaN) - value))
  return off / Math.hypot(...expected)
}

/** The same for each tensor by its name: Infinity where PyTorch has none of the name. */
export const relativeGaps = (
  got: ReadonlyMap<string, Float32Array>,
  expected: Encoded,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...got].map(([name, values]) => [name, relativeGap(values, decode(expected[name] ?? ''))]),
  )

/** Parameters and running statistics, by name. */
export const tensorsOf = (engine: Engine): ReadonlyMap<string, Float32Array> =>
  new Map(
    engine
      .exportState()
      .buffers.filter(({ role }) => role !== 'moment')
      .map(({ name, values }) => [name, values]),
  )

/** Puts PyTorch's starting values into an engine. */
function startFrom(engine: Engine, initial: Encoded): void {
  const state = engine.exportState()
  const buffers = state.buffers.map((buffer) =>
    buffer.role === 'moment' ? buffer : { ...buffer, values: decode(initial[buffer.name] ?? '') },
  )
  engine.importState({ ...state, buffers })
}

/** Runs `work` with an engine that starts where PyTorch did. */
export async function withTorchEngine<T>(
  given: TorchCase,
  changes: Partial<EngineSpec>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await createEngine({ ...specOf(given), ...changes })
  try {
    startFrom(engine, given.initial)
    return await work(engine)
  } finally {
    await engine.dispose()
  }
}

/** With α this large nothing is left of W in W − α g, so that g can be read to float32's accuracy. */
const HUGE = 2 ** 40

/** J and its gradient for each parameter, and the running statistics after the step. */
export async function gradientsOf(given: TorchCase, threads = 1) {
  return withTorchEngine(given, { optimizer: 'gradient_descent', threads }, async (engine) => {
    const names = engine.plan.parameters.map(({ name }) => name)
    const before = tensorsOf(engine)
    const { l2 = 0, dropout = 0 } = given.hyperparameters
    const { cost, gradientNorm } = await engine.computeGradients(batchesOf(given)[0]!, {
      step: 0,
      l2,
      dropout,
      vitals: false,
    })
    engine.applyUpdate({ clip_norm: 0 }, HUGE)
    const after = tensorsOf(engine)
    const gradients = new Map(
      names.map((name) => [
        name,
        before.get(name)!.map((w, at) => (w - (after.get(name)![at] ?? NaN)) / HUGE),
      ]),
    )
    const statistics = new Map([...after].filter(([name]) => !gradients.has(name)))
    return { cost, gradientNorm, gradients, statistics }
  })
}
