import { normal } from '../../core/random/index.ts'
import type { SearchSpace } from '../../core/protocol/space.ts'

/** A function with a known minimum, on a box. */
export interface TestFunction {
  readonly name: string
  readonly ranges: readonly (readonly [low: number, high: number])[]
  readonly minimum: number
  /** Standard deviation of what is added to each measurement. */
  readonly noise: number
  readonly at: (x: readonly number[]) => number
}

const repeated = (count: number, low: number, high: number) =>
  Array.from({ length: count }, () => [low, high] as const)

/** (x₂ − b x₁² + c x₁ − r)² + s (1 − t) cos x₁ + s: three minima of 0.397887. */
function branin([x = 0, y = 0]: readonly number[]): number {
  const b = 5.1 / (4 * Math.PI ** 2)
  const u = y - b * x * x + (5 / Math.PI) * x - 6
  return u * u + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10
}

const HARTMANN_ALPHA = [1, 1.2, 3, 3.2]
const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const HARTMANN_P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]

/** −Σ αᵢ exp(−Σ Aᵢⱼ (xⱼ − Pᵢⱼ)²). */
function hartmann(x: readonly number[]): number {
  return -HARTMANN_ALPHA.reduce((sum, alpha, i) => {
    const inner = x.reduce(
      (s, xj, j) => s + (HARTMANN_A[i]?.[j] ?? 0) * (xj - (HARTMANN_P[i]?.[j] ?? 0)) ** 2,
      0,
    )
    return sum + alpha * Math.exp(-inner)
  }, 0)
}

/** ln(1 + Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²): the logarithm, as its values span six decades. */
const rosenbrock = (x: readonly number[]): number =>
  Math.log1p(
    x
      .slice(1)
      .reduce(
        (sum, next, i) => sum + 100 * (next - (x[i] ?? 0) ** 2) ** 2 + (1 - (x[i] ?? 0)) ** 2,
        0,
      ),
  )

/** Only the first of three dimensions matters, and its good values are a narrow valley. */
const oneMatters = ([x = 0]: readonly number[]): number => 1 - Math.exp(-(((x - 0.62) / 0.05) ** 2))

const BRANIN = {
  ranges: [[-5, 10] as const, [0, 15] as const],
  minimum: 0.397887,
  at: branin,
}
const HARTMANN = { ranges: repeated(6, 0, 1), minimum: -3.32237, at: hartmann }

export const TEST_FUNCTIONS: readonly TestFunction[] = [
  { name: 'Branin', noise: 0, ...BRANIN },
  { name: 'Hartmann-6', noise: 0, ...HARTMANN },
  {
    name: 'Rosenbrock-4 (log)',
    noise: 0,
    ranges: repeated(4, -1.5, 2.5),
    minimum: 0,
    at: rosenbrock,
  },
  { name: 'one of three matters', noise: 0, ranges: repeated(3, 0, 1), minimum: 0, at: oneMatters },
  { name: 'noisy Branin (σ = 2)', noise: 2, ...BRANIN },
  { name: 'noisy Hartmann-6 (σ = 0.1)', noise: 0.1, ...HARTMANN },
]

/** Its box as a space, one dimension after the other in code-point order. */
export const spaceOf = ({ ranges }: TestFunction): SearchSpace =>
  Object.fromEntries(
    ranges.map(([low, high], i) => [`x${i}`, { type: 'real', low, high, scale: 'linear' }]),
  )

const NOISE_STREAM = 77

/** What is measured at a point: the function, and noise that depends on seed and count alone. */
export const measured = (f: TestFunction, x: readonly number[], seed: number, count: number) =>
  f.at(x) + (f.noise === 0 ? 0 : f.noise * normal(seed, NOISE_STREAM, count))
