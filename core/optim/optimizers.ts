import type {
  HyperparameterName,
  Hyperparameters,
  OptimizerName,
} from '../protocol/hyperparameters.ts'
import type { Kernels } from './kernels.ts'

/** A stretch of the parameters, by its places in the flat memory. */
export interface Stretch {
  readonly from: number
  readonly length: number
  /** Weight decay applies: weights, but neither biases nor normalisation. */
  readonly decays: boolean
}

/**
 * Where an update finds its arrays in the flat memory, in float32 places. Parameters, gradients and slots
 * are laid out alike: what belongs together has the same distance from the beginning of its array.
 */
export interface Layout {
  readonly parameters: number
  readonly gradients: number
  readonly slots: Readonly<Record<string, number>>
  readonly stretches: readonly Stretch[]
}

/** What is the same for all stretches of one update. */
interface Settings {
  readonly kernels: Kernels
  /** Moved on in place, once per update. */
  readonly scalars: Record<string, number>
  readonly knobs: Hyperparameters
  readonly alpha: number
  /** What gradients are multiplied by before they are used. */
  readonly scale: number
}

/** One stretch: where its weights, gradients and slots begin, and how long each is. */
interface Span {
  readonly w: number
  readonly g: number
  readonly slot: (name: string) => number
  readonly count: number
  readonly decays: boolean
}

export interface Optimizer {
  /** The moments kept for every parameter, all zero at first. */
  readonly slots: readonly string[]
  /** The scalars kept, in float64, with what they start from. */
  readonly scalars: Readonly<Record<string, number>>
  /** Works out the coefficients of one update, and answers what takes it in one stretch. */
  readonly begin: (settings: Settings) => (span: Span) => void
}

function need(knobs: Hyperparameters, name: HyperparameterName): number {
  const value = knobs[name]
  if (value === undefined) throw new Error(`the optimizer needs ${name}`)
  return value
}

/** The last float32 before 1: a β that rounding took to 1 would hold its average where it is for ever. */
const LARGEST_BETA = 1 - 2 ** -24

/** β as the kernels know it. Its products are made of the same number, so that they match the averages. */
const betaOf = (knobs: Hyperparameters, name: 'momentum' | 'beta1' | 'beta2'): number =>
  Math.min(Math.fround(need(knobs, name)), LARGEST_BETA)

/** The smallest float32 with a full mantissa. */
const SMALLEST_EPSILON = 2 ** -126

/** ε as the kernels know it: one that rounding took to 0 would make 0 / 0 of a gradient that is 0. */
const epsilonOf = (knobs: Hyperparameters): number =>
  Math.max(need(knobs, 'epsilon'), SMALLEST_EPSILON)

/** Multiplies a running product of betas on, and answers it. */
function multiplied(scalars: Record<string, number>, name: string, beta: number): number {
  return (scalars[name] = (scalars[name] ?? 1) * beta)
}

// W ← W − α g
const beginGradientDescent: Optimizer['begin'] =
  ({ kernels, alpha, scale }) =>
  ({ w, g, count }) =>
    kernels.gradientDescent(w, g, count, scale, alpha)

// v ← β v + (1 − β) g        W ← W − α v
function beginMomentum({ kernels, knobs, alpha, scale }: Settings) {
  const beta = betaOf(knobs, 'momentum')
  return ({ w, g, slot, count }: Span): void =>
    kernels.momentum(w, g, slot('velocity'), count, scale, beta, alpha, 0)
}

// v ← β v + (1 − β) g        W ← W − α (β v + (1 − β) g)
// As Sutskever et al. (2013) in the form that PyTorch gives it: b ← β b + g, W ← W − η (g + β b). With
// v = (1 − β) b and η = (1 − β) α these are the same steps.
function beginNesterov({ kernels, knobs, alpha, scale }: Settings) {
  const beta = betaOf(knobs, 'momentum')
  return ({ w, g, slot, count }: Span): void =>
    kernels.momentum(w, g, slot('velocity'), count, scale, beta, alpha * beta, alpha * (1 - beta))
}

// s ← β₂ s + (1 − β₂) g²     W ← W − α g / (√s + ε)
function beginRmsprop({ kernels, knobs, alpha, scale }: Settings) {
  const beta2 = betaOf(knobs, 'beta2')
  const epsilon = epsilonOf(knobs)
  return ({ w, g, slot, count }: Span): void =>
    kernels.rmsprop(w, g, slot('square'), count, scale, alpha, beta2, epsilon)
}

// v ← β₁ v + (1 − β₁) g      s ← β₂ s + (1 − β₂) g²
// W ← W − α v̂ / (√ŝ + ε)     v̂ = v / (1 − Π β₁), ŝ = s / (1 − Π β₂)
// The weights of a moving average whose β was nudged sum to 1 − Πβ, not to 1 − βᵗ.
// With decay (Loshchilov & Hutter, 2019): W shrinks by α · decay · W beside that, past the moments.
function beginAdamWith(settings: Settings, decay: number) {
  const { kernels, scalars, knobs, alpha, scale } = settings
  const beta1 = betaOf(knobs, 'beta1')
  const beta2 = betaOf(knobs, 'beta2')
  const epsilon = epsilonOf(knobs)
  const rate = alpha / (1 - multiplied(scalars, 'beta1_product', beta1))
  const root = 1 / Math.sqrt(1 - multiplied(scalars, 'beta2_product', beta2))
  return ({ w, g, slot, count, decays }: Span): void => {
    const [v, s] = [slot('velocity'), slot('square')]
    const shrink = decays ? alpha * decay : 0
    kernels.adam(w, g, v, s, count, scale, rate, root, beta1, beta2, epsilon, shrink)
  }
}

const ADAM = {
  slots: ['velocity', 'square'],
  scalars: { beta1_product: 1, beta2_product: 1 },
} as const

/** Every optimizer: what it keeps and its update. Knobs that it needs and does not get are an Error. */
export const OPTIMIZERS: { readonly [K in OptimizerName]: Optimizer } = {
  gradient_descent: { slots: [], scalars: {}, begin: beginGradientDescent },
  momentum: { slots: ['velocity'], scalars: {}, begin: beginMomentum },
  nesterov: { slots: ['velocity'], scalars: {}, begin: beginNesterov },
  rmsprop: { slots: ['square'], scalars: {}, begin: beginRmsprop },
  adam: { ...ADAM, begin: (settings) => beginAdamWith(settings, 0) },
  adamw: {
    ...ADAM,
    begin: (settings) => beginAdamWith(settings, need(settings.knobs, 'weight_decay')),
  },
}

/**
 * One update in place. `gradientScale` is clipping's factor (`clipScale`); `learningRate` is α after its
 * schedule. Moves `scalars` on. Throws an Error, before anything is changed, where `knobs` or the layout
 * lacks something that the optimizer needs.
 */
export function applyOptimizer(
  name: OptimizerName,
  kernels: Kernels,
  layout: Layout,
  scalars: Record<string, number>,
  knobs: Hyperparameters,
  learningRate: number,
  gradientScale: number,
): void {
  const { slots, begin } = OPTIMIZERS[name]
  const missing = slots.find((slot) => layout.slots[slot] === undefined)
  if (missing !== undefined) throw new Error(`${name} has no memory for ${missing}`)

  const update = begin({ kernels, scalars, knobs, alpha: learningRate, scale: gradientScale })
  for (const { from, length, decays } of layout.stretches) {
    const distance = from - layout.parameters
    update({
      w: from,
      g: layout.gradients + distance,
      slot: (slot) => layout.slots[slot]! + distance,
      count: length,
      decays,
    })
  }
}

/**
 * What gradients of this joint norm are multiplied by to keep it within `clipNorm`:
 * min(1, clip / (norm + 1e-6)), as PyTorch's clip_grad_norm_. A clip of 0 does not clip.
 */
export const clipScale = (norm: number, clipNorm: number): number =>
  clipNorm === 0 ? 1 : Math.min(1, clipNorm / (norm + 1e-6))
