import type { LossName } from '../protocol/config.ts'
import {
  abs,
  add,
  div,
  gather,
  logSoftmax,
  mean,
  mul,
  neg,
  positive,
  reshape,
  scale,
  softplus,
  sub,
  sum,
} from '../tape/functions.ts'
import { sizeOf } from '../tape/shapes.ts'
import type { Value } from '../tape/value.ts'

/** What a loss compares the outputs with: class ids, rows of class shares, zeros and ones, or numbers. */
export type TargetKind = 'class-ids' | 'class-shares' | 'binary' | 'numbers'

/** A loss with its settings. */
export interface LossSpec {
  readonly name: LossName
  /** How much each class counts; null: all alike. */
  readonly classWeights: readonly number[] | null
  /** Szegedy et al. 2016, section 7: the share of each label that is spread over all classes. */
  readonly labelSmoothing: number
  readonly huberDelta: number
}

interface Loss {
  readonly target: TargetKind
  /** The activation that is part of the loss, where it takes logits. */
  readonly includes: 'softmax' | 'sigmoid' | null
  /** The cost of a batch. z: [rows, C]; target: [rows, 1] or [rows, C]; weight: [rows, 1] or null. */
  readonly cost: (z: Value, target: Value, weight: Value | null, loss: LossSpec) => Value
}

/** The mean over rows, [rows, 1], or their weighted mean. */
function average(losses: Value, weight: Value | null): Value {
  if (weight === null) return mean(losses)
  return div(total(mul(losses, weight)), total(weight))
}

const total = (x: Value): Value => reshape(sum(x, [...x.shape.keys()]), [])

/** Every loss, in its numerically stable form. */
export const LOSS_TABLE: { readonly [K in LossName]: Loss } = {
  // −log softmax(z)ₖ, and with smoothing ε: −(1 − ε) log softmax(z)ₖ − ε/C Σ log softmax(z)
  sparse_categorical_cross_entropy: {
    target: 'class-ids',
    includes: 'softmax',
    cost: (z, labels, weight, { labelSmoothing, classWeights }) => {
      const logs = logSoftmax(z)
      const plain = average(neg(gather(logs, labels)), weight)
      if (labelSmoothing === 0) return plain
      return smoothed(plain, logs, weight, labelSmoothing, classWeights)
    },
  },
  // −Σ t · log softmax(z)
  categorical_cross_entropy: {
    target: 'class-shares',
    includes: 'softmax',
    cost: (z, t, weight, { labelSmoothing, classWeights }) => {
      const logs = logSoftmax(z)
      const plain = average(neg(sum(mul(t, logs), [1])), weight)
      if (labelSmoothing === 0) return plain
      return smoothed(plain, logs, weight, labelSmoothing, classWeights)
    },
  },
  // −t log σ(z) − (1 − t) log(1 − σ(z)) = log(1 + eᶻ) − t z; smoothing brings t to t (1 − ε) + ε/2
  binary_cross_entropy: {
    target: 'binary',
    includes: 'sigmoid',
    cost: (z, t, weight, { labelSmoothing: e }) => {
      const soft = e === 0 ? t : add(scale(t, 1 - e), t.tape.constant(e / 2))
      return average(sub(softplus(z), mul(soft, z)), weight)
    },
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
  // |z − t|, the mean over examples and outputs
  mean_absolute_error: {
    target: 'numbers',
    includes: null,
    cost: (z, t) => mean(abs(sub(z, t))),
  },
  // Huber 1964: e²/2 up to |e| = δ, then δ (|e| − δ/2). With c = min(|e|, δ): c (|e| − c/2);
  // not |e| − relu(|e| − δ), where a large error takes δ away altogether
  huber: {
    target: 'numbers',
    includes: null,
    cost: (z, t, _, { huberDelta }) => {
      const e = abs(sub(z, t))
      const far = positive(sub(e, e.tape.constant(huberDelta)))
      const c = add(mul(e, sub(e.tape.constant(1), far)), scale(far, huberDelta))
      return mean(mul(c, sub(e, scale(c, 0.5))))
    },
  },
}

/**
 * (1 − ε) · plain + ε/C · Σₖ wₖ (−log softmax(z)ₖ), the latter summed over rows and divided by the same
 * weights as `plain`: PyTorch's cross_entropy.
 */
function smoothed(
  plain: Value,
  logs: Value,
  weight: Value | null,
  smoothing: number,
  classWeights: readonly number[] | null,
): Value {
  const [rows = 1, classes = 1] = logs.shape
  const counted = classWeights === null ? logs : mul(logs, logs.tape.tensor(classWeights))
  const spread = neg(total(counted))
  const even = weight === null ? scale(spread, 1 / rows) : div(spread, total(weight))
  return add(scale(plain, 1 - smoothing), scale(even, smoothing / classes))
}

/**
 * The mean over examples, and over the places of a sequence. outputs: [N, C] or [N, T, C]; target: [N·T, 1]
 * class ids, or [N·T, C]; weight: [N·T, 1], what each row counts, or null.
 */
export function dataCost(
  loss: LossSpec,
  outputs: Value,
  target: Value,
  weight: Value | null,
): Value {
  const columns = outputs.shape.at(-1) ?? 1
  const z =
    outputs.shape.length === 2
      ? outputs
      : reshape(outputs, [sizeOf(outputs.shape) / columns, columns])
  return LOSS_TABLE[loss.name].cost(z, target, weight, loss)
}

/** λ/2 · Σ ‖W‖². λ is a value, so that moving it changes no graph. */
export const penalty = (l2: Value, weightSquares: Value): Value =>
  mul(scale(l2, 0.5), weightSquares)
