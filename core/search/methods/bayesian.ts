import { uniform } from '../../random/index.ts'
import type { SearchSpace } from '../../protocol/space.ts'
import { fitGaussianProcess } from '../gaussian-process.ts'
import type { Belief, GaussianProcess } from '../gaussian-process.ts'
import { pathsOf, pointAt, unitOf } from '../space.ts'
import type { UnitPoint } from '../space.ts'
import { bestFirst } from './method.ts'
import type { Asked, Propose } from './method.ts'
import { randomPoint } from './random.ts'
import { sobolPoint } from './sobol.ts'

/** Even points before the first belief: a few per dimension. */
export const firstPoints = (dimensions: number): number => Math.min(20, 2 * dimensions + 3)

const CANDIDATES = 1_000
const NEIGHBOURS = 200
const STREAM = 400

/**
 * A point as the process sees it: whole numbers and choices where they really lie, each choice in a
 * direction of its own, as none is between two others.
 */
export function encode(space: SearchSpace, unit: UnitPoint): readonly number[] {
  const placed = unitOf(space, pointAt(space, unit))
  return pathsOf(space).flatMap((path, d) => {
    const dimension = space[path]
    const place = placed[d] ?? 0.5
    if (dimension?.type !== 'choice') return [place]
    const chosen = Math.floor(place * dimension.values.length)
    return dimension.values.map((_, i) => (i === chosen ? Math.SQRT1_2 : 0))
  })
}

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

/**
 * The belief after these trials. A running one is taken to reach the best value so far (a constant liar,
 * Ginsbourger et al. 2010), so that the next one goes elsewhere; a failed one the worst.
 */
export function surrogateOf({ space, seed, history }: Asked): GaussianProcess | null {
  const ranked = bestFirst(history)
  const [best, worst] = [ranked[0]?.value, ranked.at(-1)?.value]
  if (best === undefined || worst === undefined || history.length < 2) return null
  const xs = history.map(({ unit }) => encode(space, unit))
  const values = history.map(({ outcome }) => {
    if (outcome.kind === 'running') return best
    return outcome.kind === 'measured' && Number.isFinite(outcome.value) ? outcome.value : worst
  })
  return fitGaussianProcess(xs, values, seed)
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
    expectedImprovement(surrogate.believe(encode(space, unit)), best.value)

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
