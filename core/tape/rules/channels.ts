import type { Emitter } from '../emitter.ts'
import {
  add,
  channelAffine,
  channelCentre,
  channelMean,
  channelVariance,
  div,
  expand,
  mul,
  neg,
  reshape,
  scale,
  sqrt,
  sub,
} from '../functions.ts'
import { sizeOf } from '../shapes.ts'
import type { Shape, Value } from '../value.ts'
import type { Rules } from './rule.ts'

/** The number of channels. Rows have two axes, images four. */
function channelsOf(x: Shape): number {
  const channels = x[1]
  if (channels === undefined || (x.length !== 2 && x.length !== 4)) {
    throw new Error(`channels are of rows [N, C] or images [N, C, H, W], not of [${x}]`)
  }
  return channels
}

/** How many numbers a channel has over all examples and places. */
const countOf = (x: Shape): number => sizeOf(x) / channelsOf(x)

function checkPerChannel(x: Shape, ...vectors: readonly Shape[]): Shape {
  const channels = channelsOf(x)
  for (const vector of vectors) {
    if (vector.length !== 1 || vector[0] !== channels) {
      throw new Error(`[${vector}] is not one number for each channel of [${x}]`)
    }
  }
  return x
}

/** A number for each channel. */
const perChannel = (x: Value, number: number): Value =>
  expand(x.tape.constant(number), [channelsOf(x.shape)])

const channelSum = (x: Value): Value => scale(channelMean(x), countOf(x.shape))

/** A [C] vector stretched over examples and places. */
const overPlaces = (vector: Value, shape: Shape): Value =>
  expand(shape.length === 4 ? reshape(vector, [channelsOf(shape), 1, 1]) : vector, shape)

/** Of images first over the places, then over the examples: 0.2 ms instead of 0.4 for [64, 16, 32, 32]. */
function emitMean(emit: Emitter, x: string, shape: Shape): string {
  const rows =
    shape.length === 4 ? emit.node('ReduceSum', [x, emit.integers([2, 3])], { keepdims: 0 }) : x
  const sum = emit.node('ReduceSum', [rows, emit.integers([0])], { keepdims: 0 })
  return emit.node('Div', [sum, emit.number(countOf(shape))])
}

/**
 * x · scale + shift, less a mean. For images as the batch normalisation of inference, with variance 1 and
 * ε 0: 0.3 ms for [64, 16, 32, 32], where Mul and Add with stretched operands take 0.5.
 */
function emitAffine(
  emit: Emitter,
  x: string,
  shape: Shape,
  { scale, shift, mean }: { scale?: string; shift?: string; mean?: string },
): string {
  if (shape.length === 2) {
    const centred = mean === undefined ? x : emit.node('Sub', [x, mean])
    const scaled = scale === undefined ? centred : emit.node('Mul', [centred, scale])
    return shift === undefined ? scaled : emit.node('Add', [scaled, shift])
  }
  const channels = channelsOf(shape)
  const all = (number: number): string =>
    emit.numbers(
      Array.from({ length: channels }, () => number),
      [channels],
    )
  return emit.node(
    'BatchNormalization',
    [x, scale ?? all(1), shift ?? all(0), mean ?? all(0), all(1)],
    { epsilon: { float: 0 } },
  )
}

const emitCentred = (emit: Emitter, x: string, shape: Shape): string =>
  emitAffine(emit, x, shape, { mean: emitMean(emit, x, shape) })

/** From the centred numbers: with E[x²] − E[x]² nothing would remain of a small variance far from 0. */
function emitVariance(emit: Emitter, x: string, shape: Shape): string {
  const centred = emitCentred(emit, x, shape)
  return emitMean(emit, emit.node('Mul', [centred, centred]), shape)
}

/** Statistics and maps of each channel. What one of them computes the others find again. */
export const CHANNEL_RULES: Pick<
  Rules,
  'channelMean' | 'channelVariance' | 'channelCentre' | 'channelAffine' | 'batchNorm'
> = {
  // z = Σ x / M         dx = g / M
  channelMean: {
    shape: ([x]) => [channelsOf(x)],
    onnx: (emit, [x], _, __, [shape]) => emitMean(emit, x, shape),
    vjp: (g, [x]) => [overPlaces(scale(g, 1 / countOf(x.shape)), x.shape)],
  },

  // z = Σ (x − x̄)² / M  dx = 2 g (x − x̄) / M
  channelVariance: {
    shape: ([x]) => [channelsOf(x)],
    onnx: (emit, [x], _, __, [shape]) => emitVariance(emit, x, shape),
    vjp: (g, [x]) => [
      channelAffine(channelCentre(x), scale(g, 2 / countOf(x.shape)), perChannel(x, 0)),
    ],
  },

  // z = x − x̄           dx = g − ḡ
  channelCentre: {
    shape: ([x]) => checkPerChannel(x),
    onnx: (emit, [x], _, shape) => emitCentred(emit, x, shape),
    vjp: (g) => [channelCentre(g)],
  },

  // z = x s + t         dx = g s      ds = Σ g x      dt = Σ g
  channelAffine: {
    shape: ([x, s, t]) => checkPerChannel(x, s, t),
    onnx: (emit, [x, s, t], _, shape) => emitAffine(emit, x, shape, { scale: s, shift: t }),
    vjp: (g, [x, s]) => [
      channelAffine(g, s, perChannel(x, 0)),
      channelSum(mul(g, x)),
      channelSum(g),
    ],
  },

  // With d = x − x̄, r = 1 / √(d²‾ + ε), a = γ r:
  // z = a d + β         dx = a (g − ḡ − d r² (g d)‾)  dγ = r Σ g d      dβ = Σ g
  // (Ioffe and Szegedy 2015, section 3, with the mean and the variance moving with x)
  batchNorm: {
    shape: ([x, gamma, beta]) => checkPerChannel(x, gamma, beta),
    onnx: (emit, [x, gamma, beta], { epsilon }, shape) => {
      const variance = emitVariance(emit, x, shape)
      const deviation = emit.node('Sqrt', [emit.node('Add', [variance, emit.number(epsilon)])])
      const r = emit.node('Div', [emit.number(1), deviation])
      const scale = emit.node('Mul', [gamma, r])
      // From the centred numbers, not from x: so γ r x and γ r x̄ need not cancel. Far from 0 the mean is
      // itself rounded, so even the centred numbers have one: without it, only what x lost is lost.
      const centred = emitCentred(emit, x, shape)
      const left = emit.node('Mul', [scale, emitMean(emit, centred, shape)])
      const shift = emit.node('Sub', [beta, left])
      return emitAffine(emit, centred, shape, { scale, shift })
    },
    vjp: (g, [x, gamma], _, { epsilon }) => {
      const { tape } = x
      const d = channelCentre(x)
      const deviation = sqrt(add(channelVariance(x), tape.constant(epsilon)))
      const r = div(tape.constant(1), deviation)
      const a = mul(gamma, r)
      // d‾ is 0 but for rounding, which Σ g would make large.
      const slope = sub(channelMean(mul(g, d)), mul(channelMean(g), channelMean(d)))
      const shift = neg(mul(a, channelMean(g)))
      const back = neg(mul(a, mul(mul(r, r), slope)))
      return [
        add(channelAffine(g, a, shift), channelAffine(d, back, perChannel(x, 0))),
        mul(scale(slope, countOf(x.shape)), r),
        channelSum(g),
      ]
    },
  },
}
