// What a run can nudge follows from its recipe: its optimizer, its schedule and its layers.
import type { Hyperparameters, OptimizerName, ScheduleName } from './hyperparameters.ts'

const ADAM = { learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/** What a run of each optimizer can nudge, with the value it starts from unless its config says so. */
const OPTIMIZER_DEFAULTS: { readonly [K in OptimizerName]: Hyperparameters } = {
  gradient_descent: { learning_rate: 0.1 },
  momentum: { learning_rate: 0.1, momentum: 0.9 },
  nesterov: { learning_rate: 0.1, momentum: 0.9 },
  rmsprop: { learning_rate: 0.001, beta2: 0.9, epsilon: 1e-8 },
  adam: ADAM,
  adamw: { ...ADAM, weight_decay: 0.01 },
}

const SCHEDULE_DEFAULTS: { readonly [K in ScheduleName]: Hyperparameters } = {
  constant: {},
  inverse_time: { learning_rate_decay: 0 },
  exponential: { decay_factor: 0.95 },
  inverse_sqrt: {},
  staircase: { decay_factor: 0.5, decay_epochs: 10 },
  cosine: { cosine_epochs: 10, learning_rate_floor: 0 },
}

/** What decides which hyperparameters a run has. */
export interface Recipe {
  readonly optimizer: OptimizerName
  readonly schedule: ScheduleName
  readonly hasLiveDropout: boolean
}

/** Every hyperparameter that a run of this recipe has, in the order they are shown, with its default. */
export const defaultHyperparameters = (recipe: Recipe): Hyperparameters => ({
  ...OPTIMIZER_DEFAULTS[recipe.optimizer],
  l2: 0,
  ...(recipe.hasLiveDropout ? { dropout: 0.2 } : {}),
  batch_size: 64,
  clip_norm: 0,
  ...SCHEDULE_DEFAULTS[recipe.schedule],
  warmup_steps: 0,
})
