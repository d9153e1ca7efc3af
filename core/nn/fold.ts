import type { Layer, LayerOf, NetworkConfig } from '../protocol/network.ts'

/** The numbers of a network, parameters and running statistics alike, by their names. */
export type Tensors = ReadonlyMap<string, Float32Array>

/** A network and the numbers that go with it. */
export interface FoldedNetwork {
  readonly network: NetworkConfig
  readonly tensors: Tensors
}

type Normalised = LayerOf<'dense' | 'conv' | 'depthwise_conv'>

/** Does the batch norm follow the weights with nothing in between that is not linear? */
const canFold = ({ batch_norm, activation }: Normalised): boolean =>
  batch_norm === 'after_activation' ? activation === 'linear' : batch_norm !== false

function take(tensors: Map<string, Float32Array>, name: string): Float32Array {
  const values = tensors.get(name)
  if (values === undefined) throw new Error(`the network has no ${name}`)
  tensors.delete(name)
  return values
}

/** W ← W · s and b ← β + (b − mean) · s, with s = γ / √(variance + ε), in place of the batch norm. */
function foldInto(
  tensors: Map<string, Float32Array>,
  layer: string,
  { type }: Normalised,
  epsilon: number,
): void {
  const gamma = take(tensors, `${layer}.gamma`)
  const beta = take(tensors, `${layer}.beta`)
  const mean = take(tensors, `${layer}.running_mean`)
  const variance = take(tensors, `${layer}.running_variance`)
  const weight = take(tensors, `${layer}.weight`)
  const bias = tensors.get(`${layer}.bias`)
  const channels = gamma.length
  // In float64, so that each folded number is rounded once.
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt((variance[c] ?? NaN) + epsilon))
  // The channel is the last axis of a dense weight and the first of a kernel.
  const each = weight.length / channels
  const channelOf =
    type === 'dense' ? (i: number) => i % channels : (i: number) => Math.floor(i / each)
  tensors.set(
    `${layer}.weight`,
    weight.map((w, i) => w * (scale[channelOf(i)] ?? NaN)),
  )
  tensors.set(
    `${layer}.bias`,
    beta.map((b, c) => b + ((bias?.[c] ?? 0) - (mean[c] ?? NaN)) * (scale[c] ?? NaN)),
  )
}

/**
 * The same network for inference, with each batch norm worked into the weights and the bias of its layer
 * by its running statistics. One that stands behind an activation that is not linear stays as it is. The
 * tensors handed in stay as they are. Throws where one that the network needs is missing.
 */
export function foldBatchNorm(network: NetworkConfig, tensors: Tensors): FoldedNetwork {
  const folded = new Map(tensors)
  const { epsilon } = network.batch_norm
  const foldAll = (layers: readonly Layer[], prefix: string): Layer[] =>
    layers.map((layer, index): Layer => {
      const name = `${prefix}${index + 1}`
      if (layer.type === 'residual') {
        const through = foldAll(layer.layers, `${name}.`)
        return { ...layer, layers: through, shortcut: foldAll(layer.shortcut, `${name}.shortcut`) }
      }
      if (!('batch_norm' in layer) || !canFold(layer)) return layer
      foldInto(folded, name, layer, epsilon)
      return { ...layer, batch_norm: false }
    })
  return { network: { ...network, layers: foldAll(network.layers, 'layer') }, tensors: folded }
}
