import { uniform } from '../../core/random/index.ts'
import { bestFirst } from '../../core/search/methods/method.ts'
import type { Propose } from '../../core/search/methods/method.ts'
import { randomPoint } from '../../core/search/methods/random.ts'
import { pathsOf } from '../../core/search/space.ts'

/** As Optuna's sampler has them by default: random points first, candidates, the share of good points. */
const FIRST = 10
const CANDIDATES = 24
const GOOD = (count: number) => Math.min(Math.ceil(0.1 * count), 25)
const STREAM = 500

/** A kernel per point, as wide as the distance to its neighbours (Bergstra et al. 2011), and a wide prior. */
interface Kernel {
  readonly mean: number
  readonly width: number
}

function kernelsOf(values: readonly number[]): readonly Kernel[] {
  const sorted = [...values, 0.5].toSorted((a, b) => a - b)
  const least = 1 / Math.min(100, 1 + sorted.length)
  return sorted.map((mean, i) => {
    if (mean === 0.5 && values.length < sorted.length && i === sorted.indexOf(0.5)) {
      return { mean, width: 1 }
    }
    const gaps = [mean - (sorted[i - 1] ?? 0), (sorted[i + 1] ?? 1) - mean]
    return { mean, width: Math.min(1, Math.max(least, ...gaps)) }
  })
}

/** The density of the kernels' mixture, each cut off at the ends of [0, 1]. */
function logDensity(kernels: readonly Kernel[], x: number): number {
  const density = kernels.reduce((sum, { mean, width }) => {
    const z = (x - mean) / width
    const inside = share((1 - mean) / width) - share(-mean / width)
    return sum + Math.exp((-z * z) / 2) / (width * inside)
  }, 0)
  return Math.log(density / kernels.length)
}

/** Φ, to three digits: ample for choosing among candidates. */
const share = (z: number): number => 1 / (1 + Math.exp(-1.702 * z))

/** A small tree-structured Parzen estimator, each dimension for itself: a rival, measured the same way. */
export const proposeTpe: Propose = ({ space, seed, history }) => {
  const dimensions = pathsOf(space).length
  const index = history.length
  if (index < FIRST) return randomPoint(dimensions, seed, index)
  const ranked = bestFirst(history)
  const good = ranked.slice(0, GOOD(ranked.length))
  const bad = ranked.slice(GOOD(ranked.length))
  let counter = index * CANDIDATES * dimensions * 40
  const draw = () => uniform(seed, STREAM, counter++)
  const drawFrom = (kernels: readonly Kernel[]): number => {
    const { mean, width } = kernels[Math.floor(draw() * kernels.length)] ?? { mean: 0.5, width: 1 }
    for (let tries = 0; tries < 10; tries++) {
      const x = mean + width * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
      if (x >= 0 && x <= 1) return x
    }
    return draw()
  }
  return Array.from({ length: dimensions }, (_, d) => {
    const at = (points: typeof ranked) => kernelsOf(points.map(({ unit }) => unit[d] ?? 0.5))
    const [low, high] = [at(good), at(bad)]
    let best = { x: 0.5, promise: Number.NEGATIVE_INFINITY }
    for (let i = 0; i < CANDIDATES; i++) {
      const x = drawFrom(low)
      const promise = logDensity(low, x) - logDensity(high, x)
      if (promise > best.promise) best = { x, promise }
    }
    return best.x
  })
}
