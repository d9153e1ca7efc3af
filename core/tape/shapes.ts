import type { Shape } from './value.ts'

export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1)

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

/** The shape two operands are stretched to, aligned at their last axes. */
export function broadcast(x: Shape, y: Shape): Shape {
  const rank = Math.max(x.length, y.length)
  return Array.from({ length: rank }, (_, axis) => {
    const a = x[axis - rank + x.length] ?? 1
    const b = y[axis - rank + y.length] ?? 1
    if (a !== b && a !== 1 && b !== 1) {
      throw new Error(`shapes [${x}] and [${y}] do not go together`)
    }
    return a === 1 ? b : a
  })
}

/** The axes of `stretched` that broadcasting added to `shape` or stretched from length 1. */
export function stretchedAxes(stretched: Shape, shape: Shape): readonly number[] {
  const added = stretched.length - shape.length
  return [...stretched.keys()].filter(
    (axis) => axis < added || (shape[axis - added] === 1 && stretched[axis] !== 1),
  )
}

/** The shape of a matrix product, or of a stack of them: axes before the last two are stretched. */
export function contract(x: Shape, y: Shape): Shape {
  const [rows, inner] = x.slice(-2)
  const [innerY, columns] = y.slice(-2)
  if (rows === undefined || columns === undefined) {
    throw new Error(`a matrix product takes matrices, not [${x}] and [${y}]`)
  }
  if (inner === undefined || inner !== innerY) {
    throw new Error(`matrices [${x}] and [${y}] do not go together`)
  }
  return [...broadcast(x.slice(0, -2), y.slice(0, -2)), rows, columns]
}
