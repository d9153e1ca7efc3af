import { PandaError } from '../errors.ts'
import type { LossName } from '../protocol/config.ts'
import type { RawDataset } from './dataset.ts'

type Answers = Pick<RawDataset, 'classes' | 'labels' | 'targets'>

/** Does a loss aim at numbers, rather than at classes? */
export const aimsAtNumbers = (loss: LossName): boolean =>
  loss === 'mean_squared_error' || loss === 'mean_absolute_error' || loss === 'huber'

/** What a loss asks for, from class ids 0 … classes − 1. */
export function answersFor(loss: LossName, labels: Int32Array, classes: number): Answers {
  switch (loss) {
    case 'mean_squared_error':
    case 'mean_absolute_error':
    case 'huber':
      return { classes: null, labels: null, targets: Float32Array.from(labels) }
    case 'binary_cross_entropy':
      if (classes > 2) {
        throw new PandaError(
          'data/bad-value',
          `binary cross-entropy takes two classes, but the labels have ${classes}`,
          'Use sparse_categorical_cross_entropy for more than two classes.',
        )
      }
      return { classes: 2, labels, targets: Float32Array.from(labels) }
    case 'sparse_categorical_cross_entropy':
    case 'categorical_cross_entropy':
      return { classes, labels, targets: null }
  }
}
