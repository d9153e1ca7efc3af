import { at, build, stretchedAt } from './numbers.ts'
import type { Meaning } from './numbers.ts'
import type { OpName } from '../../../../core/tape/value.ts'

const each =
  (f: (x: number) => number): Meaning<OpName> =>
  ([x], _, shape) =>
    build(shape, (_coordinates, index) => f(at(x, index)))

const pairs =
  (f: (x: number, y: number) => number): Meaning<OpName> =>
  ([x, y], _, shape) =>
    build(shape, (coordinates) => f(stretchedAt(x, coordinates), stretchedAt(y, coordinates)))

/** 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)): Maclaurin's series, exact enough for |x| < 3. */
function erf(x: number): number {
  let power = x
  let sum = x
  for (let n = 1; n < 60; n++) {
    power *= (-x * x) / n
    sum += power / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

export const ELEMENTWISE_MEANINGS = {
  add: pairs((x, y) => x + y),
  sub: pairs((x, y) => x - y),
  mul: pairs((x, y) => x * y),
  div: pairs((x, y) => x / y),
  neg: each((x) => -x),
  exp: each(Math.exp),
  log: each(Math.log),
  sqrt: each(Math.sqrt),
  abs: each(Math.abs),
  sign: each(Math.sign),
  erf: each(erf),
  gelu: each((x) => (x / 2) * (1 + erf(x / Math.SQRT2))),
  relu: each((x) => Math.max(x, 0)),
  positive: each((x) => (x > 0 ? 1 : 0)),
  leakyRelu: (inputs, { slope }, shape) => each((x) => (x > 0 ? x : slope * x))(inputs, {}, shape),
  elu: (inputs, { alpha }, shape) =>
    each((x) => (x > 0 ? x : alpha * Math.expm1(x)))(inputs, {}, shape),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
  softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
} satisfies { readonly [K in OpName]?: Meaning<K> }
