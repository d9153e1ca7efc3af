import { expect, test } from 'vitest'
import { normal } from '../../../core/random/index.ts'
import { fitGaussianProcess } from '../../../core/search/gaussian-process.ts'

const KNOWN = [0, 0.15, 0.3, 0.5, 0.8]
const DRAWS = 400
const fitted = () =>
  fitGaussianProcess(
    KNOWN.map((x) => [x]),
    KNOWN.map((x) => 3 + Math.sin(6 * x)),
    1,
  )
/** Many draws of the values at these places. */
const drawn = (places: readonly number[]) => {
  const process = fitted()
  return Array.from({ length: DRAWS }, (_, draw) =>
    process.drawn(
      places.map((x) => [x]),
      places.map((_, i) => normal(1, draw, i)),
    ),
  )
}
const meanOf = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length
const spreadOf = (all: readonly number[]) => {
  const mean = meanOf(all)
  return Math.sqrt(meanOf(all.map((one) => (one - mean) ** 2)))
}

test('draws lie around what is believed, as far from it as is not known', () => {
  const places = [0.15, 0.65, 1]
  const draws = drawn(places)

  for (const [i, x] of places.entries()) {
    const { mean, deviation } = fitted().believe([x])
    const values = draws.map((draw) => draw[i] ?? NaN)
    // Five standard errors of so many draws, and what keeps the matrix regular.
    expect(Math.abs(meanOf(values) - mean)).toBeLessThan((5 * deviation) / Math.sqrt(DRAWS) + 0.01)
    expect(Math.abs(spreadOf(values) - deviation)).toBeLessThan(0.2 * deviation + 0.01)
  }
  expect(spreadOf(draws.map((draw) => draw[2] ?? NaN))).toBeGreaterThan(0.02)
})

test('places that are near each other are drawn together', () => {
  const draws = drawn([1, 0.99, 1])

  const apart = draws.map(([a = NaN, b = NaN]) => a - b)
  const same = draws.map(([a = NaN, , c = NaN]) => a - c)
  const alone = draws.map(([a = NaN]) => a)
  expect(spreadOf(apart)).toBeLessThan(spreadOf(alone) / 2)
  expect(spreadOf(same)).toBeLessThan(0.05)
})
