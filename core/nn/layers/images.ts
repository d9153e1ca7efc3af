import type { LayerOf } from '../../protocol/network.ts'
import { averagePool, conv, maxPool, reshape, scale, sum } from '../../tape/functions.ts'
import type { ConvAttributes, Extent, Shape, Value } from '../../tape/value.ts'
import { ACTIVATION_TABLE, checkActivation } from './activations.ts'
import { wordsOf } from './layer.ts'
import type { LayerRules, PlannedLayer, Site, Walk } from './layer.ts'
import { finish, hasBias, planTail } from './norm.ts'

type Convolution = LayerOf<'conv' | 'depthwise_conv'>
type Pool = LayerOf<'max_pool' | 'average_pool'>

const both = (extent: number | readonly [number, number]): Extent =>
  typeof extent === 'number' ? [extent, extent] : extent

function imageIn({ input, refuse }: Site): readonly [channels: number, ...size: Extent] {
  const [channels, height, width] = input
  if (channels !== undefined && height !== undefined && width !== undefined) {
    return [channels, height, width]
  }
  return refuse(`takes images, not ${wordsOf(input)}`, 'Use dense layers for rows of numbers.')
}

/** Zeros before and after an axis. "same" is TensorFlow's: ⌈length / stride⌉ places, the odd one at the end. */
function paddingOf(
  padding: Convolution['padding'],
  length: number,
  kernel: number,
  stride: number,
): readonly [before: number, after: number] {
  if (padding === 'valid') return [0, 0]
  if (padding !== 'same') return [padding, padding]
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + kernel - length)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}

/** How a convolution slides over images of this size, and how many places it finds. */
function slidingOf(layer: Convolution, [height, width]: Extent) {
  const kernel = both(layer.kernel)
  const stride = both(layer.stride)
  const [top, bottom] = paddingOf(layer.padding, height, kernel[0], stride[0])
  const [left, right] = paddingOf(layer.padding, width, kernel[1], stride[1])
  const places: Extent = [
    Math.floor((height + top + bottom - kernel[0]) / stride[0]) + 1,
    Math.floor((width + left + right - kernel[1]) / stride[1]) + 1,
  ]
  return { kernel, stride, places, padding: { top, left, bottom, right } }
}

function planConvolution(layer: Convolution, site: Site) {
  const { name, refuse } = site
  const [channels, height, width] = imageIn(site)
  const { kernel, places } = slidingOf(layer, [height, width])
  if (places[0] < 1 || places[1] < 1) {
    return refuse(
      `${height}×${width} input is smaller than its ${kernel[0]}×${kernel[1]} kernel`,
      'Use a smaller kernel, more padding, or fewer pools before it.',
    )
  }
  const isDepthwise = layer.type === 'depthwise_conv'
  const filters = isDepthwise ? channels : layer.filters
  const seen = isDepthwise ? 1 : channels
  const area = kernel[0] * kernel[1]
  const tail = planTail(layer, name, filters)
  const start = {
    kind: 'scaled',
    fanIn: seen * area,
    fanOut: (isDepthwise ? 1 : filters) * area,
    gain: ACTIVATION_TABLE[layer.activation].gain,
  } as const
  const weight = {
    name: `${name}.weight`,
    kind: 'weight',
    shape: [filters, seen, ...kernel],
    start,
  } as const
  const output = [filters, ...places]
  checkActivation(layer.activation, output, refuse)
  return { output, ...tail, parameters: [weight, ...tail.parameters] }
}

function attributesOf({ layer, input }: PlannedLayer<Convolution>): ConvAttributes {
  const [channels = 1, height = 0, width = 0] = input
  const { stride, padding } = slidingOf(layer, [height, width])
  return { stride, padding, groups: layer.type === 'depthwise_conv' ? channels : 1 }
}

/**
 * Convolution, bias or batch norm, activation. A ReLU and the max pool behind it may change places: the
 * result is the same, and the ReLU has fewer elements to look at.
 */
export function convolve(
  planned: PlannedLayer<Convolution>,
  x: Value,
  walk: Walk,
  pool?: (x: Value) => Value,
): Value {
  const { layer, name } = planned
  const bias = hasBias(layer) ? walk.parameter(`${name}.bias`) : undefined
  const z = conv(x, walk.parameter(`${name}.weight`), attributesOf(planned), bias)
  return finish(layer, name, z, walk, pool)
}

export const CONV: LayerRules<LayerOf<'conv'>> = { plan: planConvolution, forward: convolve }
export const DEPTHWISE_CONV: LayerRules<LayerOf<'depthwise_conv'>> = {
  plan: planConvolution,
  forward: convolve,
}

const poolingOf = (layer: Pool) => {
  const size = both(layer.size)
  return { size, stride: layer.stride === undefined ? size : both(layer.stride) }
}

function planPool(layer: Pool, site: Site): { output: Shape } {
  const [channels, height, width] = imageIn(site)
  const { size, stride } = poolingOf(layer)
  if (height < size[0] || width < size[1]) {
    return site.refuse(
      `${height}×${width} input is smaller than its ${size[0]}×${size[1]} window`,
      'Use a smaller window, or fewer pools before it.',
    )
  }
  const places = [
    Math.floor((height - size[0]) / stride[0]) + 1,
    Math.floor((width - size[1]) / stride[1]) + 1,
  ]
  return { output: [channels, ...places] }
}

export const poolLargest = (layer: LayerOf<'max_pool'>, x: Value): Value =>
  maxPool(x, poolingOf(layer))

export const MAX_POOL: LayerRules<LayerOf<'max_pool'>> = {
  plan: planPool,
  forward: ({ layer }, x) => poolLargest(layer, x),
}
export const AVERAGE_POOL: LayerRules<LayerOf<'average_pool'>> = {
  plan: planPool,
  forward: ({ layer }, x) => averagePool(x, poolingOf(layer)),
}

/** The mean of each channel over its image: Lin et al. 2013. */
export const GLOBAL_AVERAGE_POOL: LayerRules<LayerOf<'global_average_pool'>> = {
  plan: (_, site) => ({ output: [imageIn(site)[0]] }),
  forward({ input, output }, x) {
    const [, height = 1, width = 1] = input
    const total = reshape(sum(x, [2, 3]), [x.shape[0] ?? 1, ...output])
    return scale(total, 1 / (height * width))
  },
}
