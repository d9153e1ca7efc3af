import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { predictedClasses, probabilities, scoreClasses } from '../../../core/nn/scores.ts'

describe('scores of a classifier', () => {
  test('count what was taken for what', () => {
    const predicted = Int32Array.of(0, 1, 1, 1, 0, 1)
    const actual = Int32Array.of(0, 1, 0, 1, 1, 1)

    expect(scoreClasses(predicted, actual, 3)).toEqual({
      confusion: [
        [1, 1, 0],
        [1, 3, 0],
        [0, 0, 0],
      ],
      perClass: [
        { precision: 1 / 2, recall: 1 / 2, count: 2 },
        { precision: 3 / 4, recall: 3 / 4, count: 4 },
        { precision: null, recall: null, count: 0 },
      ],
      accuracy: 4 / 6,
    })
  })

  const CLASSES = 5
  const labels = fc.array(fc.tuple(fc.nat(CLASSES - 1), fc.nat(CLASSES - 1)), { minLength: 1 })
  const scoresOf = (pairs: readonly (readonly [number, number])[]) =>
    scoreClasses(
      Int32Array.from(pairs, ([predicted]) => predicted),
      Int32Array.from(pairs, ([, actual]) => actual),
      CLASSES,
    )

  test('every example is counted once, in the row of its class', () => {
    fc.assert(
      fc.property(labels, (pairs) => {
        const { confusion, perClass, accuracy } = scoresOf(pairs)

        expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(pairs.length)
        perClass.forEach(({ count }, k) => {
          expect(count).toBe(pairs.filter(([, actual]) => actual === k).length)
        })
        expect(accuracy).toBeCloseTo(pairs.filter(([a, b]) => a === b).length / pairs.length, 12)
      }),
    )
  })

  test('precision becomes recall where guesses and truth change places', () => {
    fc.assert(
      fc.property(labels, (pairs) => {
        const { perClass } = scoresOf(pairs)
        const swapped = scoresOf(pairs.map(([predicted, actual]) => [actual, predicted]))

        expect(swapped.perClass.map(({ recall }) => recall)).toEqual(
          perClass.map(({ precision }) => precision),
        )
      }),
    )
  })

  test('a class that does not exist is a fault', () => {
    expect(() => scoreClasses(Int32Array.of(3), Int32Array.of(0), 3)).toThrow('no class')
    expect(() => scoreClasses(Int32Array.of(0), Int32Array.of(-1), 3)).toThrow('no class')
  })
})

describe('what logits say', () => {
  test('softmax of (5, 2, −1, 3) is (0.842, 0.042, 0.002, 0.114)', () => {
    const shares = probabilities(Float32Array.of(5, 2, -1, 3), 4)

    expect(Array.from(shares, (share) => share.toFixed(3))).toEqual([
      '0.842',
      '0.042',
      '0.002',
      '0.114',
    ])
  })

  test('a column is a sigmoid, and a class above 0', () => {
    const logits = Float32Array.of(-1, 0, 2)

    expect(Array.from(probabilities(logits, 1), (share) => share.toFixed(4))).toEqual([
      '0.2689',
      '0.5000',
      '0.8808',
    ])
    expect([...predictedClasses(logits, 1)]).toEqual([0, 0, 1])
    expect([...predictedClasses(Float32Array.of(0.001, -0.001), 1)]).toEqual([1, 0])
  })

  const rows = fc.integer({ min: 2, max: 6 }).chain((columns) =>
    fc.tuple(
      fc.constant(columns),
      fc.array(
        fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), {
          minLength: columns,
          maxLength: columns,
        }),
        { minLength: 1, maxLength: 5 },
      ),
    ),
  )

  test('the shares of a row are positive, add up to 1 and are largest for the predicted class', () => {
    fc.assert(
      fc.property(rows, ([columns, lists]) => {
        const logits = Float32Array.from(lists.flat())
        const shares = probabilities(logits, columns)
        const classes = predictedClasses(logits, columns)

        lists.forEach((_, row) => {
          const own = [...shares.subarray(row * columns, (row + 1) * columns)]
          expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
          expect(Math.min(...own)).toBeGreaterThanOrEqual(0)
          expect(own[classes[row] ?? -1]).toBe(Math.max(...own))
        })
      }),
    )
  })
})
