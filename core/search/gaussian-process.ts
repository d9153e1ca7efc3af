import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { uniform } from '../random/index.ts'

/** What the process takes for true of the function: how far it is alike in each direction, and how noisy it is. */
export interface Smoothness {
  /** One per input. */
  readonly lengths: readonly number[]
  /** Variance of the noise, as a share of that of the values. */
  readonly noise: number
}

/** What is believed of the function at one place. */
export interface Belief {
  readonly mean: number
  readonly deviation: number
}

export interface GaussianProcess {
  readonly smoothness: Smoothness
  believe(x: readonly number[]): Belief
  /** Values that the function may well have at these places, all together: from a standard normal number for each. */
  drawn(xs: readonly (readonly number[])[], normals: readonly number[]): readonly number[]
}

const SQRT5 = Math.sqrt(5)

/** Matérn 5/2 over the scaled distance (Rasmussen and Williams 2006, eq. 4.17). */
function likeness(a: readonly number[], b: readonly number[], lengths: readonly number[]): number {
  let squares = 0
  for (let d = 0; d < a.length; d++) {
    const difference = ((a[d] ?? 0) - (b[d] ?? 0)) / (lengths[d] ?? 1)
    squares += difference * difference
  }
  const r = SQRT5 * Math.sqrt(squares)
  return (1 + r + (r * r) / 3) * Math.exp(-r)
}

/** Keeps the matrix positive definite where points nearly coincide. */
const JITTER = 1e-8
/** The same for what is left of it once values are known, which is less exact; an error of 0.3 % of the spread. */
const DRAWN_JITTER = 1e-5

interface Fitted {
  readonly decomposition: CholeskyDecomposition
  /** K⁻¹y. */
  readonly weights: Matrix
  /** log p(y | X), with the scale of y integrated at its best value. */
  readonly logLikelihood: number
  readonly variance: number
}

function fitWith(
  xs: readonly (readonly number[])[],
  y: Matrix,
  { lengths, noise }: Smoothness,
): Fitted | null {
  const n = xs.length
  const K = Matrix.zeros(n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const k = likeness(xs[i] ?? [], xs[j] ?? [], lengths)
      K.set(i, j, k)
      K.set(j, i, k)
    }
    K.set(i, i, 1 + noise + JITTER)
  }
  const decomposition = new CholeskyDecomposition(K)
  if (!decomposition.isPositiveDefinite()) return null
  const weights = decomposition.solve(y)
  const variance = Math.max(1e-12, y.transpose().mmul(weights).get(0, 0) / n)
  let logDeterminant = 0
  for (let i = 0; i < n; i++) {
    logDeterminant += 2 * Math.log(decomposition.lowerTriangularMatrix.get(i, i))
  }
  const logLikelihood = -0.5 * (n * Math.log(variance) + logDeterminant)
  return { decomposition, weights, variance, logLikelihood }
}

/** Lengths that a unit cube can tell from flat and from noise, and noise from none to much. */
const LENGTHS: readonly [number, number] = [0.05, 5]
const NOISES: readonly [number, number] = [1e-6, 0.3]
const STARTS = 40
const REFINEMENTS = 60
const STREAM = 300

/** A fit takes time as the cube of its points: 300 of them take a second. */
const MOST_POINTS = 300

/** Of more than a process can be fitted to, the half of that which is best and the newest of the others, in order. */
export function worthFitting<T extends { readonly value: number }>(
  all: readonly T[],
): readonly T[] {
  if (all.length <= MOST_POINTS) return all
  const ranked = all.toSorted((a, b) => a.value - b.value)
  const best = new Set(ranked.slice(0, MOST_POINTS / 2))
  const newest = all.filter((one) => !best.has(one)).slice(-MOST_POINTS / 2)
  const chosen = new Set([...best, ...newest])
  return all.filter((one) => chosen.has(one))
}

const between = ([low, high]: readonly [number, number], u: number) => low * (high / low) ** u

/** A wide prior in log space keeps lengths of dimensions that nothing is known of near 0.5. */
function logPrior({ lengths, noise }: Smoothness): number {
  const lengthPart = lengths.reduce((sum, length) => sum + Math.log(length / 0.5) ** 2, 0)
  return -lengthPart / (2 * 1.5 ** 2) - Math.log(noise / 1e-3) ** 2 / (2 * 4 ** 2)
}

/**
 * A Gaussian process through points of the unit cube, its smoothness chosen by the likelihood of the values
 * (random starts, then shrinking random steps around the best; reproducible from the seed). Needs two points.
 */
export function fitGaussianProcess(
  xs: readonly (readonly number[])[],
  values: readonly number[],
  seed: number,
): GaussianProcess {
  const [first] = xs
  if (first === undefined || xs.length !== values.length || xs.length < 2) {
    throw new Error('a Gaussian process needs two points at least, and a value for each')
  }
  const center = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread =
    Math.sqrt(values.reduce((sum, v) => sum + (v - center) ** 2, 0) / values.length) || 1
  const y = Matrix.columnVector(values.map((value) => (value - center) / spread))

  let counter = 0
  const draw = () => uniform(seed, STREAM, counter++)
  let best: { smoothness: Smoothness; fitted: Fitted; score: number } | null = null
  const consider = (smoothness: Smoothness) => {
    const fitted = fitWith(xs, y, smoothness)
    if (fitted === null) return
    const score = fitted.logLikelihood + logPrior(smoothness)
    if (best === null || score > best.score) best = { smoothness, fitted, score }
  }
  consider({ lengths: first.map(() => 0.5), noise: 1e-3 })
  for (let i = 0; i < STARTS; i++) {
    consider({ lengths: first.map(() => between(LENGTHS, draw())), noise: between(NOISES, draw()) })
  }
  for (let i = 0; i < REFINEMENTS && best !== null; i++) {
    const { smoothness }: { smoothness: Smoothness } = best
    const step = 1.5 * (1 - i / REFINEMENTS) + 0.05
    const moved = (value: number, [low, high]: readonly [number, number]) =>
      Math.min(high, Math.max(low, value * Math.exp((draw() * 2 - 1) * step)))
    consider({
      lengths: smoothness.lengths.map((length) => moved(length, LENGTHS)),
      noise: moved(smoothness.noise, NOISES),
    })
  }
  if (best === null) throw new Error('no smoothness fits these points')
  const { smoothness, fitted }: { smoothness: Smoothness; fitted: Fitted } = best

  return {
    smoothness,
    believe(x) {
      const k = Matrix.columnVector(xs.map((known) => likeness(x, known, smoothness.lengths)))
      const mean = k.transpose().mmul(fitted.weights).get(0, 0)
      const explained = k.transpose().mmul(fitted.decomposition.solve(k)).get(0, 0)
      const variance = Math.max(0, fitted.variance * (1 - explained))
      return { mean: center + spread * mean, deviation: spread * Math.sqrt(variance) }
    },
    drawn: (places, normals) =>
      drawnFrom(xs, { smoothness, fitted }, places, normals).map(
        (value) => center + spread * value,
      ),
  }
}

/** One draw from what is believed at these places (Rasmussen and Williams 2006, eq. 2.19). */
function drawnFrom(
  xs: readonly (readonly number[])[],
  { smoothness, fitted }: { readonly smoothness: Smoothness; readonly fitted: Fitted },
  places: readonly (readonly number[])[],
  normals: readonly number[],
): readonly number[] {
  const alike = (a: readonly number[], b: readonly number[]) => likeness(a, b, smoothness.lengths)
  const known = new Matrix(xs.map((x) => places.map((place) => alike(x, place))))
  const explained = known.transpose().mmul(fitted.decomposition.solve(known))
  const n = places.length
  const covariance = Matrix.zeros(n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const left = alike(places[i] ?? [], places[j] ?? []) - explained.get(i, j)
      covariance.set(i, j, left)
      covariance.set(j, i, left)
    }
    covariance.set(i, i, covariance.get(i, i) + DRAWN_JITTER)
  }
  const root = new CholeskyDecomposition(covariance).lowerTriangularMatrix
  const deviations = root.mmul(Matrix.columnVector([...normals]))
  const means = known.transpose().mmul(fitted.weights)
  const scale = Math.sqrt(fitted.variance)
  return places.map((_, i) => means.get(i, 0) + scale * deviations.get(i, 0))
}
