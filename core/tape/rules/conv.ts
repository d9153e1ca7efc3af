import type { Emitter } from '../emitter.ts'
import { channelMean, conv, convInputGradient, convKernelGradient, scale } from '../functions.ts'
import { sameShape, sizeOf } from '../shapes.ts'
import type { ConvAttributes, Extent, Shape, Value } from '../value.ts'
import { emitDepthwiseKernelGradient, emitKernelGradient } from './conv-kernel-gradient.ts'
import { emitConvolution, slidingOf } from './conv-forward.ts'
import type { Rules } from './rule.ts'
import { extentOf, imageShape } from './sliding.ts'

/** The places a kernel can take along an axis, and the rest at its end that none of them reaches. */
function slide(length: number, padding: number, kernel: number, stride: number) {
  const room = length + padding - kernel
  return { places: Math.floor(room / stride) + 1, rest: room % stride }
}

/** How a kernel of this size slides over images of this size, in both directions. */
function slideBoth(image: Extent, kernel: Extent, { stride, padding }: ConvAttributes) {
  const { top, left, bottom, right } = padding
  const down = slide(image[0], top + bottom, kernel[0], stride[0])
  const across = slide(image[1], left + right, kernel[1], stride[1])
  return {
    places: [down.places, across.places],
    rest: [down.rest, across.rest],
  } as const
}

/** Do the kernels see nothing but padding? A stride that is larger than the images allows it. */
function isPaddingAlone(x: Shape, rest: Extent, { padding }: ConvAttributes): boolean {
  const [height, width] = extentOf(x)
  return height + padding.bottom <= rest[0] || width + padding.right <= rest[1]
}

function convolvedExtent(image: Extent, kernel: Extent, attributes: ConvAttributes): Extent {
  const { places } = slideBoth(image, kernel, attributes)
  if (places[0] < 1 || places[1] < 1) {
    throw new Error(
      `a ${kernel[0]}×${kernel[1]} kernel does not fit ${image[0]}×${image[1]} images`,
    )
  }
  return places
}

/** Images and kernels go together where each kernel sees all channels, or one kernel its own channel. */
function checkChannels(channels: number, kernel: Shape, { groups }: ConvAttributes): void {
  const [filters, seen] = kernel
  const depthwise = groups === channels && filters === channels && seen === 1
  if (!depthwise && (groups !== 1 || seen !== channels)) {
    throw new Error(
      `kernels [${kernel}] in ${groups} groups do not go with images of ${channels} channels`,
    )
  }
}

function convolvedShape(x: Shape, kernel: Shape, attributes: ConvAttributes): Shape {
  const [examples, channels, height, width] = imageShape(x)
  const [filters, , ...size] = imageShape(kernel)
  checkChannels(channels, kernel, attributes)
  return [examples, filters, ...convolvedExtent([height, width], size, attributes)]
}

const gradients = (g: Value, x: Value, kernel: Value, attributes: ConvAttributes) =>
  [
    convInputGradient(g, kernel, { ...attributes, size: extentOf(x.shape) }),
    convKernelGradient(x, g, { ...attributes, size: extentOf(kernel.shape) }),
  ] as const

/**
 * Is the way back to the images better written as a convolution with the kernel turned round than as
 * ConvTranspose? Both need stride 1. Measured in ms at 1 and 2 threads: 3.8 and 2.6 against 4.8 and 4.5
 * for 16 channels of 32×32, 2.4 and 1.7 against 2.5 and 2.0 for 64 of 8×8; but where the images are
 * larger than what was computed from them (5×5, 12×12 → 8×8), 1.6 against 0.4, and with 3 channels
 * 3.7 and 2.1 against 1.9 and 1.6. Depthwise, 2.1 and 1.7 against 3.9 and 3.9.
 */
function isBetterTurned(
  g: Shape,
  kernel: Shape,
  shape: Shape,
  attributes: ConvAttributes,
): boolean {
  const { stride, padding, groups } = attributes
  const [height, width] = extentOf(kernel)
  const unpadded = padding.top < height && padding.bottom < height
  const fits = unpadded && padding.left < width && padding.right < width
  const places = (g[2] ?? 0) * (g[3] ?? 0)
  const grown = ((shape[2] ?? 0) * (shape[3] ?? 0)) / places
  const worth = groups > 1 || ((shape[1] ?? 0) >= 8 && grown <= 1.25)
  return stride[0] === 1 && stride[1] === 1 && fits && worth
}

/** The kernel turned by 180°, its axes of channels swapped: [F, C, h, w] → [C, F, h, w]. */
function emitTurned(emit: Emitter, kernel: string, shape: Shape, groups: number): string {
  const [height, width] = extentOf(shape)
  const turned =
    height * width === 1
      ? kernel
      : emit.node('Slice', [
          kernel,
          emit.integers([-1, -1]),
          emit.integers([-height - 1, -width - 1]),
          emit.integers([2, 3]),
          emit.integers([-1, -1]),
        ])
  return groups > 1 ? turned : emit.node('Transpose', [turned], { perm: [1, 0, 2, 3] })
}

function emitInputGradient(
  emit: Emitter,
  [g, kernel]: readonly [string, string],
  [gShape, kernelShape]: readonly [Shape, Shape],
  attributes: ConvAttributes,
  shape: Shape,
): string {
  const size = extentOf(kernelShape)
  const { padding, groups } = attributes
  if (!isBetterTurned(gShape, kernelShape, shape, attributes)) {
    const { rest } = slideBoth(extentOf(shape), size, attributes)
    return emit.node('ConvTranspose', [g, kernel], {
      ...slidingOf(attributes, size),
      output_padding: rest,
    })
  }
  const [height, width] = size
  const [filters, seen] = imageShape(kernelShape)
  const turned = emitTurned(emit, kernel, kernelShape, groups)
  const turnedShape = groups > 1 ? kernelShape : [seen, filters, height, width]
  return emitConvolution(emit, { x: g, kernel: turned }, [gShape, turnedShape], {
    stride: [1, 1],
    padding: {
      top: height - 1 - padding.top,
      left: width - 1 - padding.left,
      bottom: height - 1 - padding.bottom,
      right: width - 1 - padding.right,
    },
    groups,
  })
}

/** Convolution is linear in the images and in the kernel, so its two gradients and it are a closed set. */
export const CONV_RULES: Pick<
  Rules,
  'conv' | 'biasedConv' | 'convInputGradient' | 'convKernelGradient'
> = {
  // z = x ⋆ k           dx = g spread by k      dk = x ⋆ g
  conv: {
    shape: ([x, kernel], attributes) => convolvedShape(x, kernel, attributes),
    onnx: (emit, [x, kernel], attributes, _, shapes) =>
      emitConvolution(emit, { x, kernel }, shapes, attributes),
    vjp: (g, [x, kernel], _, attributes) => gradients(g, x, kernel, attributes),
  },

  // z = x ⋆ k + b       dx = g spread by k      dk = x ⋆ g      db = Σ g
  // One node: an addition of its own would read and write all of z once more.
  biasedConv: {
    shape: ([x, kernel, bias], attributes) => {
      if (!sameShape(bias, kernel.slice(0, 1))) {
        throw new Error(`a bias [${bias}] is not one number for each of the kernels [${kernel}]`)
      }
      return convolvedShape(x, kernel, attributes)
    },
    onnx: (emit, [x, kernel, bias], attributes, _, [xShape, kernelShape]) =>
      emitConvolution(emit, { x, kernel, bias }, [xShape, kernelShape], attributes),
    vjp: (g, [x, kernel, bias], _, attributes) => [
      ...gradients(g, x, kernel, attributes),
      scale(channelMean(g), sizeOf(g.shape) / sizeOf(bias.shape)),
    ],
  },

  // z = g spread by k   dg = u ⋆ k              dk = u ⋆ g      (u is z's gradient)
  convInputGradient: {
    shape: ([g, kernel], { size, ...attributes }) => {
      const [examples, filters, ...places] = imageShape(g)
      const channels = attributes.groups > 1 ? filters : (kernel[1] ?? 0)
      checkChannels(channels, kernel, attributes)
      checkGradient(places, filters, size, kernel, attributes)
      return [examples, channels, ...size]
    },
    onnx: (emit, inputs, attributes, shape, shapes) =>
      emitInputGradient(emit, inputs, shapes, attributes, shape),
    vjp: (u, [g, kernel], _, { size: _size, ...attributes }) => [
      conv(u, kernel, attributes),
      convKernelGradient(u, g, { ...attributes, size: extentOf(kernel.shape) }),
    ],
  },

  // z = x ⋆ g           dx = g spread by u      dg = x ⋆ u      (u is z's gradient)
  convKernelGradient: {
    shape: ([x, g], { size, ...attributes }) => {
      const [, channels, height, width] = imageShape(x)
      const [, filters, ...places] = imageShape(g)
      const kernel = [filters, attributes.groups > 1 ? 1 : channels, ...size]
      checkChannels(channels, kernel, attributes)
      checkGradient(places, filters, [height, width], kernel, attributes)
      return kernel
    },
    onnx: (emit, inputs, { size, ...attributes }, shape, [x, g]) => {
      const { rest } = slideBoth(extentOf(x), size, attributes)
      if (isPaddingAlone(x, rest, attributes)) {
        return emit.node('Expand', [emit.number(0), emit.integers(shape)])
      }
      return attributes.groups > 1
        ? emitDepthwiseKernelGradient(emit, inputs, [x, g], attributes, size, rest)
        : emitKernelGradient(emit, inputs, [x, g], attributes, size, rest)
    },
    vjp: (u, [x, g], _, { size: _size, ...attributes }) => [
      convInputGradient(g, u, { ...attributes, size: extentOf(x.shape) }),
      conv(x, u, attributes),
    ],
  },
}

/** A gradient must be of what the convolution gives. */
function checkGradient(
  places: Extent,
  filters: number,
  image: Extent,
  kernel: Shape,
  attributes: ConvAttributes,
): void {
  const expected = convolvedExtent(image, extentOf(kernel), attributes)
  if (kernel[0] !== filters || places[0] !== expected[0] || places[1] !== expected[1]) {
    throw new Error(
      `a gradient of ${filters} channels of ${places[0]}×${places[1]} is not one of ${image[0]}×${image[1]} images under kernels [${kernel}]`,
    )
  }
}
