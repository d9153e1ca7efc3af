import type {
  HyperparameterName,
  Hyperparameters,
  OptimizerName,
} from '../protocol/hyperparameters.ts'

/** All that an update reads and writes. Every array is as long as the parameters, place for place. */
export interface UpdateState {
  readonly parameters: Float32Array
  readonly gradients: Float32Array
  readonly slots: Readonly<Record<string, Float32Array>>
  /** float64, and part of a checkpoint like everything else here. */
  readonly scalars: Record<string, number>
}

interface Optimizer {
  /** The moments kept for every parameter, all zero at first. */
  readonly slots: readonly string[]
  /** The scalars kept, with what they start from. */
  readonly scalars: Readonly<Record<string, number>>
  /** One update in place. Arithmetic is float64, storage float32 (Math.fround would halve the speed). */
  readonly update: (state: UpdateState, knobs: Hyperparameters, learningRate: number) => void
}

function need(knobs: Hyperparameters, name: HyperparameterName): number {
  const value = knobs[name]
  if (value === undefined) throw new Error(`the optimizer needs ${name}`)
  return value
}

function slot(state: UpdateState, name: string): Float32Array {
  const values = state.slots[name]
  if (values === undefined) throw new Error(`the optimizer keeps no ${name}`)
  return values
}

/** Multiplies a running product of betas on, and answers it. */
function multiplied(state: UpdateState, name: string, beta: number): number {
  return (state.scalars[name] = (state.scalars[name] ?? 1) * beta)
}

// W ← W − α g
function descend({ parameters, gradients }: UpdateState, _: Hyperparameters, alpha: number): void {
  for (let i = 0; i < parameters.length; i++) parameters[i]! -= alpha * gradients[i]!
}

// v ← β v + (1 − β) g        W ← W − α v
function descendWithMomentum(state: UpdateState, knobs: Hyperparameters, alpha: number): void {
  const { parameters, gradients } = state
  const velocity = slot(state, 'velocity')
  const beta = need(knobs, 'momentum')
  for (let i = 0; i < parameters.length; i++) {
    const v = beta * velocity[i]! + (1 - beta) * gradients[i]!
    velocity[i] = v
    parameters[i]! -= alpha * v
  }
}

// s ← β₂ s + (1 − β₂) g²     W ← W − α g / (√s + ε)
function descendByRms(state: UpdateState, knobs: Hyperparameters, alpha: number): void {
  const { parameters, gradients } = state
  const square = slot(state, 'square')
  const beta2 = need(knobs, 'beta2')
  const epsilon = need(knobs, 'epsilon')
  for (let i = 0; i < parameters.length; i++) {
    const g = gradients[i]!
    const s = beta2 * square[i]! + (1 - beta2) * g * g
    square[i] = s
    parameters[i]! -= (alpha * g) / (Math.sqrt(s) + epsilon)
  }
}

// v ← β₁ v + (1 − β₁) g      s ← β₂ s + (1 − β₂) g²
// W ← W − α v̂ / (√ŝ + ε)     v̂ = v / (1 − Π β₁), ŝ = s / (1 − Π β₂)
// The weights of a moving average whose β was nudged sum to 1 − Πβ, not to 1 − βᵗ.
function descendByAdam(state: UpdateState, knobs: Hyperparameters, alpha: number): void {
  const { parameters, gradients } = state
  const velocity = slot(state, 'velocity')
  const square = slot(state, 'square')
  const beta1 = need(knobs, 'beta1')
  const beta2 = need(knobs, 'beta2')
  const epsilon = need(knobs, 'epsilon')
  const rate = alpha / (1 - multiplied(state, 'beta1_product', beta1))
  const root = 1 / Math.sqrt(1 - multiplied(state, 'beta2_product', beta2))
  for (let i = 0; i < parameters.length; i++) {
    const g = gradients[i]!
    const v = beta1 * velocity[i]! + (1 - beta1) * g
    const s = beta2 * square[i]! + (1 - beta2) * g * g
    velocity[i] = v
    square[i] = s
    parameters[i]! -= (rate * v) / (Math.sqrt(s) * root + epsilon)
  }
}

const UNKEPT = { slots: [], scalars: {} } as const

export const OPTIMIZERS: { readonly [K in OptimizerName]: Optimizer } = {
  gradient_descent: { ...UNKEPT, update: descend },
  momentum: { slots: ['velocity'], scalars: {}, update: descendWithMomentum },
  rmsprop: { slots: ['square'], scalars: {}, update: descendByRms },
  adam: {
    slots: ['velocity', 'square'],
    scalars: { beta1_product: 1, beta2_product: 1 },
    update: descendByAdam,
  },
}
