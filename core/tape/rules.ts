import {
  add,
  exp,
  expand,
  gather,
  matmul,
  mul,
  neg,
  positive,
  reshape,
  scale,
  scatter,
  sigmoid,
  sub,
  sum,
  transpose,
} from './functions.ts'
import { broadcast, contract, sameShape, sizeOf } from './shapes.ts'
import type { AttributesOf, InputsOf, OpName, Shape, Value } from './value.ts'

type ShapesOf<Inputs extends readonly Value[]> = { readonly [I in keyof Inputs]: Shape }
type NamesOf<Inputs extends readonly Value[]> = { readonly [I in keyof Inputs]: string }
type GradsOf<Inputs extends readonly Value[]> = { readonly [I in keyof Inputs]: Value | null }

/** Where a rule writes its ONNX nodes. Each method answers the name of the tensor it made. */
export interface Emitter {
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, number>>,
  ): string
  /** A list of int64, as ONNX takes axes and shapes. */
  integers(values: readonly number[]): string
  /** A float scalar. */
  number(value: number): string
  toFloat(x: string): string
}

export interface Rule<K extends OpName> {
  readonly shape: (inputs: ShapesOf<InputsOf<K>>, attributes: AttributesOf<K>) => Shape
  readonly onnx: (
    emit: Emitter,
    inputs: NamesOf<InputsOf<K>>,
    attributes: AttributesOf<K>,
    shape: Shape,
  ) => string
  /** One gradient per input, in order; null stops there. The tape undoes broadcasting, rules ignore it. */
  readonly vjp: (
    g: Value,
    inputs: InputsOf<K>,
    z: Value,
    attributes: AttributesOf<K>,
  ) => GradsOf<InputsOf<K>>
}

export type Rules = { readonly [K in OpName]: Rule<K> }

type One = readonly [x: Shape]
type Two = readonly [x: Shape, y: Shape]

const same = ([x]: One): Shape => x
const together = ([x, y]: Two): Shape => broadcast(x, y)
const node =
  (type: string) =>
  (emit: Emitter, inputs: readonly string[]): string =>
    emit.node(type, inputs)
const oneMinus = (x: Value): Value => sub(x.tape.constant(1), x)

function pickedShape([x, indices]: Two): Shape {
  if (x.length !== 2 || !sameShape(indices, [x[0] ?? 0, 1])) {
    throw new Error(
      `gather takes a matrix and a column of as many rows, not [${x}] and [${indices}]`,
    )
  }
  return indices
}

function summedShape([x]: One, { axes }: { readonly axes: readonly number[] }): Shape {
  // To ONNX an empty list means all axes, to a reader none: neither is meant.
  if (axes.length === 0) throw new Error('sum needs an axis')
  return x.map((length, axis) => (axes.includes(axis) ? 1 : length))
}

function expandedShape([x]: One, { shape }: { readonly shape: Shape }): Shape {
  if (!sameShape(broadcast(x, shape), shape)) throw new Error(`[${x}] cannot become [${shape}]`)
  return shape
}

function reshapedShape([x]: One, { shape }: { readonly shape: Shape }): Shape {
  if (sizeOf(x) !== sizeOf(shape)) throw new Error(`[${x}] cannot become [${shape}]`)
  return shape
}

/** The calculus of Panda: what each op's shape is, how ONNX says it, and its gradient. */
export const RULES: Rules = {
  // z = x + y           dx = g            dy = g
  add: { shape: together, onnx: node('Add'), vjp: (g) => [g, g] },

  // z = x − y           dx = g            dy = −g
  sub: { shape: together, onnx: node('Sub'), vjp: (g) => [g, neg(g)] },

  // z = x · y           dx = g · y        dy = g · x
  mul: { shape: together, onnx: node('Mul'), vjp: (g, [x, y]) => [mul(g, y), mul(g, x)] },

  // z = −x              dx = −g
  neg: { shape: same, onnx: node('Neg'), vjp: (g) => [neg(g)] },

  // z = eˣ              dx = g · z
  exp: { shape: same, onnx: node('Exp'), vjp: (g, _, z) => [mul(g, z)] },

  // z = max(x, 0)       dx = g · [z > 0], so the kink gets 0
  relu: { shape: same, onnx: node('Relu'), vjp: (g, _, z) => [mul(g, positive(z))] },

  // z = [x > 0]         flat wherever it is smooth
  positive: {
    shape: same,
    onnx: (emit, [x]) => emit.toFloat(emit.node('Greater', [x, emit.number(0)])),
    vjp: () => [null],
  },

  // z = 1 / (1 + e⁻ˣ)   dx = g · z (1 − z)
  sigmoid: {
    shape: same,
    onnx: node('Sigmoid'),
    vjp: (g, _, z) => [mul(g, mul(z, oneMinus(z)))],
  },

  // z = tanh x          dx = g · (1 − z²)
  tanh: { shape: same, onnx: node('Tanh'), vjp: (g, _, z) => [mul(g, oneMinus(mul(z, z)))] },

  // z = log(1 + eˣ)     dx = g · σ(x)
  softplus: { shape: same, onnx: node('Softplus'), vjp: (g, [x]) => [mul(g, sigmoid(x))] },

  // Z = X Y             dX = G Yᵀ         dY = Xᵀ G
  matmul: {
    shape: ([x, y]) => contract(x, y),
    onnx: node('MatMul'),
    vjp: (g, [x, y]) => [matmul(g, transpose(y)), matmul(transpose(x), g)],
  },

  // Z = Xᵀ              dX = Gᵀ
  transpose: {
    shape: ([x]) => x.toReversed(),
    onnx: node('Transpose'),
    vjp: (g) => [transpose(g)],
  },

  // z = x − log Σ eˣ    dx = g − eᶻ Σ g   (along the last axis)
  logSoftmax: {
    shape: same,
    onnx: (emit, [x]) => emit.node('LogSoftmax', [x], { axis: -1 }),
    vjp: (g, _, z) => [sub(g, mul(exp(z), sum(g, [g.shape.length - 1])))],
  },

  // zᵢ = xᵢ,ₖ₍ᵢ₎         dx = g scattered back to where it came from
  gather: {
    shape: pickedShape,
    onnx: (emit, [x, indices]) => emit.node('GatherElements', [x, indices], { axis: 1 }),
    vjp: (g, [x, indices]) => [scatter(g, indices, x.shape[1] ?? 0), null],
  },

  // zᵢ,ₖ₍ᵢ₎ = xᵢ         dx = g gathered from there
  scatter: {
    shape: ([x], { columns }) => [x[0] ?? 0, columns],
    onnx: (emit, [x, indices], _, shape) => {
      const zeros = emit.node('Expand', [emit.number(0), emit.integers(shape)])
      return emit.node('ScatterElements', [zeros, indices, x], { axis: 1 })
    },
    vjp: (g, [, indices]) => [gather(g, indices), null],
  },

  // z = Σ x             dx = g, the same for all that were summed
  sum: {
    shape: summedShape,
    onnx: (emit, [x], { axes }) =>
      emit.node('ReduceSum', [x, emit.integers(axes)], { keepdims: 1 }),
    vjp: (g, [x]) => [expand(g, x.shape)],
  },

  // z = Σ x²            dx = 2 g x
  sumSquares: {
    shape: () => [],
    onnx: (emit, [x]) => emit.node('ReduceSumSquare', [x], { keepdims: 0 }),
    vjp: (g, [x]) => [mul(x, scale(g, 2))],
  },

  // z = x, stretched    dx = g, which the tape sums back
  expand: {
    shape: expandedShape,
    onnx: (emit, [x], { shape }) => emit.node('Expand', [x, emit.integers(shape)]),
    vjp: (g) => [g],
  },

  // z = x in another shape
  reshape: {
    shape: reshapedShape,
    onnx: (emit, [x], { shape }) => emit.node('Reshape', [x, emit.integers(shape)]),
    vjp: (g, [x]) => [reshape(g, x.shape)],
  },
}

/** Adds two gradients of one value. */
export const accumulate = (a: Value | undefined, b: Value): Value =>
  a === undefined ? b : add(a, b)

/** Sums a gradient back to the shape its value had before it was stretched. */
export function unbroadcast(g: Value, shape: Shape, axes: readonly number[]): Value {
  const summed = axes.length === 0 ? g : sum(g, axes)
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape)
}
