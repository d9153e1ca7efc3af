import type { LossName } from '../protocol/config.ts'
import { gather, logSoftmax, mean, mul, neg, scale, softplus, sub, sum } from '../tape/functions.ts'
import type { Value } from '../tape/value.ts'

/** What a loss compares the outputs with: class ids, rows of class shares, zeros and ones, or numbers. */
export type TargetKind = 'class-ids' | 'class-shares' | 'binary' | 'numbers'

interface Loss {
  readonly target: TargetKind
  /** The activation that is part of the loss, where it takes logits. */
  readonly includes: 'softmax' | 'sigmoid' | null
  /** The mean over the batch. `z` is what the last layer answers. */
  readonly cost: (z: Value, target: Value) => Value
}

/** Every loss, in its numerically stable form. */
export const LOSS_TABLE: { readonly [K in LossName]: Loss } = {
  // −log softmax(z)ₖ
  sparse_categorical_cross_entropy: {
    target: 'class-ids',
    includes: 'softmax',
    cost: (z, labels) => neg(mean(gather(logSoftmax(z), labels))),
  },
  // −Σ t · log softmax(z)
  categorical_cross_entropy: {
    target: 'class-shares',
    includes: 'softmax',
    cost: (z, t) => neg(mean(sum(mul(t, logSoftmax(z)), [1]))),
  },
  // −t log σ(z) − (1 − t) log(1 − σ(z)) = log(1 + eᶻ) − t z
  binary_cross_entropy: {
    target: 'binary',
    includes: 'sigmoid',
    cost: (z, t) => mean(sub(softplus(z), mul(t, z))),
  },
  // (z − t)², the mean over examples and outputs
  mean_squared_error: {
    target: 'numbers',
    includes: null,
    cost: (z, t) => {
      const error = sub(z, t)
      return mean(mul(error, error))
    },
  },
}

/** λ/2 · Σ ‖W‖². λ is a value, so that moving it changes no graph. */
export const penalty = (l2: Value, weightSquares: Value): Value =>
  mul(scale(l2, 0.5), weightSquares)
