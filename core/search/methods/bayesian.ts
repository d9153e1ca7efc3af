import { uniform } from '../../random/index.ts'
import type { Belief } from '../gaussian-process.ts'
import { pathsOf } from '../space.ts'
import type { UnitPoint } from '../space.ts'
import { firstPoints, surrogateOf } from '../surrogate.ts'
import { bestFirst } from './method.ts'
import type { Propose } from './method.ts'
import { randomPoint } from './random.ts'
import { sobolPoint } from './sobol.ts'

const CANDIDATES = 1_000
const NEIGHBOURS = 200
const STREAM = 400

/** From here on the series of the normal distribution converges slower than its continued fraction. */
const TAIL = 3

/**
 * ∫ (t − x)·e^(−t²/2)/√2π from x ≥ 0 on, to the last digits however small: where little is to be hoped for
 * anywhere, the more promising of two places must still be told. Near 0 by the series of the normal distribution
 * (Marsaglia 2004), beyond by Laplace's continued fraction of its tail.
 */
function tailMoment(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (density === 0) return 0
  if (x < TAIL) {
    let [sum, term] = [x, x]
    for (let odd = 3; term > sum * Number.EPSILON; odd += 2) {
      term *= (x * x) / odd
      sum += term
    }
    return density - x * (0.5 - density * sum)
  }
  // The tail is density·1/(x + rest), rest = 1/(x + 2/(x + 3/(x + …))).
  let rest = 0
  for (let k = 60; k >= 1; k--) rest = k / (x + rest)
  return (density * rest) / (x + rest)
}

/** How much below `best` the function is expected to lie (Mockus 1978; Jones et al. 1998, eq. 15). */
export function expectedImprovement({ mean, deviation }: Belief, best: number): number {
  const sure = Math.max(0, best - mean)
  if (deviation <= 0) return sure
  return sure + deviation * tailMoment(Math.abs(best - mean) / deviation)
}

/** A Gaussian process over what was measured; the next point is where most improvement is expected. */
export const proposeBayesian: Propose = (asked) => {
  const { space, seed, history } = asked
  const dimensions = pathsOf(space).length
  const index = history.length
  if (index < firstPoints(dimensions)) return sobolPoint(dimensions, seed, index)
  const surrogate = surrogateOf(asked)
  const ranked = bestFirst(history)
  const best = ranked[0]
  if (surrogate === null || best === undefined) return randomPoint(dimensions, seed, index)
  const promise = (unit: UnitPoint) =>
    expectedImprovement(surrogate.believe(unit), surrogate.target)

  let counter = index * (CANDIDATES + NEIGHBOURS) * dimensions
  const draw = () => uniform(seed, STREAM, counter++)
  let chosen = { unit: best.unit, promise: Number.NEGATIVE_INFINITY }
  const consider = (unit: UnitPoint) => {
    const found = promise(unit)
    if (found > chosen.promise) chosen = { unit, promise: found }
  }
  for (let i = 0; i < CANDIDATES; i++) {
    consider(Array.from({ length: dimensions }, () => draw()))
  }
  const near = (unit: UnitPoint, width: number) =>
    unit.map((u) => Math.min(1, Math.max(0, u + (draw() * 2 - 1) * width)))
  // Around the best points, and then ever closer around what promises most.
  for (let i = 0; i < NEIGHBOURS; i++) {
    const from = i < NEIGHBOURS / 2 ? (ranked[i % Math.min(5, ranked.length)] ?? best) : chosen
    consider(near(from.unit, 0.2 * (1 - i / NEIGHBOURS) + 0.01))
  }
  return chosen.unit
}
