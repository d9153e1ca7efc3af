import type { LayerOf } from '../../protocol/network.ts'
import {
  add,
  batchNorm,
  channelAffine,
  channelMean,
  channelVariance,
  div,
  layerNorm,
  mul,
  scale,
  sqrt,
  sub,
} from '../../tape/functions.ts'
import { sizeOf } from '../../tape/shapes.ts'
import type { Shape, Value } from '../../tape/value.ts'
import { ACTIVATION_TABLE, isLinear } from './activations.ts'
import { same, wordsOf } from './layer.ts'
import type { LayerRules, Parameter, Plan, Site, Walk } from './layer.ts'

type Normalised = LayerOf<'dense' | 'conv' | 'depthwise_conv'>

/** Ioffe and Szegedy 2015 normalise before the activation; that is what `true` means. */
const placeOf = ({ batch_norm, activation }: Normalised): 'none' | 'before' | 'after' => {
  if (batch_norm === false) return 'none'
  return batch_norm === 'after_activation' && !isLinear(activation) ? 'after' : 'before'
}

/** Subtracting the mean takes a bias away, so there is none in front of a batch norm. */
export const hasBias = (layer: Normalised): boolean => placeOf(layer) !== 'before'

/** The bias or the batch norm that a layer of so many channels has, or both. */
export function planTail(layer: Normalised, name: string, channels: number) {
  const shape: Shape = [channels]
  const norm = placeOf(layer) !== 'none'
  const parameters: readonly Parameter[] = [
    ...(hasBias(layer) ? [same(`${name}.bias`, shape, 'bias', 0)] : []),
    ...(norm
      ? [
          same(`${name}.gamma`, shape, 'normalisation', 1),
          same(`${name}.beta`, shape, 'normalisation', 0),
        ]
      : []),
  ]
  const statistics = norm
    ? ([
        { name: `${name}.running_mean`, shape, initial: 0 },
        { name: `${name}.running_variance`, shape, initial: 1 },
      ] as const)
    : []
  return { parameters, statistics } satisfies Partial<Plan>
}

/** What follows the weights: batch norm, activation, or the other way round. z: [N, C] or [N, C, H, W]. */
export function finish(
  layer: Normalised,
  name: string,
  z: Value,
  walk: Walk,
  pool?: (x: Value) => Value,
): Value {
  const place = placeOf(layer)
  const activate = (x: Value): Value => {
    const rectifies = layer.activation === 'relu'
    const a = ACTIVATION_TABLE[layer.activation].apply(pool?.(x) ?? x)
    walk.watch(name, x, rectifies ? a : null)
    return a
  }
  if (place === 'none') return activate(z)
  if (place === 'before') return activate(normalise(name, z, walk))
  return normalise(name, activate(z), walk)
}

/**
 * Ioffe and Szegedy 2015, algorithms 1 and 2: in training by this batch's statistics, which the running ones
 * learn from; in inference by the running ones.
 */
function normalise(name: string, x: Value, walk: Walk): Value {
  const { epsilon } = walk.network.batch_norm
  const gamma = walk.parameter(`${name}.gamma`)
  const beta = walk.parameter(`${name}.beta`)
  const names = { mean: `${name}.running_mean`, variance: `${name}.running_variance` }
  if (walk.mode === 'inference') {
    const deviation = sqrt(add(walk.statistic(names.variance), x.tape.constant(epsilon)))
    const factor = div(gamma, deviation)
    return channelAffine(x, factor, sub(beta, mul(walk.statistic(names.mean), factor)))
  }
  // Of one number alone the unbiased variance is not defined; the running one then learns 0.
  const each = sizeOf(x.shape) / sizeOf(gamma.shape)
  const unbiased = each > 1 ? each / (each - 1) : 1
  walk.learn(names.mean, channelMean(x))
  walk.learn(names.variance, scale(channelVariance(x), unbiased))
  return batchNorm(x, gamma, beta, epsilon)
}

/** Ba et al. 2016: each example, at each place, is brought to mean 0 and variance 1 by itself. */
export const LAYER_NORM: LayerRules<LayerOf<'layer_norm'>> = {
  plan(_, { name, input, refuse }: Site) {
    if (input.length > 2) {
      return refuse(
        `takes rows or sequences, not ${wordsOf(input)}`,
        'Use batch_norm on convolutions.',
      )
    }
    const shape = input.slice(-1)
    return {
      output: input,
      parameters: [
        same(`${name}.gamma`, shape, 'normalisation', 1),
        same(`${name}.beta`, shape, 'normalisation', 0),
      ],
    }
  },
  forward: ({ name }, x, { parameter }) =>
    layerNorm(x, parameter(`${name}.gamma`), parameter(`${name}.beta`)),
}
