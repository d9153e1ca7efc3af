import {
  abs,
  div,
  expand,
  mul,
  place,
  positive,
  reshape,
  scale,
  slice,
  sub,
  sum,
} from '../functions.ts'
import { broadcast, sameShape, sizeOf } from '../shapes.ts'
import type { Shape } from '../value.ts'
import type { One, Rules } from './rule.ts'

function reducedShape([x]: One, { axes }: { readonly axes: readonly number[] }): Shape {
  // To ONNX an empty list means all axes, to a reader none: neither is meant.
  if (axes.length === 0) throw new Error('a reduction needs an axis')
  const foreign = axes.find((axis) => x[axis] === undefined)
  if (foreign !== undefined) throw new Error(`[${x}] has no axis ${foreign}`)
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

interface Part {
  readonly axis: number
  readonly from: number
  readonly length: number
}

function slicedShape([x]: One, { axis, from, length }: Part): Shape {
  const whole = x[axis]
  if (whole === undefined || from < 0 || length < 1 || from + length > whole) {
    throw new Error(`axis ${axis} of [${x}] has no places ${from} to ${from + length}`)
  }
  return x.with(axis, length)
}

function placedShape([x]: One, { axis, from, length }: Part): Shape {
  const own = x[axis]
  if (own === undefined || from < 0 || from + own > length) {
    throw new Error(`[${x}] does not fit at ${from} of ${length} places of axis ${axis}`)
  }
  return x.with(axis, length)
}

function joinedShape(shapes: readonly Shape[], { axis }: { readonly axis: number }): Shape {
  const [first] = shapes
  if (first === undefined) throw new Error('there is nothing to put together')
  const length = shapes.reduce((total, shape) => total + (shape[axis] ?? 0), 0)
  const joined = first.with(axis, length)
  for (const shape of shapes) {
    if (!sameShape(shape.with(axis, length), joined)) {
      throw new Error(`[${shape}] and [${first}] cannot be put together along axis ${axis}`)
    }
  }
  return joined
}

/** Reductions, and what moves numbers without changing them. */
export const SHAPE_RULES = {
  // z = Σ x             dx = g, the same for all that were summed
  sum: {
    shape: reducedShape,
    onnx: (emit, [x], { axes }) =>
      emit.node('ReduceSum', [x, emit.integers(axes)], { keepdims: 1 }),
    vjp: (g, [x]) => [expand(g, x.shape)],
  },

  // z = max x           dx = g shared equally by the largest: with m = [x ≥ z], g m / Σ m
  max: {
    shape: reducedShape,
    onnx: (emit, [x], { axes }) =>
      emit.node('ReduceMax', [x, emit.integers(axes)], { keepdims: 1 }),
    vjp: (g, [x], z, { axes }) => {
      const largest = sub(x.tape.constant(1), positive(abs(sub(z, x))))
      return [mul(largest, div(g, sum(largest, axes)))]
    },
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

  // z = a part of x     dx = g in its place, zeros elsewhere
  slice: {
    shape: slicedShape,
    onnx: (emit, [x], { axis, from, length }) =>
      emit.node('Slice', [
        x,
        emit.integers([from]),
        emit.integers([from + length]),
        emit.integers([axis]),
      ]),
    vjp: (g, [x], _, { axis, from }) => [place(g, axis, from, x.shape[axis] ?? 0)],
  },

  // z = x among zeros   dx = that part of g
  place: {
    shape: placedShape,
    onnx: (emit, [x], { axis, from, length }, _, [shape]) => {
      const before = shape.map((__, at) => (at === axis ? from : 0))
      const after = shape.map((own, at) => (at === axis ? length - from - own : 0))
      return emit.node('Pad', [x, emit.integers([...before, ...after])], { mode: 'constant' })
    },
    vjp: (g, [x], _, { axis, from }) => [slice(g, axis, from, x.shape[axis] ?? 0)],
  },

  // z = x₁ x₂ …         dxᵢ = its part of g
  concat: {
    shape: joinedShape,
    onnx: (emit, inputs, { axis }) => emit.node('Concat', inputs, { axis }),
    vjp: (g, inputs, _, { axis }) => {
      let from = 0
      return inputs.map((input) => {
        const length = input.shape[axis] ?? 0
        const part = slice(g, axis, from, length)
        from += length
        return part
      })
    },
  },
} satisfies Partial<Rules>
