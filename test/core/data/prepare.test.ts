import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INDEPENDENT } from '../../../core/data/dataset.ts'
import { SPLIT_STREAM, gatherBatch, prepareDataset } from '../../../core/data/index.ts'
import type { RawDataset } from '../../../core/data/index.ts'

/** One feature per example that names it, so that rows can be told apart. */
const numbered = (count: number): RawDataset => ({
  count,
  features: 1,
  featureShape: [1],
  classes: count,
  classNames: null,
  ...INDEPENDENT,
  x: Float32Array.from({ length: count }, (_, at) => at),
  labels: Int32Array.from({ length: count }, (_, at) => at),
  targets: Float32Array.from({ length: count }, (_, at) => -at),
})

const table = (columns: readonly (readonly number[])[]): RawDataset => {
  const count = columns[0]!.length
  return {
    ...numbered(count),
    features: columns.length,
    featureShape: [columns.length],
    x: Float32Array.from({ length: count * columns.length }, (_, at) =>
      Number(columns[at % columns.length]![Math.floor(at / columns.length)]),
    ),
  }
}

const reversed = (n: number) => Uint32Array.from({ length: n }, (_, at) => n - 1 - at)
const inOrder = (n: number) => Uint32Array.from({ length: n }, (_, at) => at)
const columnOf = (x: Float32Array, features: number, column: number) =>
  [...x].filter((_, at) => at % features === column)
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

describe('preparing data', () => {
  test('every example lands in exactly one part, with its own answers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, dev) => {
          const { train, dev: held } = prepareDataset(numbered(n), {
            dev,
            normalise: 'none',
            seed: 1,
            permute: reversed,
          })

          expect(train.count).toBeGreaterThan(0)
          expect(held.count).toBeGreaterThan(0)
          expect([...train.x, ...held.x].sort((a, b) => a - b)).toEqual([...inOrder(n)])
          for (const part of [train, held]) {
            expect(part.x).toEqual(Float32Array.from(part.labels!))
            expect([...part.targets!].map((target) => 0 - target)).toEqual([...part.labels!])
          }
        },
      ),
    )
  })

  test('the split follows the seed, on a stream that no epoch uses', () => {
    const asked: unknown[] = []
    const { dev } = prepareDataset(numbered(10), {
      dev: 0.2,
      normalise: 'none',
      seed: 42,
      permute: (n, seed, stream) => {
        asked.push([n, seed, stream])
        return reversed(n)
      },
    })

    expect(asked).toEqual([[10, 42, SPLIT_STREAM]])
    expect([...dev.x]).toEqual([9, 8])
  })

  test('features get mean 0 and variance 1 from the training part alone', () => {
    // With this order the first two rows are the dev set; their 1e6 must not be seen.
    const raw = table([
      [1e6, 1e6, 1, 2, 3, 6],
      [0, 0, -5, 5, 5, -5],
    ])
    const { train, dev, normalisation } = prepareDataset(raw, {
      dev: 2 / 6,
      normalise: 'feature',
      seed: 1,
      permute: inOrder,
    })

    for (const column of [0, 1]) {
      const values = columnOf(train.x, 2, column)
      expect(meanOf(values)).toBeCloseTo(0, 6)
      expect(meanOf(values.map((value) => value * value))).toBeCloseTo(1, 6)
    }
    expect([...normalisation.mean]).toEqual([3, 0])
    expect(dev.x[0]).toBeCloseTo((1e6 - 3) / Math.sqrt(3.5), 0)
  })

  test('normalising over all uses one mean and one deviation', () => {
    const { train, normalisation } = prepareDataset(
      table([
        [9, 0, 2],
        [9, 4, 6],
      ]),
      {
        dev: 1 / 3,
        normalise: 'global',
        seed: 1,
        permute: inOrder,
      },
    )

    expect([...normalisation.mean]).toEqual([3])
    expect(normalisation.deviation[0]).toBeCloseTo(Math.sqrt(5), 12)
    expect(train.x[0]).toBeCloseTo(-3 / Math.sqrt(5), 6)
  })

  test('a constant column becomes 0, even where its mean is rounded', () => {
    const constant = Array.from({ length: 1000 }, () => 0.1)
    const { train, normalisation } = prepareDataset(table([constant]), {
      dev: 0.2,
      normalise: 'feature',
      seed: 1,
      permute: inOrder,
    })

    expect([...normalisation.deviation]).toEqual([1])
    expect(new Set(train.x)).toEqual(new Set([0]))
  })

  test('bytes count as 0 to 1', () => {
    const raw = { ...numbered(3), x: Uint8Array.of(0, 255, 51) }
    const { train, dev } = prepareDataset(raw, {
      dev: 0.3,
      normalise: 'none',
      seed: 1,
      permute: inOrder,
    })

    expect([...dev.x, ...train.x]).toEqual([0, 1, Math.fround(0.2)])
  })

  test('the dev set of sequential examples is their last part, and nothing of them is scaled', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (count, places, dev) => {
          const ids = Int32Array.from({ length: count * places + 1 }, (_, at) => at)
          const text: RawDataset = {
            ...numbered(count),
            features: places,
            featureShape: [places],
            vocabulary: ids.length,
            targetsPerExample: places,
            order: 'sequential',
            x: Float32Array.from(ids.subarray(0, -1)),
            labels: ids.slice(1),
            targets: null,
          }

          const prepared = prepareDataset(text, {
            dev,
            normalise: 'feature',
            seed: 1,
            permute: reversed,
          })

          const { train, dev: held, normalisation } = prepared
          expect(normalisation.by).toBe('none')
          expect([...train.x, ...held.x]).toEqual([...ids.subarray(0, -1)])
          expect([...train.labels!, ...held.labels!]).toEqual([...ids.subarray(1)])
          expect(held.x).toHaveLength(held.count * places)
          expect(held.labels).toHaveLength(held.count * places)
          expect(Math.abs(held.count - count * dev)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  test('a single example is refused', () => {
    expect(() =>
      prepareDataset(numbered(1), { dev: 0.5, normalise: 'none', seed: 1, permute: inOrder }),
    ).toThrow(expect.objectContaining({ code: 'data/unreadable' }))
  })
})

describe('gathering a batch', () => {
  const { train } = prepareDataset(
    table([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]),
    {
      dev: 0.2,
      normalise: 'none',
      seed: 1,
      permute: reversed,
    },
  ) // rows 3, 2, 1, 0

  test('it takes the examples that the order names', () => {
    const batch = gatherBatch(train, Uint32Array.of(0, 3, 1), 1, 2)

    expect(batch).toEqual({
      count: 2,
      x: Float32Array.of(0, 5, 2, 7),
      labels: Int32Array.of(0, 2),
      targets: Float32Array.of(-0, -2),
    })
  })

  test('it fills a batch of the right size again, and no other', () => {
    const order = Uint32Array.of(0, 1, 2, 3)
    const first = gatherBatch(train, order, 0, 2)
    const again = gatherBatch(train, order, 2, 2, first)

    expect(again).toBe(first)
    expect([...first.labels!]).toEqual([1, 0])
    expect(gatherBatch(train, order, 0, 3, first)).not.toBe(first)
  })

  test('labels of a sequence come along, all of an example', () => {
    const split = {
      count: 3,
      x: Float32Array.of(0, 1, 2, 3, 4, 5),
      labels: Int32Array.of(1, 2, 3, 4, 5, 6),
      targets: null,
    }

    const batch = gatherBatch(split, Uint32Array.of(2, 0), 0, 2)

    expect(batch.x).toEqual(Float32Array.of(4, 5, 0, 1))
    expect(batch.labels).toEqual(Int32Array.of(5, 6, 1, 2))
  })

  test('it refuses to go past the end', () => {
    expect(() => gatherBatch(train, Uint32Array.of(0, 1), 1, 2)).toThrow(/no examples/)
    expect(() => gatherBatch(train, Uint32Array.of(4), 0, 1)).toThrow(/no example 4/)
  })
})
