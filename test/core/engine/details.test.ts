import { expect, test } from 'vitest'
import {
  batchesOf,
  decode,
  gradientsOf,
  readFixture,
  relativeGap,
  relativeGaps,
  withTorchEngine,
} from './torch-case.ts'
import type { TorchCase } from './torch-case.ts'

const CASES = readFixture('details.json') as Readonly<Record<string, TorchCase>>
const TOLERANCE = 1e-5

test.each(Object.entries(CASES))(
  '%s: answers, cost, gradients and running statistics are those of PyTorch',
  async (_, given) => {
    const { cost, gradients, statistics } = await gradientsOf(given)
    const answers = await withTorchEngine(given, {}, (engine) =>
      engine.predict(batchesOf(given)[0]!),
    )

    expect(relativeGap(answers, decode(given.answersBefore))).toBeLessThan(TOLERANCE)
    expect(cost / given.costs[0]!).toBeCloseTo(1, 5)
    expect([...gradients.keys()].toSorted()).toEqual(Object.keys(given.gradients).toSorted())
    expect([...statistics.keys()].toSorted()).toEqual(Object.keys(given.trained).toSorted())
    const gaps = {
      ...relativeGaps(gradients, given.gradients),
      ...relativeGaps(statistics, given.trained),
    }
    expect(Object.entries(gaps).filter(([, gap]) => !(gap < TOLERANCE))).toEqual([])
  },
)

test('the comparison notices a tenth of a percent', () => {
  const values = decode(Object.values(CASES)[0]!.answersBefore)

  const bent = values.map((value, at) => (at === 0 ? value * 1.001 : value))

  expect(relativeGap(values, values)).toBe(0)
  expect(relativeGap(bent, values)).toBeGreaterThan(TOLERANCE)
  expect(relativeGap(values.slice(1), values)).toBe(Infinity)
})
