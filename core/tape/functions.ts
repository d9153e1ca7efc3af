import { sizeOf } from './shapes.ts'
import type { ConvAttributes, Extent, PoolAttributes, Shape, Value } from './value.ts'

export const add = (x: Value, y: Value): Value => x.tape.record('add', [x, y], {})
export const sub = (x: Value, y: Value): Value => x.tape.record('sub', [x, y], {})
/** Elementwise, as all are that say nothing else; operands are stretched as in NumPy. */
export const mul = (x: Value, y: Value): Value => x.tape.record('mul', [x, y], {})
export const div = (x: Value, y: Value): Value => x.tape.record('div', [x, y], {})
export const neg = (x: Value): Value => x.tape.record('neg', [x], {})
export const exp = (x: Value): Value => x.tape.record('exp', [x], {})
export const log = (x: Value): Value => x.tape.record('log', [x], {})
export const sqrt = (x: Value): Value => x.tape.record('sqrt', [x], {})
export const abs = (x: Value): Value => x.tape.record('abs', [x], {})
/** −1, 0 or 1. */
export const sign = (x: Value): Value => x.tape.record('sign', [x], {})
/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = (x: Value): Value => x.tape.record('erf', [x], {})
export const relu = (x: Value): Value => x.tape.record('relu', [x], {})
/** 1 where x > 0, else 0. */
export const positive = (x: Value): Value => x.tape.record('positive', [x], {})
/** x where x > 0, else slope · x. */
export const leakyRelu = (x: Value, slope = 0.01): Value =>
  x.tape.record('leakyRelu', [x], { slope })
/** x where x > 0, else α (eˣ − 1). */
export const elu = (x: Value, alpha = 1): Value => x.tape.record('elu', [x], { alpha })
export const sigmoid = (x: Value): Value => x.tape.record('sigmoid', [x], {})
export const tanh = (x: Value): Value => x.tape.record('tanh', [x], {})
/** log(1 + eˣ), without overflow. */
export const softplus = (x: Value): Value => x.tape.record('softplus', [x], {})

/** Of matrices, or of stacks of them: the last two axes are multiplied, those before go along. */
export const matmul = (x: Value, y: Value): Value => x.tape.record('matmul', [x, y], {})
/** Without a permutation: the last two axes swapped. Axis i of the result is axis permutation[i] of x. */
export const transpose = (x: Value, permutation = lastTwoSwapped(x.shape.length)): Value =>
  x.tape.record('transpose', [x], { permutation })

/** Along the last axis. */
export const softmax = (x: Value): Value => x.tape.record('softmax', [x], {})
/** Along the last axis. */
export const logSoftmax = (x: Value): Value => x.tape.record('logSoftmax', [x], {})
/** From each row of a matrix, the one element that `indices` (a column of ints) names. */
export const gather = (x: Value, indices: Value): Value => x.tape.record('gather', [x, indices], {})
/** The way back from `gather`: a matrix of zeros with each row's one element in its place. */
export const scatter = (x: Value, indices: Value, columns: number): Value =>
  x.tape.record('scatter', [x, indices], { columns })
/** Each row of the last axis brought to mean 0 and variance 1, then γ · x + β (both of that axis' length). */
export const layerNorm = (x: Value, gamma: Value, beta: Value, epsilon = 1e-5): Value =>
  x.tape.record('layerNorm', [x, gamma, beta], { epsilon })
/** Mean along the last axis, which stays with length 1. */
export const layerMean = (x: Value): Value => x.tape.record('layerMean', [x], {})
/** Biased variance along the last axis, which stays with length 1. */
export const layerVariance = (x: Value): Value => x.tape.record('layerVariance', [x], {})

/** Rows of a [count, width] table: ids of any shape [..., n] (ints) give [..., n, width]. */
export const lookup = (table: Value, ids: Value): Value =>
  table.tape.record('lookup', [table, ids], {})
/** The way back from `lookup`: a [count, width] table of zeros, with each row added where its id says. */
export const scatterRows = (rows: Value, ids: Value, count: number): Value =>
  rows.tape.record('scatterRows', [rows, ids], { count })

/** Over some axes, which stay with length 1. */
export const sum = (x: Value, axes: readonly number[]): Value => x.tape.record('sum', [x], { axes })
/** The largest over some axes, which stay with length 1. Equal ones share the gradient. */
export const max = (x: Value, axes: readonly number[]): Value => x.tape.record('max', [x], { axes })
/** Σ x² over all elements, a scalar. */
export const sumSquares = (x: Value): Value => x.tape.record('sumSquares', [x], {})
export const expand = (x: Value, shape: Shape): Value => x.tape.record('expand', [x], { shape })
export const reshape = (x: Value, shape: Shape): Value => x.tape.record('reshape', [x], { shape })
/** The places from … from + length − 1 of an axis. */
export const slice = (x: Value, axis: number, from: number, length: number): Value =>
  x.tape.record('slice', [x], { axis, from, length })
/** The way back from `slice`: zeros, `length` long along the axis, with x put at `from`. */
export const place = (x: Value, axis: number, from: number, length: number): Value =>
  x.tape.record('place', [x], { axis, from, length })
/** One after the other along an axis. At least one. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values
  if (first === undefined) throw new Error('there is nothing to put together')
  return first.tape.record('concat', values, { axis })
}

/**
 * Cross-correlation, as the field's "convolution" is. x: [N, C, H, W], kernel: [F, C / groups, h, w], and if
 * there is one the bias: [F].
 */
export const conv = (x: Value, kernel: Value, attributes: ConvAttributes, bias?: Value): Value =>
  bias === undefined
    ? x.tape.record('conv', [x, kernel], attributes)
    : x.tape.record('biasedConv', [x, kernel, bias], attributes)
/** d conv / d x, for inputs of this height and width. */
export const convInputGradient = (
  g: Value,
  kernel: Value,
  attributes: ConvAttributes & { readonly size: Extent },
): Value => g.tape.record('convInputGradient', [g, kernel], attributes)
/** d conv / d kernel, for kernels of this height and width. */
export const convKernelGradient = (
  x: Value,
  g: Value,
  attributes: ConvAttributes & { readonly size: Extent },
): Value => x.tape.record('convKernelGradient', [x, g], attributes)
/** The largest of each window. A rest of the image that no window covers is left out. */
export const maxPool = (x: Value, attributes: PoolAttributes): Value =>
  x.tape.record('maxPool', [x], attributes)
export const averagePool = (x: Value, attributes: PoolAttributes): Value =>
  x.tape.record('averagePool', [x], attributes)

/** Mean of each channel over all examples and places. x: [N, C] or [N, C, H, W]; answers [C]. */
export const channelMean = (x: Value): Value => x.tape.record('channelMean', [x], {})
/** Biased variance of each channel: [C]. */
export const channelVariance = (x: Value): Value => x.tape.record('channelVariance', [x], {})
/** x minus the mean of its channel. */
export const channelCentre = (x: Value): Value => x.tape.record('channelCentre', [x], {})
/** x · scale + shift, both [C]. */
export const channelAffine = (x: Value, scaleOf: Value, shift: Value): Value =>
  x.tape.record('channelAffine', [x, scaleOf, shift], {})
/** γ (x − mean) / √(variance + ε) + β, with this batch's own mean and variance of each channel. */
export const batchNorm = (x: Value, gamma: Value, beta: Value, epsilon: number): Value =>
  x.tape.record('batchNorm', [x, gamma, beta], { epsilon })

export const scale = (x: Value, factor: number): Value => mul(x, x.tape.constant(factor))

/** The mean over all elements, a scalar. */
export const mean = (x: Value): Value =>
  x.shape.length === 0 ? x : scale(reshape(sum(x, [...x.shape.keys()]), []), 1 / sizeOf(x.shape))

/** x · σ(x): Hendrycks and Gimpel 2016 call it SiLU, Ramachandran et al. 2017 swish. */
export const silu = (x: Value): Value => mul(x, sigmoid(x))
/** x · Φ(x), with the normal distribution's exact Φ: Hendrycks and Gimpel 2016. */
export const gelu = (x: Value): Value => x.tape.record('gelu', [x], {})

function lastTwoSwapped(rank: number): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  return [...axes.slice(0, -2), ...axes.slice(-2).toReversed()]
}
