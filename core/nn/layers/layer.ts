import { PandaError } from '../../errors.ts'
import type { Layer, LayerOf, NetworkConfig } from '../../protocol/network.ts'
import type { Shape, Value } from '../../tape/value.ts'

/** One trainable tensor. `fanIn` and `fanOut` count what goes into and comes out of one unit. */
export interface Parameter {
  readonly name: string
  /** L2 and weight decay apply to weights alone. */
  readonly kind: 'weight' | 'bias' | 'normalisation'
  readonly shape: Shape
  readonly start: Start
}

/** How a parameter starts: all the same, or drawn from a normal distribution around zero. */
export type Start =
  | { readonly kind: 'same'; readonly value: 0 | 1 }
  | { readonly kind: 'normal'; readonly deviation: number }
  | {
      readonly kind: 'scaled'
      readonly fanIn: number
      readonly fanOut: number
      /** What the activation that follows makes up for: 2 where it cuts half away, else 1. */
      readonly gain: 1 | 2
    }

/** A running statistic, kept beside the parameters and not trained. */
export interface Statistic {
  readonly name: string
  readonly shape: Shape
  readonly initial: 0 | 1
}

/** A mask that is fed at each step of training; its shape is that of one example. */
export interface Noise {
  readonly name: string
  readonly shape: Shape
  /** Null: the live hyperparameter. */
  readonly rate: number | null
}

/** A layer with its place in the network and all that follows from it. */
export interface PlannedLayer<L extends Layer = Layer> {
  readonly layer: L
  /** `layer3`, and inside a residual layer `layer3.1` or `layer3.shortcut1`. */
  readonly name: string
  readonly input: Shape
  readonly output: Shape
  readonly parameters: readonly Parameter[]
  readonly statistics: readonly Statistic[]
  readonly noises: readonly Noise[]
  /** Numbers that one example takes inside the layer on the way to its output. */
  readonly inner: number
  /** Of a residual layer: the way through, and the way round. */
  readonly through: readonly PlannedLayer[]
  readonly round: readonly PlannedLayer[]
}

/** What a layer finds when it is planned. */
export interface Site {
  readonly name: string
  readonly input: Shape
  /** The ids that may stand in the input lie below this; null where numbers do. */
  readonly vocabulary: number | null
  /** Is it the network's first? */
  readonly isFirst: boolean
  readonly planAll: (layers: readonly Layer[], prefix: string) => readonly PlannedLayer[]
  /** Throws `engine/invalid-model`, with the layer's place and type in front. */
  readonly refuse: (message: string, remedy: string) => never
}

/** What a layer makes of its place. What is left out is empty. */
export type Plan = Pick<PlannedLayer, 'output'> &
  Partial<Omit<PlannedLayer, 'layer' | 'name' | 'input' | 'output'>>

/** What a layer needs to be written on a tape. */
export interface Walk {
  readonly network: NetworkConfig
  readonly mode: 'training' | 'inference'
  readonly parameter: (name: string) => Value
  readonly statistic: (name: string) => Value
  readonly noise: (name: string) => Value
  /** Of a batch norm: what the running statistic of this name is to learn from this batch. */
  readonly learn: (name: string, batchStatistic: Value) => void
  readonly watch: (layer: string, preActivation: Value, rectified: Value | null) => void
  readonly walkAll: (layers: readonly PlannedLayer[], x: Value) => Value
}

export interface LayerRules<L extends Layer> {
  readonly plan: (layer: L, site: Site) => Plan
  readonly forward: (planned: PlannedLayer<L>, x: Value, walk: Walk) => Value
}

export type LayerTable = { readonly [K in Layer['type']]: LayerRules<LayerOf<K>> }

/** `layer3.shortcut1` → `layer 3.shortcut 1, conv`. */
export const titleOf = (name: string, { type }: Layer): string =>
  `${name.replace(/^layer/, 'layer ').replace('shortcut', 'shortcut ')}, ${type}`

export function refusal(name: string, layer: Layer): Site['refuse'] {
  return (message, remedy) => {
    throw new PandaError('engine/invalid-model', `${titleOf(name, layer)}: ${message}`, remedy)
  }
}

/** What stands at a place, by its shape: images are channels × height × width. */
export const wordsOf = (shape: Shape): string => {
  if (shape.length === 3) return `${shape.join('×')} images`
  if (shape.length === 2) return `${shape[0]} places of ${shape[1]} numbers`
  return `rows of ${shape[0]} numbers`
}

export const same = (
  name: string,
  shape: Shape,
  kind: Parameter['kind'],
  value: 0 | 1,
): Parameter => ({
  name,
  kind,
  shape,
  start: { kind: 'same', value },
})
