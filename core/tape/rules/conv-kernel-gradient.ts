import type { Emitter } from '../emitter.ts'
import type { ConvAttributes, Extent, Shape } from '../value.ts'
import { extentOf, imageShape } from './sliding.ts'

type Names = readonly [x: string, g: string]
type Shapes = readonly [x: Shape, g: Shape]

/**
 * d conv / d kernel, [F, C, h, w], for kernels that see all channels. `rest`: how many places at the
 * images' end no kernel reached.
 */
export function emitKernelGradient(
  emit: Emitter,
  names: Names,
  shapes: Shapes,
  attributes: ConvAttributes,
  size: Extent,
  rest: Extent,
): string {
  const [examples, filters] = imageShape(shapes[1])
  const channels = shapes[0][1] ?? 0
  const each = emitCorrelations(emit, names, shapes, attributes, rest)
  const apart = emit.integers([examples, filters, ...size, channels])
  const split = emit.node('Reshape', [each, apart])
  const sum = emit.node('ReduceSum', [split, emit.integers([0])], { keepdims: 0 })
  return emit.node('Transpose', [sum], { perm: [0, 3, 1, 2] })
}

/**
 * Each filter's gradient slid over each channel of its image: [1, examples · F, h, w · C]. It is one
 * convolution in which every image is a group and has its own gradient as its kernels, dilated by the
 * stride. Width and channels are one axis, the channels innermost and the kernels dilated by as many: so
 * the taps of a row lie side by side and the runtime gathers its columns in runs of w · C.
 *
 * Measured in ms at 1 thread, 64 images, the forward convolution first, then this, then the same with an
 * axis for the channels, then im2col with one product: 12.3, 13.7, 15.3, 25.5 for 32 → 32 channels of
 * 32×32 and 3×3 kernels; 5.0, 6.3, 7.6, 10.5 for 16 → 16; 1.0, 1.4, 2.3, 1.8 for 3 → 16; 0.36, 0.71,
 * 2.6, 0.97 for 1 → 8 of 28×28 and 5×5. A product per tap took 3.6 and 3.2 for the last two, 5.4 where
 * im2col took 8.1, and hardly gained from a second thread.
 */
function emitCorrelations(
  emit: Emitter,
  [x, g]: Names,
  shapes: Shapes,
  { stride, padding }: ConvAttributes,
  rest: Extent,
): string {
  const [examples, channels, height, width] = imageShape(shapes[0])
  const [, filters, down, across] = imageShape(shapes[1])
  // The rest is taken from the padding, and where there is less padding than that, from the image.
  const bottom = padding.bottom - rest[0]
  const right = padding.right - rest[1]
  const kept: Extent = [height + Math.min(bottom, 0), width + Math.min(right, 0)]
  const covered =
    kept[0] === height && kept[1] === width
      ? x
      : emit.node('Slice', [x, emit.integers([0, 0]), emit.integers(kept), emit.integers([2, 3])])
  const inner = emit.node('Transpose', [covered], { perm: [0, 2, 3, 1] })
  const images = emit.integers([1, examples, kept[0], kept[1] * channels])
  const kernels = emit.integers([examples * filters, 1, down, across])
  return emit.node(
    'Conv',
    [emit.node('Reshape', [inner, images]), emit.node('Reshape', [g, kernels])],
    {
      kernel_shape: [down, across],
      strides: [1, 1],
      dilations: [stride[0], stride[1] * channels],
      pads: [
        padding.top,
        padding.left * channels,
        Math.max(bottom, 0),
        Math.max(right, 0) * channels,
      ],
      group: examples,
    },
  )
}

/**
 * d conv / d kernel, [C, 1, h, w], for a depthwise convolution: as above over blocks of up to 8 channels,
 * of which only each filter with its own channel is kept. Wasteful, and still better than a product and a
 * sum per tap: 3.7 and 2.3 ms at 1 and 2 threads against 4.2 and 3.4 for 64 images of 16 channels of
 * 32×32, 2.1 and 2.2 against 4.5 and 5.9 for 64 of 16×16 with stride 2. A group per channel: 9.1, 2.4.
 */
export function emitDepthwiseKernelGradient(
  emit: Emitter,
  names: Names,
  shapes: Shapes,
  attributes: ConvAttributes,
  size: Extent,
  rest: Extent,
): string {
  const [examples, channels, ...image] = imageShape(shapes[0])
  const block = largestDivisor(channels, 8)
  const inBlocks = (extent: Extent): Shape => [(examples * channels) / block, block, ...extent]
  const blockShapes: Shapes = [inBlocks(image), inBlocks(extentOf(shapes[1]))]
  const blocks: Names = [
    emit.node('Reshape', [names[0], emit.integers(blockShapes[0])]),
    emit.node('Reshape', [names[1], emit.integers(blockShapes[1])]),
  ]
  const each = emitCorrelations(emit, blocks, blockShapes, attributes, rest)
  const apart = emit.integers([examples, channels, size[0] * size[1], block])
  const split = emit.node('Reshape', [each, apart])
  const sum = emit.node('ReduceSum', [split, emit.integers([0])], { keepdims: 0 })
  const own = Array.from({ length: channels * block }, (_, i) =>
    Math.floor(i / block) % block === i % block ? 1 : 0,
  )
  const masked = emit.node('Mul', [sum, emit.numbers(own, [channels, 1, block])])
  const kernel = emit.node('ReduceSum', [masked, emit.integers([2])], { keepdims: 0 })
  return emit.node('Reshape', [kernel, emit.integers([channels, 1, ...size])])
}

function largestDivisor(number: number, most: number): number {
  let divisor = Math.min(number, most)
  while (number % divisor !== 0) divisor--
  return divisor
}
