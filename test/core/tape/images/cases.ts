import type {
  ConvAttributes,
  Extent,
  PoolAttributes,
  Shape,
  Value,
} from '../../../../core/tape/value.ts'
import { maxPool } from '../../../../core/tape/functions.ts'
import type { Case, Cases, Derived } from '../case.ts'
import type { ImageOp } from './meanings.ts'

const padded = (top: number, left: number, bottom = top, right = left) => ({
  top,
  left,
  bottom,
  right,
})
const NONE = padded(0, 0)
const SAME_3 = padded(1, 1)

interface Convolution {
  readonly images: Shape
  readonly kernels: Shape
  readonly places: Extent
  readonly attributes: ConvAttributes
}

const convolution = (
  images: Shape,
  kernels: Shape,
  places: Extent,
  stride: Extent,
  padding: ConvAttributes['padding'] = NONE,
  groups = 1,
): Convolution => ({ images, kernels, places, attributes: { stride, padding, groups } })

/** Few channels and many, kernels of all usual sizes, strides with and without a rest, depthwise. */
const CONVOLUTIONS: readonly Convolution[] = [
  convolution([2, 3, 5, 6], [4, 3, 3, 3], [3, 4], [1, 1]),
  convolution([2, 3, 5, 6], [4, 3, 3, 3], [5, 6], [1, 1], SAME_3),
  convolution([2, 3, 6, 7], [2, 3, 3, 2], [3, 4], [2, 2], padded(0, 1, 1, 0)),
  convolution([2, 9, 5, 4], [3, 9, 3, 3], [5, 4], [1, 1], SAME_3),
  convolution([2, 9, 6, 7], [3, 9, 3, 3], [3, 4], [2, 2], SAME_3),
  convolution([1, 9, 6, 7], [3, 9, 3, 3], [3, 3], [2, 2], padded(0, 0, 1, 1)),
  convolution([2, 9, 6, 7], [3, 9, 3, 3], [2, 2], [2, 3]),
  convolution([2, 9, 5, 4], [3, 9, 1, 1], [5, 4], [1, 1]),
  convolution([2, 9, 6, 5], [3, 9, 1, 1], [3, 3], [2, 2]),
  convolution([2, 1, 7, 6], [2, 1, 5, 5], [3, 2], [1, 1]),
  convolution([1, 8, 5, 6], [2, 8, 5, 5], [5, 6], [1, 1], padded(2, 2)),
  convolution([1, 8, 3, 3], [2, 8, 2, 2], [6, 6], [1, 1], padded(2, 2)),
  convolution([1, 8, 7, 7], [2, 8, 2, 2], [2, 2], [4, 4]),
  convolution([1, 16, 2, 3], [16, 16, 3, 3], [2, 3], [1, 1], SAME_3),
  convolution([2, 4, 5, 6], [4, 1, 3, 3], [5, 6], [1, 1], SAME_3, 4),
  convolution([2, 5, 5, 6], [5, 1, 3, 3], [3, 3], [2, 2], padded(1, 0, 1, 1), 5),
  convolution([1, 34, 5, 6], [34, 1, 3, 3], [2, 2], [2, 2], NONE, 34),
  // Strides so large that kernels see nothing but padding.
  convolution([2, 3, 1, 4], [2, 3, 1, 1], [1, 2], [3, 3], padded(1, 1)),
  convolution([2, 3, 5, 1], [3, 1, 3, 2], [2, 1], [2, 4], padded(0, 3, 0, 1), 3),
]

const size = (shape: Shape): Extent => [shape[2] ?? 0, shape[3] ?? 0]
const resultOf = ({ images, kernels, places }: Convolution): Shape => [
  images[0] ?? 0,
  kernels[0] ?? 0,
  ...places,
]

/** Windows side by side, with and without a rest; overlapping, with gaps, over the whole image. */
const POOLS: readonly PoolAttributes[] = [
  { size: [2, 2], stride: [2, 2] },
  { size: [3, 2], stride: [3, 2] },
  { size: [1, 1], stride: [1, 1] },
  { size: [5, 7], stride: [5, 7] },
  { size: [3, 3], stride: [2, 2] },
  { size: [2, 2], stride: [1, 2] },
  { size: [1, 2], stride: [2, 3] },
]
const IMAGES: Shape = [2, 3, 5, 7]
const pooled = ({ size, stride }: PoolAttributes): Shape => [
  2,
  3,
  Math.floor((5 - size[0]) / stride[0]) + 1,
  Math.floor((7 - size[1]) / stride[1]) + 1,
]

/** The pooled images of the operand before it. */
const maxima = (attributes: PoolAttributes): Derived => ({
  derive: (earlier) => maxPool(earlier.at(-1) as Value, attributes),
})

const CHANNELED: readonly Shape[] = [
  [5, 3],
  [4, 3, 2, 5],
]

const BIASED = CONVOLUTIONS.filter((_, index) => index % 4 === 1)

const titleOf = ({
  images,
  kernels,
  attributes: { stride, padding, groups },
}: Convolution): string =>
  `[${images}] by [${kernels}], stride ${stride}, padding ${Object.values(padding)}, groups ${groups}`

const ofConvolutions = <K extends ImageOp>(
  list: readonly Convolution[],
  make: (one: Convolution) => Case<K>,
): readonly Case<K>[] => list.map((one) => ({ ...make(one), name: titleOf(one) }))

const ofPools = <K extends ImageOp>(make: (pool: PoolAttributes) => Case<K>): readonly Case<K>[] =>
  POOLS.map((pool) => ({ ...make(pool), name: `${pool.size} every ${pool.stride}` }))

const ofChannels = <K extends ImageOp>(make: (shape: Shape) => Case<K>): readonly Case<K>[] =>
  CHANNELED.map((shape) => ({ ...make(shape), name: `[${shape}]` }))

/** Every op of images and channels, in all the ways in which its lowering differs. */
export const IMAGE_CASES: Pick<Cases, ImageOp> = {
  conv: ofConvolutions(CONVOLUTIONS, ({ images, kernels, attributes }) => ({
    operands: [images, kernels],
    attributes,
  })),
  biasedConv: ofConvolutions(BIASED, ({ images, kernels, attributes }) => ({
    operands: [images, kernels, kernels.slice(0, 1)],
    attributes,
  })),
  convInputGradient: ofConvolutions(CONVOLUTIONS, (one) => ({
    operands: [resultOf(one), one.kernels],
    attributes: { ...one.attributes, size: size(one.images) },
  })),
  convKernelGradient: ofConvolutions(CONVOLUTIONS, (one) => ({
    operands: [one.images, resultOf(one)],
    attributes: { ...one.attributes, size: size(one.kernels) },
  })),
  maxPool: ofPools((attributes) => ({ operands: [IMAGES], attributes })),
  maxPoolGradient: ofPools((attributes) => ({
    operands: [pooled(attributes), IMAGES, maxima(attributes)],
    attributes,
  })),
  maxPoolPick: ofPools((attributes) => ({
    operands: [IMAGES, IMAGES, maxima(attributes)],
    attributes,
  })),
  averagePool: ofPools((attributes) => ({ operands: [IMAGES], attributes })),
  averagePoolGradient: ofPools((attributes) => ({
    operands: [pooled(attributes)],
    attributes: { ...attributes, input: size(IMAGES) },
  })),
  channelMean: ofChannels((shape) => ({ operands: [shape], attributes: {} })),
  channelVariance: ofChannels((shape) => ({ operands: [shape], attributes: {} })),
  channelCentre: ofChannels((shape) => ({ operands: [shape], attributes: {} })),
  channelAffine: ofChannels((shape) => ({ operands: [shape, [3], [3]], attributes: {} })),
  batchNorm: ofChannels((shape) => ({
    operands: [shape, [3], [3]],
    attributes: { epsilon: 1e-3 },
  })),
}
