import { add, concat, reshape, sum } from './functions.ts'
import { sameShape, stretchedAxes } from './shapes.ts'
import type { Result, Shape, Value } from './value.ts'

/** Sums a gradient back to the shape its value had before it was stretched. */
export function unbroadcast(g: Value, shape: Shape): Value {
  const axes = stretchedAxes(g.shape, shape)
  const summed = axes.length === 0 ? g : sum(g, axes)
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape)
}

type Placed = Result<'place'>
const isPlaced = (value: Value): value is Placed & Value =>
  value.kind === 'result' && value.op === 'place'

/**
 * All that flows back into one value, as one gradient: at least one part, all of the value's shape. Parts
 * that tile an axis, as the gradients of slices do, are put together instead of added up among zeros.
 */
export function combine(parts: readonly Value[]): Value {
  const whole = tiled(parts.filter(isPlaced))
  const summands = whole === null ? parts : [whole, ...parts.filter((part) => !isPlaced(part))]
  return summands.reduce((total, part) => add(total, part))
}

/** The parts put together, or null where they leave gaps, overlap, or lie along several axes. */
function tiled(parts: readonly Placed[]): Value | null {
  if (parts.length < 2) return null
  const inOrder = parts.toSorted((a, b) => a.attributes.from - b.attributes.from)
  const { axis, length } = inOrder[0]?.attributes ?? { axis: 0, length: 0 }
  let next = 0
  for (const { attributes, inputs } of inOrder) {
    if (attributes.axis !== axis || attributes.from !== next) return null
    next += inputs[0].shape[axis] ?? 0
  }
  return next === length
    ? concat(
        inOrder.map(({ inputs }) => inputs[0]),
        axis,
      )
    : null
}
