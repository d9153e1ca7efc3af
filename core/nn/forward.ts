import type { NetworkConfig } from '../protocol/network.ts'
import type { Value } from '../tape/value.ts'
import { convolve, poolLargest } from './layers/images.ts'
import { rulesOf } from './layers/index.ts'
import type { PlannedLayer, Walk } from './layers/layer.ts'
import type { NetworkPlan } from './plan.ts'

/** Where a network's numbers come from. */
export interface ForwardContext {
  readonly mode: 'training' | 'inference'
  readonly parameter: (name: string) => Value
  /** Asked for in inference only. */
  readonly statistic: (name: string) => Value
  /** Masks of 0 and 1 / (1 − rate), [batch, ...shape]. Asked for in training only. */
  readonly noise: (name: string) => Value
}

/** A layer whose numbers are worth watching. */
export interface Watched {
  readonly layer: string
  readonly preActivation: Value
  /** What a ReLU made of it; null of every other activation. */
  readonly rectified: Value | null
}

export interface ForwardResult {
  /** [batch, units], or [batch, places, units]. */
  readonly outputs: Value
  /** In training, what each running statistic is to learn from this batch, by its name. */
  readonly batchStatistics: ReadonlyMap<string, Value>
  readonly watched: readonly Watched[]
}

/** Writes what the network answers to a batch on the tape of `x`. x: [batch, ...input]. */
export function forward(
  plan: NetworkPlan,
  network: NetworkConfig,
  x: Value,
  context: ForwardContext,
): ForwardResult {
  const batchStatistics = new Map<string, Value>()
  const watched: Watched[] = []
  const walk: Walk = {
    ...context,
    network,
    learn: (name, batchStatistic) => batchStatistics.set(name, batchStatistic),
    watch: (layer, preActivation, rectified) => watched.push({ layer, preActivation, rectified }),
    walkAll: (layers, from) => walkAll(layers, from, walk),
  }
  return { outputs: walkAll(plan.layers, x, walk), batchStatistics, watched }
}

function walkAll(layers: readonly PlannedLayer[], from: Value, walk: Walk): Value {
  let x = from
  for (let index = 0; index < layers.length; index++) {
    const planned = layers[index]
    if (planned === undefined) continue
    const pool = poolsBeforeRelu(planned, layers[index + 1])
    if (pool !== null && isConvolution(planned)) {
      x = convolve(planned, x, walk, pool)
      index++ // the pool is done
    } else x = rulesOf(planned.layer).forward(planned, x, walk)
  }
  return x
}

type Convolution = Extract<PlannedLayer['layer'], { readonly type: 'conv' | 'depthwise_conv' }>

const isConvolution = (planned: PlannedLayer): planned is PlannedLayer<Convolution> =>
  planned.layer.type === 'conv' || planned.layer.type === 'depthwise_conv'

/** max(relu x) = relu(max x), with fewer elements for the ReLU. Nothing may stand between the two. */
function poolsBeforeRelu(
  planned: PlannedLayer,
  next: PlannedLayer | undefined,
): ((x: Value) => Value) | null {
  if (next?.layer.type !== 'max_pool' || !isConvolution(planned)) return null
  const { activation, batch_norm } = planned.layer
  if (activation !== 'relu' || batch_norm === 'after_activation') return null
  const pool = next.layer
  return (x) => poolLargest(pool, x)
}
