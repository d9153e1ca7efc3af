import { uniform } from '../../random/index.ts'
import type { Belief } from '../gaussian-process.ts'
import { pathsOf } from '../space.ts'
import type { UnitPoint } from '../space.ts'
import { surrogateOf } from '../surrogate.ts'
import { bestFirst } from './method.ts'
import type { Propose } from './method.ts'
import { randomPoint } from './random.ts'
import { sobolPoint } from './sobol.ts'

/** Even points before the first belief: a few per dimension. */
export const firstPoints = (dimensions: number): number => Math.min(20, 2 * dimensions + 3)

const CANDIDATES = 1_000
const NEIGHBOURS = 200
const STREAM = 400

/** ∫ e^(−t²/2)/√2π to z, by erf of Abramowitz and Stegun 7.1.26; off by 1.5e-7 at most. */
function normalShare(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2)
  const poly =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const erf = 1 - poly * Math.exp((-z * z) / 2)
  return z >= 0 ? (1 + erf) / 2 : (1 - erf) / 2
}

/** How much below `best` the function is expected to lie (Mockus 1978; Jones et al. 1998, eq. 15). */
export function expectedImprovement({ mean, deviation }: Belief, best: number): number {
  if (deviation < 1e-12) return Math.max(0, best - mean)
  const z = (best - mean) / deviation
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  return (best - mean) * normalShare(z) + deviation * density
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
