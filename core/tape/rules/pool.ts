import type { Emitter } from '../emitter.ts'
import { averagePool } from '../functions.ts'
import type { AttributesOf, Extent, PoolAttributes, Shape, Value } from '../value.ts'
import type { Rules } from './rule.ts'
import { extentOf, imageShape } from './sliding.ts'

const maxPoolGradient = (g: Value, x: Value, z: Value, attributes: PoolAttributes): Value =>
  g.tape.record('maxPoolGradient', [g, x, z], attributes)
const maxPoolPick = (u: Value, x: Value, z: Value, attributes: PoolAttributes): Value =>
  u.tape.record('maxPoolPick', [u, x, z], attributes)
const averagePoolGradient = (g: Value, attributes: AttributesOf<'averagePoolGradient'>): Value =>
  g.tape.record('averagePoolGradient', [g], attributes)

const windowsAlong = (length: number, size: number, stride: number): number =>
  Math.floor((length - size) / stride) + 1

function pooledShape(x: Shape, { size, stride }: PoolAttributes): Shape {
  const [examples, channels, height, width] = imageShape(x)
  if (height < size[0] || width < size[1]) {
    throw new Error(`a ${size[0]}×${size[1]} window does not fit ${height}×${width} images`)
  }
  const down = windowsAlong(height, size[0], stride[0])
  const across = windowsAlong(width, size[1], stride[1])
  return [examples, channels, down, across]
}

const windowOf = ({ size, stride }: PoolAttributes) => ({ kernel_shape: size, strides: stride })

/** Windows side by side: none overlaps another and none leaves a gap. */
const areTiles = ({ size, stride }: PoolAttributes): boolean =>
  size[0] === stride[0] && size[1] === stride[1]

/** Height and width that windows side by side cover. */
function coveredExtent(pooled: Shape, { size }: PoolAttributes): Extent {
  const [down, across] = extentOf(pooled)
  return [down * size[0], across * size[1]]
}

/** Each number repeated over its window. */
function emitRepeated(emit: Emitter, x: string, { size }: PoolAttributes): string {
  if (size[0] * size[1] === 1) return x
  return emit.node('Resize', [x, '', emit.numbers([1, 1, ...size], [4])], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  })
}

/** The part of the images that windows cover. */
function emitCovered(emit: Emitter, x: string, shape: Shape, covered: Extent): string {
  const [height, width] = extentOf(shape)
  if (height === covered[0] && width === covered[1]) return x
  return emit.node('Slice', [
    x,
    emit.integers([0, 0]),
    emit.integers(covered),
    emit.integers([2, 3]),
  ])
}

/** Zeros for the rest that no window covers. */
function emitRest(emit: Emitter, x: string, covered: Extent, shape: Shape): string {
  const [height, width] = extentOf(shape)
  if (height === covered[0] && width === covered[1]) return x
  const ends = [0, 0, 0, 0, 0, 0, height - covered[0], width - covered[1]]
  return emit.node('Pad', [x, emit.integers(ends), emit.number(0)])
}

/** Of windows side by side: 1 where the covered part of x equals its window's maximum, and their share. */
function emitMaxima(
  emit: Emitter,
  x: string,
  z: string,
  [xShape, zShape]: readonly [Shape, Shape],
  attributes: PoolAttributes,
) {
  const covered = coveredExtent(zShape, attributes)
  const part = emitCovered(emit, x, xShape, covered)
  const mask = emit.toFloat(emit.node('Equal', [part, emitRepeated(emit, z, attributes)]))
  return { covered, mask, share: emit.node('AveragePool', [mask], windowOf(attributes)) }
}

/** Where each overlapping window's first maximum lies, counted through the whole tensor. */
const emitPlaces = (emit: Emitter, x: string, attributes: PoolAttributes): readonly string[] =>
  emit.nodes('MaxPool', [x], windowOf(attributes), 2)

const flat = (emit: Emitter, x: string): string => emit.node('Reshape', [x, emit.integers([-1])])

/**
 * Max pooling. Where windows lie side by side, equal maxima share the gradient: so blank borders, where
 * all is equal, count as much as a single maximum would. The repetition of z and g by Resize, an Equal
 * and the count take 2.0 and 1.5 ms (1 and 2 threads, 64 × 16 channels of 32×32), the way by indices
 * 6.4 and 3.4. Where windows overlap (or leave gaps) it is by indices, and the first maximum of a window
 * takes its whole gradient.
 */
const MAX_POOL_RULES: Pick<Rules, 'maxPool' | 'maxPoolGradient' | 'maxPoolPick'> = {
  // z = max of each window      dx = g where x is its window's maximum
  maxPool: {
    shape: ([x], attributes) => pooledShape(x, attributes),
    onnx: (emit, [x], attributes) => {
      if (areTiles(attributes)) return emit.node('MaxPool', [x], windowOf(attributes))
      return emitPlaces(emit, x, attributes)[0] ?? ''
    },
    vjp: (g, [x], z, attributes) => [maxPoolGradient(g, x, z, attributes)],
  },

  // z = g where x is its window's maximum           dg = u picked there; flat in x
  maxPoolGradient: {
    shape: ([, x]) => x,
    onnx: (emit, [g, x, z], attributes, shape, [, xShape, zShape]) => {
      if (!areTiles(attributes)) {
        const size = shape.reduce((product, length) => product * length, 1)
        const zeros = emit.node('Expand', [emit.number(0), emit.integers([size])])
        const places = flat(emit, emitPlaces(emit, x, attributes)[1] ?? '')
        const spread = emit.node('ScatterElements', [zeros, places, flat(emit, g)], {
          axis: 0,
          reduction: 'add',
        })
        return emit.node('Reshape', [spread, emit.integers(shape)])
      }
      const shapes = [xShape, zShape] as const
      const { covered, mask, share } = emitMaxima(emit, x, z, shapes, attributes)
      const mean = emit.node('Mul', [g, emit.number(1 / (attributes.size[0] * attributes.size[1]))])
      const each = emitRepeated(emit, emit.node('Div', [mean, share]), attributes)
      return emitRest(emit, emit.node('Mul', [mask, each]), covered, shape)
    },
    vjp: (u, [, x, z], _, attributes) => [maxPoolPick(u, x, z, attributes), null, null],
  },

  // z = u where x is its window's maximum           du = g spread to there; flat in x
  maxPoolPick: {
    shape: ([, , z]) => z,
    onnx: (emit, [u, x, z], attributes, shape, [, xShape, zShape]) => {
      if (!areTiles(attributes)) {
        const places = flat(emit, emitPlaces(emit, x, attributes)[1] ?? '')
        const picked = emit.node('GatherElements', [flat(emit, u), places], { axis: 0 })
        return emit.node('Reshape', [picked, emit.integers(shape)])
      }
      const shapes = [xShape, zShape] as const
      const { covered, mask, share } = emitMaxima(emit, x, z, shapes, attributes)
      const part = emitCovered(emit, u, xShape, covered)
      const kept = emit.node('Mul', [mask, part])
      return emit.node('Div', [emit.node('AveragePool', [kept], windowOf(attributes)), share])
    },
    vjp: (g, [, x, z], _, attributes) => [maxPoolGradient(g, x, z, attributes), null, null],
  },
}

function emitAveragePoolGradient(
  emit: Emitter,
  g: string,
  attributes: AttributesOf<'averagePoolGradient'>,
  shape: Shape,
  pooled: Shape,
): string {
  const { size, stride } = attributes
  const [down, across] = extentOf(pooled)
  const part = 1 / (size[0] * size[1])
  if (areTiles(attributes) || down * across === 1) {
    const each = emit.node('Mul', [g, emit.number(part)])
    // Over a single window ONNX Runtime expands faster than it resizes.
    const covered = down * across === 1 ? size : coveredExtent(pooled, attributes)
    const repeated =
      down * across === 1
        ? emit.node('Expand', [each, emit.integers([...shape.slice(0, 2), ...size])])
        : emitRepeated(emit, each, attributes)
    return emitRest(emit, repeated, covered, shape)
  }
  const [, channels, height, width] = imageShape(shape)
  const parts = Array.from({ length: channels * size[0] * size[1] }, () => part)
  return emit.node('ConvTranspose', [g, emit.numbers(parts, [channels, 1, ...size])], {
    ...windowOf(attributes),
    group: channels,
    output_padding: [(height - size[0]) % stride[0], (width - size[1]) % stride[1]],
  })
}

/** Pooling, with the rest of an image that no window covers left out. */
export const POOL_RULES: typeof MAX_POOL_RULES &
  Pick<Rules, 'averagePool' | 'averagePoolGradient'> = {
  ...MAX_POOL_RULES,

  // z = mean of each window     dx = g / (h · w), summed over the windows that x is in
  averagePool: {
    shape: ([x], attributes) => pooledShape(x, attributes),
    onnx: (emit, [x], attributes) => emit.node('AveragePool', [x], windowOf(attributes)),
    vjp: (g, [x], _, attributes) => [
      averagePoolGradient(g, { ...attributes, input: extentOf(x.shape) }),
    ],
  },

  // z = g / (h · w), summed     dg = mean of each window of u
  averagePoolGradient: {
    shape: ([g], { input, ...attributes }) => {
      const [examples, channels, ...places] = imageShape(g)
      const shape = [examples, channels, ...input]
      const [down, across] = extentOf(pooledShape(shape, attributes))
      if (places[0] !== down || places[1] !== across) {
        throw new Error(
          `a gradient of ${places[0]}×${places[1]} windows is not of ${input[0]}×${input[1]} images`,
        )
      }
      return shape
    },
    onnx: (emit, [g], attributes, shape, [pooled]) =>
      emitAveragePoolGradient(emit, g, attributes, shape, pooled),
    vjp: (u, _inputs, _, { input: _input, ...attributes }) => [averagePool(u, attributes)],
  },
}
