import { add, div, erf, exp, mul, neg, positive, scale, sigmoid, sign, sub } from '../functions.ts'
import { broadcast } from '../shapes.ts'
import type { Shape, Value } from '../value.ts'
import { node, same } from './rule.ts'
import type { Rules, Two } from './rule.ts'

const together = ([x, y]: Two): Shape => broadcast(x, y)
const oneMinus = (x: Value): Value => sub(x.tape.constant(1), x)

/** Ops that treat every element alike. */
export const ELEMENTWISE_RULES = {
  // z = x + y           dx = g            dy = g
  add: { shape: together, onnx: node('Add'), vjp: (g) => [g, g] },

  // z = x − y           dx = g            dy = −g
  sub: { shape: together, onnx: node('Sub'), vjp: (g) => [g, neg(g)] },

  // z = x · y           dx = g · y        dy = g · x
  mul: { shape: together, onnx: node('Mul'), vjp: (g, [x, y]) => [mul(g, y), mul(g, x)] },

  // z = x / y           dx = g / y        dy = −g z / y
  div: {
    shape: together,
    onnx: node('Div'),
    vjp: (g, [, y], z) => {
      const dx = div(g, y)
      return [dx, neg(mul(dx, z))]
    },
  },

  // z = −x              dx = −g
  neg: { shape: same, onnx: node('Neg'), vjp: (g) => [neg(g)] },

  // z = eˣ              dx = g · z
  exp: { shape: same, onnx: node('Exp'), vjp: (g, _, z) => [mul(g, z)] },

  // z = log x           dx = g / x
  log: { shape: same, onnx: node('Log'), vjp: (g, [x]) => [div(g, x)] },

  // z = √x              dx = g / 2z
  sqrt: { shape: same, onnx: node('Sqrt'), vjp: (g, _, z) => [div(scale(g, 0.5), z)] },

  // z = |x|             dx = g · sign x, so the kink gets 0
  abs: { shape: same, onnx: node('Abs'), vjp: (g, [x]) => [mul(g, sign(x))] },

  // z = sign x          flat wherever it is smooth
  sign: { shape: same, onnx: node('Sign'), vjp: () => [null] },

  // z = erf x           dx = g · 2/√π · e^(−x²)
  erf: {
    shape: same,
    onnx: node('Erf'),
    vjp: (g, [x]) => [mul(g, scale(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  },

  // z = max(x, 0)       dx = g · [z > 0], so the kink gets 0
  relu: { shape: same, onnx: node('Relu'), vjp: (g, _, z) => [mul(g, positive(z))] },

  // z = [x > 0]         flat wherever it is smooth
  positive: {
    shape: same,
    onnx: (emit, [x]) => emit.toFloat(emit.node('Greater', [x, emit.number(0)])),
    vjp: () => [null],
  },

  // z = x or s x        dx = g · (s + (1 − s) [x > 0])
  leakyRelu: {
    shape: same,
    onnx: (emit, [x], { slope }) => emit.node('LeakyRelu', [x], { alpha: { float: slope } }),
    vjp: (g, [x], _, { slope }) => [
      mul(g, add(scale(positive(x), 1 - slope), x.tape.constant(slope))),
    ],
  },

  // z = x or a (eˣ − 1) dx = g or g (z + a): with p = [x > 0], g · (p + (1 − p)(z + a))
  elu: {
    shape: same,
    onnx: (emit, [x], { alpha }) => emit.node('Elu', [x], { alpha: { float: alpha } }),
    vjp: (g, [x], z, { alpha }) => {
      const p = positive(x)
      return [mul(g, add(p, mul(oneMinus(p), add(z, x.tape.constant(alpha)))))]
    },
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

  // z = x Φ(x)          dx = g · (Φ(x) + x φ(x)), of the normal distribution; with b = x/√2:
  // Φ = (1 + erf b) / 2 and x φ = b e^(−b²) / √π. As a rule of its own 3.0 ms forward and backward for a
  // million numbers, put together from others 3.5.
  gelu: {
    shape: same,
    onnx: (emit, [x]) => {
      const b = emit.node('Mul', [x, emit.number(Math.SQRT1_2)])
      const twice = emit.node('Add', [emit.node('Erf', [b]), emit.number(1)])
      return emit.node('Mul', [x, emit.node('Mul', [twice, emit.number(0.5)])])
    },
    vjp: (g, [x]) => {
      const b = scale(x, Math.SQRT1_2)
      const share = scale(add(erf(b), x.tape.constant(1)), 0.5)
      const density = mul(exp(neg(mul(b, b))), scale(b, 1 / Math.sqrt(Math.PI)))
      return [mul(g, add(density, share))]
    },
  },
} satisfies Partial<Rules>
