import { describe, expect, test } from 'vitest'
import { answersFor } from '../../../core/data/targets.ts'

const labels = Int32Array.of(0, 2, 1)

describe('answers for a loss', () => {
  test.each(['mean_squared_error', 'mean_absolute_error', 'huber'] as const)(
    '%s aims at the labels as numbers',
    (loss) => {
      expect(answersFor(loss, labels, 3)).toEqual({
        classes: null,
        labels: null,
        targets: Float32Array.of(0, 2, 1),
      })
    },
  )

  test.each(['sparse_categorical_cross_entropy', 'categorical_cross_entropy'] as const)(
    '%s keeps the labels as classes',
    (loss) => {
      expect(answersFor(loss, labels, 3)).toEqual({ classes: 3, labels, targets: null })
    },
  )

  test('binary cross-entropy takes two classes, and says what to take for more', () => {
    expect(answersFor('binary_cross_entropy', Int32Array.of(0, 1), 2)).toMatchObject({ classes: 2 })
    expect(() => answersFor('binary_cross_entropy', labels, 3)).toThrow(
      expect.objectContaining({ code: 'data/bad-value' }),
    )
  })
})
