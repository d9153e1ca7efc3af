import { sizeOf } from '../../../../core/tape/shapes.ts'
import type { AttributesOf, Extent, Shape } from '../../../../core/tape/value.ts'
import type { Meaning, Numbers } from '../meanings/numbers.ts'

export type ImageOp =
  | 'conv'
  | 'biasedConv'
  | 'convInputGradient'
  | 'convKernelGradient'
  | 'maxPool'
  | 'maxPoolGradient'
  | 'maxPoolPick'
  | 'averagePool'
  | 'averagePoolGradient'
  | 'channelMean'
  | 'channelVariance'
  | 'channelCentre'
  | 'channelAffine'
  | 'batchNorm'

type Four = readonly [a: number, b: number, c: number, d: number]

const four = ([a = 1, b = 1, c = 1, d = 1]: Shape): Four => [a, b, c, d]

const placeOf = ([, b, c, d]: Four, i: number, j: number, k: number, l: number): number =>
  ((i * b + j) * c + k) * d + l

function take(inputs: readonly Numbers[], position: number): Numbers {
  const numbers = inputs[position]
  if (numbers === undefined) throw new Error(`operand ${position} is missing`)
  return numbers
}

/** Calls back with every place of images, or of kernels. */
function eachPlace(shape: Shape, visit: (i: number, j: number, k: number, l: number) => void) {
  const [a, b, c, d] = four(shape)
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) for (let l = 0; l < d; l++) visit(i, j, k, l)
}

/**
 * Every product that a convolution is a sum of: `visit` gets the places of the three numbers that go
 * together in the images, in the kernels and in the result.
 */
function eachProduct(
  [imageShape, kernelShape, resultShape]: readonly [Shape, Shape, Shape],
  { stride, padding, groups }: AttributesOf<'conv'>,
  visit: (image: number, kernel: number, result: number) => void,
): void {
  const [images, kernels, results] = [four(imageShape), four(kernelShape), four(resultShape)]
  const [, , height, width] = images
  const perGroup = kernels[0] / groups
  eachPlace(resultShape, (example, filter, down, across) => {
    const firstChannel = Math.floor(filter / perGroup) * kernels[1]
    for (let channel = 0; channel < kernels[1]; channel++)
      for (let i = 0; i < kernels[2]; i++)
        for (let j = 0; j < kernels[3]; j++) {
          const y = down * stride[0] + i - padding.top
          const x = across * stride[1] + j - padding.left
          if (y < 0 || y >= height || x < 0 || x >= width) continue
          visit(
            placeOf(images, example, firstChannel + channel, y, x),
            placeOf(kernels, filter, channel, i, j),
            placeOf(results, example, filter, down, across),
          )
        }
  })
}

const at = (values: Float64Array, place: number): number => values[place] ?? NaN

function accumulate(values: Float64Array, place: number, term: number): void {
  values[place] = at(values, place) + term
}

/** The places in an image of the window that gives place (down, across) of the pooled one. */
function windowPlaces(
  image: Four,
  { size, stride }: { size: Extent; stride: Extent },
  [example, channel, down, across]: Four,
): readonly number[] {
  const places: number[] = []
  for (let i = 0; i < size[0]; i++)
    for (let j = 0; j < size[1]; j++)
      places.push(placeOf(image, example, channel, down * stride[0] + i, across * stride[1] + j))
  return places
}

/**
 * Which places take the gradient of a window, and how much of it: of windows side by side all that
 * equal its maximum, in equal parts, else the first of them alone.
 */
function eachMaximum(
  x: Numbers,
  pooled: Shape,
  attributes: AttributesOf<'maxPool'>,
  visit: (place: number, window: number, share: number) => void,
): void {
  const { size, stride } = attributes
  const shares = size[0] === stride[0] && size[1] === stride[1]
  eachPlace(pooled, (...window) => {
    const places = windowPlaces(four(x.shape), attributes, window)
    const largest = Math.max(...places.map((place) => at(x.values, place)))
    const maxima = places.filter((place) => at(x.values, place) === largest)
    const takers = shares ? maxima : maxima.slice(0, 1)
    for (const place of takers) visit(place, placeOf(four(pooled), ...window), 1 / takers.length)
  })
}

const channelOf = (shape: Shape, place: number): number => {
  const places = sizeOf(shape.slice(2))
  return Math.floor(place / places) % (shape[1] ?? 1)
}

function means({ shape, values }: Numbers): Float64Array {
  const sums = new Float64Array(shape[1] ?? 0)
  values.forEach((value, place) => {
    accumulate(sums, channelOf(shape, place), value)
  })
  return sums.map((sum) => (sum * sums.length) / values.length)
}

function centred(x: Numbers): Float64Array {
  const mean = means(x)
  return x.values.map((value, place) => value - at(mean, channelOf(x.shape, place)))
}

const variances = (x: Numbers): Float64Array =>
  means({ shape: x.shape, values: centred(x).map((value) => value * value) })

const convolve: Meaning<'conv'> = (inputs, attributes, shape) => {
  const [x, kernel] = [take(inputs, 0), take(inputs, 1)]
  const z = new Float64Array(sizeOf(shape))
  eachProduct([x.shape, kernel.shape, shape], attributes, (i, k, r) => {
    accumulate(z, r, at(x.values, i) * at(kernel.values, k))
  })
  return z
}

/** What the ops of images and channels mean, in plain float64. */
export const IMAGE_MEANINGS: { readonly [K in ImageOp]: Meaning<K> } = {
  conv: convolve,
  biasedConv: (inputs, attributes, shape) => {
    const bias = take(inputs, 2)
    return convolve(inputs, attributes, shape).map(
      (sum, place) => sum + at(bias.values, channelOf(shape, place)),
    )
  },
  convInputGradient: (inputs, attributes, shape) => {
    const [g, kernel] = [take(inputs, 0), take(inputs, 1)]
    const z = new Float64Array(sizeOf(shape))
    eachProduct([shape, kernel.shape, g.shape], attributes, (i, k, r) => {
      accumulate(z, i, at(g.values, r) * at(kernel.values, k))
    })
    return z
  },
  convKernelGradient: (inputs, attributes, shape) => {
    const [x, g] = [take(inputs, 0), take(inputs, 1)]
    const z = new Float64Array(sizeOf(shape))
    eachProduct([x.shape, shape, g.shape], attributes, (i, k, r) => {
      accumulate(z, k, at(x.values, i) * at(g.values, r))
    })
    return z
  },
  maxPool: (inputs, attributes, shape) => {
    const x = take(inputs, 0)
    const z = new Float64Array(sizeOf(shape))
    eachMaximum(x, shape, attributes, (place, window) => {
      z[window] = at(x.values, place)
    })
    return z
  },
  maxPoolGradient: (inputs, attributes, shape) => {
    const [g, x] = [take(inputs, 0), take(inputs, 1)]
    const z = new Float64Array(sizeOf(shape))
    eachMaximum(x, g.shape, attributes, (place, window, share) => {
      accumulate(z, place, at(g.values, window) * share)
    })
    return z
  },
  maxPoolPick: (inputs, attributes, shape) => {
    const [u, x] = [take(inputs, 0), take(inputs, 1)]
    const z = new Float64Array(sizeOf(shape))
    eachMaximum(x, shape, attributes, (place, window, share) => {
      accumulate(z, window, at(u.values, place) * share)
    })
    return z
  },
  averagePool: (inputs, attributes, shape) => {
    const x = take(inputs, 0)
    const z = new Float64Array(sizeOf(shape))
    eachPlace(shape, (...window) => {
      const places = windowPlaces(four(x.shape), attributes, window)
      const sum = places.reduce((total, place) => total + at(x.values, place), 0)
      z[placeOf(four(shape), ...window)] = sum / places.length
    })
    return z
  },
  averagePoolGradient: (inputs, attributes, shape) => {
    const g = take(inputs, 0)
    const z = new Float64Array(sizeOf(shape))
    eachPlace(g.shape, (...window) => {
      const places = windowPlaces(four(shape), attributes, window)
      const part = at(g.values, placeOf(four(g.shape), ...window)) / places.length
      for (const place of places) accumulate(z, place, part)
    })
    return z
  },
  channelMean: (inputs) => means(take(inputs, 0)),
  channelVariance: (inputs) => variances(take(inputs, 0)),
  channelCentre: (inputs) => centred(take(inputs, 0)),
  channelAffine: (inputs) => {
    const [x, scale, shift] = [take(inputs, 0), take(inputs, 1), take(inputs, 2)]
    return x.values.map((value, place) => {
      const channel = channelOf(x.shape, place)
      return value * at(scale.values, channel) + at(shift.values, channel)
    })
  },
  batchNorm: (inputs, { epsilon }) => {
    const [x, gamma, beta] = [take(inputs, 0), take(inputs, 1), take(inputs, 2)]
    const variance = variances(x)
    return centred(x).map((value, place) => {
      const channel = channelOf(x.shape, place)
      const deviation = Math.sqrt(at(variance, channel) + epsilon)
      return (at(gamma.values, channel) * value) / deviation + at(beta.values, channel)
    })
  },
}
