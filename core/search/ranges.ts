import { OPTIMIZER_NAMES, SCHEDULE_NAMES } from '../protocol/hyperparameters.ts'
import type { HyperparameterName } from '../protocol/hyperparameters.ts'
import type { Dimension, Scalar } from '../protocol/space.ts'

type Real = Extract<Dimension, { readonly type: 'real' }>
type Integer = Extract<Dimension, { readonly type: 'integer' }>

const real = (low: number, high: number, scale: NonNullable<Real['scale']>): Real => ({
  type: 'real',
  low,
  high,
  scale,
})
const integer = (low: number, high: number, scale: NonNullable<Integer['scale']>): Integer => ({
  type: 'integer',
  low,
  high,
  scale,
})
const choice = (...values: readonly Scalar[]): Dimension => ({
  type: 'choice',
  values: [...values],
})

/**
 * Where each hyperparameter is worth looking for. α wide enough for every optimizer; β by how many steps the
 * average remembers, 2 to 1 000 (β₂ 10 to 10 000); λ from 1e-6, as nothing can be told from none below it.
 */
const RANGES: { readonly [K in HyperparameterName]: Dimension } = {
  learning_rate: real(1e-5, 1, 'logarithmic'),
  momentum: real(0.5, 0.999, 'one-minus'),
  beta1: real(0.5, 0.999, 'one-minus'),
  beta2: real(0.9, 0.9999, 'one-minus'),
  epsilon: real(1e-10, 1e-4, 'logarithmic'),
  l2: real(1e-6, 0.1, 'logarithmic'),
  batch_size: integer(16, 512, 'logarithmic'),
  learning_rate_decay: real(1e-3, 1, 'logarithmic'),
  decay_factor: real(0.1, 0.99, 'one-minus'),
  decay_epochs: real(1, 100, 'logarithmic'),
  cosine_epochs: real(1, 100, 'logarithmic'),
  learning_rate_floor: real(1e-3, 0.5, 'logarithmic'),
  warmup_steps: integer(10, 2_000, 'logarithmic'),
  weight_decay: real(1e-5, 1, 'logarithmic'),
  dropout: real(0, 0.6, 'linear'),
  clip_norm: real(0.1, 100, 'logarithmic'),
}

/** `softmax` and `linear` are for outputs, not for what lies between. */
const BETWEEN = ['relu', 'leaky_relu', 'elu', 'gelu', 'silu', 'tanh', 'sigmoid'] as const

/** Even in their number, as the course draws them: twice as many units are not better by a constant factor. */
const LAYER_FIELDS: Readonly<Record<string, (current: Scalar | null) => Dimension | null>> = {
  units: () => integer(16, 512, 'linear'),
  filters: () => integer(8, 128, 'linear'),
  activation: () => choice(...BETWEEN),
  batch_norm: () => choice(false, 'before_activation', 'after_activation'),
  rate: () => RANGES.dropout,
  kernel: () => choice(1, 3, 5),
  heads: (current) => {
    // The width is a multiple of the heads there are, so every divisor of them fits.
    const heads = Array.from({ length: Number(current) || 0 }, (_, i) => i + 1)
    const fitting = heads.filter((count) => Number(current) % count === 0)
    return fitting.length > 1 ? choice(...fitting) : null
  },
}

const TOP: Readonly<Record<string, Dimension>> = {
  optimizer: choice(...OPTIMIZER_NAMES),
  schedule: choice(...SCHEDULE_NAMES),
  'network.initialiser': choice('he', 'xavier'),
  'data.normalise': choice('feature', 'global', 'none'),
  label_smoothing: real(0, 0.2, 'linear'),
  huber_delta: real(0.1, 10, 'logarithmic'),
}

/**
 * The range and the scale to search a path of a run's config in; null where none is known. Holds the value
 * that the config has now, unless its scale cannot reach it, as a logarithm cannot reach 0.
 */
export function suggestDimension(path: string, current: Scalar | null): Dimension | null {
  const suggestion = usual(path, current)
  return suggestion === null || current === null ? suggestion : holding(suggestion, current)
}

function usual(path: string, current: Scalar | null): Dimension | null {
  if (Object.hasOwn(TOP, path)) return TOP[path] ?? null
  const hyperparameter = /^hyperparameters\.(\w+)$/.exec(path)?.[1]
  if (hyperparameter !== undefined && Object.hasOwn(RANGES, hyperparameter)) {
    return RANGES[hyperparameter as HyperparameterName]
  }
  const field = /^network\.layers\.\d+\.(?:(?:layers|shortcut)\.\d+\.)*(\w+)$/.exec(path)?.[1]
  if (field === undefined || !Object.hasOwn(LAYER_FIELDS, field)) return null
  return LAYER_FIELDS[field]?.(current) ?? null
}

function holding(dimension: Dimension, current: Scalar): Dimension {
  if (dimension.type === 'choice') {
    if (current === true) return dimension // a shorter word for one that is there
    if (dimension.values.includes(current)) return dimension
    return { ...dimension, values: [current, ...dimension.values] }
  }
  if (typeof current !== 'number' || !Number.isFinite(current)) return dimension
  if (dimension.type === 'integer' && !Number.isInteger(current)) return dimension
  if (dimension.scale === 'logarithmic' && current <= 0) return dimension
  if (dimension.scale === 'one-minus' && current >= 1) return dimension
  const [low, high] = [Math.min(dimension.low, current), Math.max(dimension.high, current)]
  return { ...dimension, low, high }
}
