import { sizeOf } from './shapes.ts'
import type { Shape, Value } from './value.ts'

export const add = (x: Value, y: Value): Value => x.tape.record('add', [x, y], {})
export const sub = (x: Value, y: Value): Value => x.tape.record('sub', [x, y], {})
/** Elementwise, as all but `matmul` are; operands are stretched as in NumPy. */
export const mul = (x: Value, y: Value): Value => x.tape.record('mul', [x, y], {})
export const neg = (x: Value): Value => x.tape.record('neg', [x], {})
export const exp = (x: Value): Value => x.tape.record('exp', [x], {})
export const relu = (x: Value): Value => x.tape.record('relu', [x], {})
/** 1 where x > 0, else 0. */
export const positive = (x: Value): Value => x.tape.record('positive', [x], {})
export const sigmoid = (x: Value): Value => x.tape.record('sigmoid', [x], {})
export const tanh = (x: Value): Value => x.tape.record('tanh', [x], {})
/** log(1 + eˣ), without overflow. */
export const softplus = (x: Value): Value => x.tape.record('softplus', [x], {})
export const matmul = (x: Value, y: Value): Value => x.tape.record('matmul', [x, y], {})
export const transpose = (x: Value): Value => x.tape.record('transpose', [x], {})
/** Along the last axis. */
export const logSoftmax = (x: Value): Value => x.tape.record('logSoftmax', [x], {})
/** From each row of a matrix, the one element that `indices` (a column of ints) names. */
export const gather = (x: Value, indices: Value): Value => x.tape.record('gather', [x, indices], {})
/** The way back from `gather`: a matrix of zeros with each row's one element in its place. */
export const scatter = (x: Value, indices: Value, columns: number): Value =>
  x.tape.record('scatter', [x, indices], { columns })
/** Over some axes, which stay with length 1. */
export const sum = (x: Value, axes: readonly number[]): Value => x.tape.record('sum', [x], { axes })
/** Σ x² over all elements, a scalar. */
export const sumSquares = (x: Value): Value => x.tape.record('sumSquares', [x], {})
export const expand = (x: Value, shape: Shape): Value => x.tape.record('expand', [x], { shape })
export const reshape = (x: Value, shape: Shape): Value => x.tape.record('reshape', [x], { shape })

export const scale = (x: Value, factor: number): Value => mul(x, x.tape.constant(factor))

/** The mean over all elements, a scalar. */
export const mean = (x: Value): Value =>
  scale(reshape(sum(x, [...x.shape.keys()]), []), 1 / sizeOf(x.shape))
