import { exp, matmul, mul, reshape, sub, sum, transpose } from '../functions.ts'
import { contract, sizeOf } from '../shapes.ts'
import type { Shape, Value } from '../value.ts'
import { node } from './rule.ts'
import type { One, Rules } from './rule.ts'

const lastAxis = (x: Value): number => x.shape.length - 1

/** A stack of matrices as one that is as high as all of them. */
function stacked(x: Value): Value {
  const columns = x.shape.at(-1) ?? 1
  return reshape(x, [sizeOf(x.shape) / columns, columns])
}

function permutedShape(
  [x]: One,
  { permutation }: { readonly permutation: readonly number[] },
): Shape {
  const sorted = permutation.toSorted((a, b) => a - b)
  if (permutation.length !== x.length || sorted.some((axis, index) => axis !== index)) {
    throw new Error(`[${permutation}] does not permute the axes of [${x}]`)
  }
  return permutation.map((axis) => x[axis] ?? 0)
}

function inverseOf(permutation: readonly number[]): readonly number[] {
  const inverse: number[] = []
  permutation.forEach((axis, index) => (inverse[axis] = index))
  return inverse
}

function rowsShape([x]: One): Shape {
  if (x.length === 0) throw new Error('a scalar has no last axis')
  return x
}

/** Matrix products, and what goes along the last axis. */
export const MATRIX_RULES = {
  // Z = X Y             dX = G Yᵀ         dY = Xᵀ G
  matmul: {
    shape: ([x, y]) => contract(x, y),
    onnx: node('MatMul'),
    vjp: (g, [x, y]) => {
      // One matrix for a whole stack: one product over all rows instead of a sum of products.
      const shared = y.shape.length === 2 && x.shape.length > 2
      const dy = shared ? matmul(transpose(stacked(x)), stacked(g)) : matmul(transpose(x), g)
      return [matmul(g, transpose(y)), dy]
    },
  },

  // Z = X with its axes in another order
  transpose: {
    shape: permutedShape,
    onnx: (emit, [x], { permutation }) => emit.node('Transpose', [x], { perm: permutation }),
    vjp: (g, _, __, { permutation }) => [transpose(g, inverseOf(permutation))],
  },

  // z = eˣ / Σ eˣ       dx = z (g − Σ g z)   (along the last axis)
  softmax: {
    shape: rowsShape,
    onnx: (emit, [x]) => emit.node('Softmax', [x], { axis: -1 }),
    vjp: (g, _, z) => {
      const gz = mul(g, z)
      return [sub(gz, mul(z, sum(gz, [lastAxis(z)])))]
    },
  },

  // z = x − log Σ eˣ    dx = g − eᶻ Σ g   (along the last axis)
  logSoftmax: {
    shape: rowsShape,
    onnx: (emit, [x]) => emit.node('LogSoftmax', [x], { axis: -1 }),
    vjp: (g, _, z) => [sub(g, mul(exp(z), sum(g, [lastAxis(z)])))],
  },
} satisfies Partial<Rules>
