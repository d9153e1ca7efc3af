import type { Experiment } from './experiment.ts'
import { interpret } from './interpreter.ts'

const STEP = 1e-5

/** The largest difference between the gradients of a cost and central differences of it, in float64. */
export function gapOf({ cost, variables, gradients, feeds }: Experiment): number {
  const costAt = () => interpret([cost], feeds)[0]?.[0] ?? NaN
  const claimed = interpret(gradients, feeds)
  const gaps = variables.flatMap(({ name }, position) => {
    const x = feeds.get(name) ?? new Float64Array()
    return Array.from(placesOf(x.length), (index) => {
      const original = x[index] ?? NaN
      x[index] = original + STEP
      const above = costAt()
      x[index] = original - STEP
      const below = costAt()
      x[index] = original
      return Math.abs((above - below) / (2 * STEP) - (claimed[position]?.[index] ?? NaN))
    })
  })
  return Math.max(0, ...gaps)
}

const MOST_PLACES = 32

/** All places of a small tensor; of a large one some, spread over it. */
function placesOf(length: number): readonly number[] {
  const every = Math.ceil(length / MOST_PLACES)
  return Array.from({ length: Math.ceil(length / every) || 0 }, (_, i) => i * every)
}
