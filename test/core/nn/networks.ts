import { forward } from '../../../core/nn/forward.ts'
import type { ForwardResult } from '../../../core/nn/forward.ts'
import type { LossSpec } from '../../../core/nn/losses.ts'
import { planNetwork } from '../../../core/nn/plan.ts'
import type { NetworkPlan } from '../../../core/nn/plan.ts'
import type { LossName } from '../../../core/protocol/config.ts'
import { network } from '../../../core/protocol/network.ts'
import type { NetworkConfig } from '../../../core/protocol/network.ts'
import { uniform } from '../../../core/random/index.ts'
import { GradientTape } from '../../../core/tape/tape.ts'
import type { Input, Shape, Value } from '../../../core/tape/value.ts'
import { sizeOf } from '../../../core/tape/shapes.ts'
import { interpret } from '../tape/interpreter.ts'

/** A network as a config says it, with its defaults filled in. */
export const networkOf = (layers: readonly object[], more: object = {}): NetworkConfig =>
  network.parse({ layers, ...more })

export const planOf = (
  layers: readonly object[],
  shape: Shape,
  vocabulary: number | null = null,
): NetworkPlan => planNetwork(networkOf(layers), { shape, vocabulary })

export const lossOf = (name: LossName, changes: Partial<LossSpec> = {}): LossSpec => ({
  name,
  classWeights: null,
  labelSmoothing: 0,
  huberDelta: 1,
  ...changes,
})

/** Numbers from −1 to 1, none like another. */
export const draw = (length: number, stream: number): Float64Array =>
  Float64Array.from({ length }, (_, index) => 2 * uniform(3, stream, index) - 1)

export interface Recorded {
  readonly plan: NetworkPlan
  readonly tape: GradientTape
  readonly x: Input
  /** Parameters by name. */
  readonly parameters: ReadonlyMap<string, Input>
  readonly result: ForwardResult
  /** Numbers for every input of the tape; a test may change them. */
  readonly feeds: Map<string, Float64Array>
}

export interface RecordOptions {
  readonly examples?: number
  readonly vocabulary?: number
  readonly mode?: 'training' | 'inference'
  readonly more?: object
}

/** Writes a network on a tape, with random numbers for all that it takes. Running variances are positive. */
export function record(
  layers: readonly object[],
  shape: Shape,
  { examples = 3, vocabulary, mode = 'training', more = {} }: RecordOptions = {},
): Recorded {
  const config = networkOf(layers, more)
  const plan = planNetwork(config, { shape, vocabulary: vocabulary ?? null })
  const tape = new GradientTape()
  const feeds = new Map<string, Float64Array>()
  const feed = (name: string, of: Shape, change: (u: number) => number = (u) => u): Input => {
    feeds.set(name, draw(sizeOf(of), feeds.size + 1).map(change))
    return tape.input(name, of)
  }
  const whole = [examples, ...shape]
  let x: Input
  if (vocabulary === undefined) x = feed('x', whole)
  else {
    x = tape.input('x', whole, 'int')
    feeds.set(
      'x',
      draw(sizeOf(whole), 0).map((u) => Math.floor(((u + 1) / 2) * vocabulary)),
    )
  }
  const parameters = new Map(
    plan.parameters.map(({ name, shape: of }) => [name, feed(name, of)] as const),
  )
  const variances = (u: number): number => u + 1.5
  const others = new Map<string, Input>(
    mode === 'inference'
      ? plan.statistics.map(({ name, shape: of, initial }) => [
          name,
          feed(name, of, initial === 1 ? variances : undefined),
        ])
      : plan.noises.map(({ name, shape: of }) => [
          name,
          feed(name, [examples, ...of], (u) => (u > 0 ? 2 : 0)),
        ]),
  )
  const valueOf = (values: ReadonlyMap<string, Input>) => (name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`nothing is called ${name}`)
    return value
  }
  const result = forward(plan, config, x, {
    mode,
    parameter: valueOf(parameters),
    statistic: valueOf(mode === 'inference' ? others : new Map()),
    noise: valueOf(mode === 'training' ? others : new Map()),
  })
  return { plan, tape, x, parameters, result, feeds }
}

/** The numbers of a value, in float64. */
export const numbersOf = (value: Value, feeds: ReadonlyMap<string, Float64Array>): Float64Array =>
  interpret([value], feeds)[0] ?? new Float64Array()

/** What the network answers to its feeds. */
export const answersOf = ({ result, feeds }: Recorded): Float64Array =>
  numbersOf(result.outputs, feeds)

/** The largest difference between two lists of the same length. */
export function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  return Math.max(0, ...Array.from(a, (value, index) => Math.abs(value - (b[index] ?? NaN))))
}
