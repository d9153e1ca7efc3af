/** How a hyperparameter is best moved: the scale of its slider and, later, of its search. */
export type HyperparameterScale = 'logarithmic' | 'one-minus' | 'linear'

interface HyperparameterRow {
  readonly label: string
  readonly symbol: string
  readonly scale: HyperparameterScale
  readonly integer: boolean
  /** Values outside [min, max] are refused. `exclusive*` says that the bound itself is refused too. */
  readonly min: number
  readonly max: number
  readonly exclusiveMin: boolean
  readonly exclusiveMax: boolean
  /** The part of the range that a slider shows; typed values may lie outside it. */
  readonly slider: readonly [low: number, high: number]
  readonly meaning: string
}

/** Every live hyperparameter: what it is called, where it may lie and how it is shown. */
export const HYPERPARAMETERS = {
  learning_rate: {
    label: 'Learning rate',
    symbol: 'α',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1e3,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1e-6, 1],
    meaning: 'How far each step moves the weights.',
  },
  momentum: {
    label: 'Momentum',
    symbol: 'β',
    scale: 'one-minus',
    integer: false,
    min: 0,
    max: 1,
    exclusiveMin: false,
    exclusiveMax: true,
    slider: [0, 0.999],
    meaning: 'How long the average of past gradients remembers.',
  },
  beta1: {
    label: 'First moment',
    symbol: 'β₁',
    scale: 'one-minus',
    integer: false,
    min: 0,
    max: 1,
    exclusiveMin: false,
    exclusiveMax: true,
    slider: [0, 0.999],
    meaning: 'How long the average of past gradients remembers.',
  },
  beta2: {
    label: 'Second moment',
    symbol: 'β₂',
    scale: 'one-minus',
    integer: false,
    min: 0,
    max: 1,
    exclusiveMin: false,
    exclusiveMax: true,
    slider: [0, 0.9999],
    meaning: 'How long the average of past squared gradients remembers.',
  },
  epsilon: {
    label: 'Epsilon',
    symbol: 'ε',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1,
    exclusiveMin: true,
    exclusiveMax: false,
    slider: [1e-10, 1e-2],
    meaning: 'Keeps the division by the second moment away from zero.',
  },
  l2: {
    label: 'L2',
    symbol: 'λ',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1e3,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1e-7, 1],
    meaning: 'How strongly large weights are pulled towards zero.',
  },
  batch_size: {
    label: 'Mini-batch size',
    symbol: 'B',
    scale: 'logarithmic',
    integer: true,
    min: 1,
    max: 65_536,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1, 1024],
    meaning: 'Examples averaged in one step.',
  },
  learning_rate_decay: {
    label: 'Decay of α',
    symbol: 'decay',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1e3,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1e-4, 10],
    meaning: 'α is divided by 1 + decay · epoch.',
  },
  decay_factor: {
    label: 'Decay factor',
    symbol: 'k',
    scale: 'one-minus',
    integer: false,
    min: 0,
    max: 1,
    exclusiveMin: true,
    exclusiveMax: false,
    slider: [0.1, 0.999],
    meaning: 'What α is multiplied by at each decay.',
  },
  decay_epochs: {
    label: 'Decay every',
    symbol: 'epochs',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1e6,
    exclusiveMin: true,
    exclusiveMax: false,
    slider: [0.1, 1000],
    meaning: 'Epochs from one decay to the next.',
  },
  cosine_epochs: {
    label: 'Cosine length',
    symbol: 'epochs',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1e6,
    exclusiveMin: true,
    exclusiveMax: false,
    slider: [1, 1000],
    meaning: 'Epochs in which α falls, along half a cosine, to its floor.',
  },
  learning_rate_floor: {
    label: 'Floor of α',
    symbol: 'α floor',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1e-4, 1],
    meaning: 'The share of α that is left at the end of the cosine.',
  },
  warmup_steps: {
    label: 'Warm-up',
    symbol: 'steps',
    scale: 'logarithmic',
    integer: true,
    min: 0,
    max: 1e9,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1, 100_000],
    meaning: 'Steps in which α rises in a straight line to its value; 0 is none.',
  },
  weight_decay: {
    label: 'Weight decay',
    symbol: 'wd',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1e3,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1e-6, 1],
    meaning: 'How fast weights shrink by themselves, beside the gradient.',
  },
  dropout: {
    label: 'Dropout',
    symbol: 'p',
    scale: 'linear',
    integer: false,
    min: 0,
    max: 1,
    exclusiveMin: false,
    exclusiveMax: true,
    slider: [0, 0.9],
    meaning: 'The share of activations that each step leaves out.',
  },
  clip_norm: {
    label: 'Gradient clip',
    symbol: 'clip',
    scale: 'logarithmic',
    integer: false,
    min: 0,
    max: 1e9,
    exclusiveMin: false,
    exclusiveMax: false,
    slider: [1e-3, 1e3],
    meaning: 'The largest norm of all gradients together; 0 does not clip.',
  },
} as const satisfies Record<string, HyperparameterRow>

export type HyperparameterName = keyof typeof HYPERPARAMETERS
export const HYPERPARAMETER_NAMES = Object.keys(HYPERPARAMETERS) as readonly HyperparameterName[]

/** The row of one hyperparameter, with its fields widened so that code can treat all rows alike. */
export const describeHyperparameter = (name: HyperparameterName): HyperparameterRow =>
  HYPERPARAMETERS[name]

/** The hyperparameters of one run, by name. A run has those that its optimizer uses. */
export type Hyperparameters = { readonly [K in HyperparameterName]?: number }

export const OPTIMIZER_NAMES = [
  'gradient_descent',
  'momentum',
  'nesterov',
  'rmsprop',
  'adam',
  'adamw',
] as const
export type OptimizerName = (typeof OPTIMIZER_NAMES)[number]

export const SCHEDULE_NAMES = [
  'constant',
  'inverse_time',
  'exponential',
  'inverse_sqrt',
  'staircase',
  'cosine',
] as const
export type ScheduleName = (typeof SCHEDULE_NAMES)[number]

/** What is wrong with this value, as the end of a sentence that starts with the name; null if nothing. */
export function faultOf(name: HyperparameterName, value: number): string | null {
  const row = describeHyperparameter(name)
  if (!Number.isFinite(value)) return `must be a finite number, not ${value}`
  if (row.integer && !Number.isInteger(value)) return `must be a whole number, not ${value}`
  const tooLow = row.exclusiveMin ? value <= row.min : value < row.min
  if (tooLow) return `must be ${row.exclusiveMin ? 'above' : 'at least'} ${row.min}, not ${value}`
  const tooHigh = row.exclusiveMax ? value >= row.max : value > row.max
  if (tooHigh) return `must be ${row.exclusiveMax ? 'below' : 'at most'} ${row.max}, not ${value}`
  return null
}

/** The three readings of a live hyperparameter: what was asked, what holds, what the next step uses. */
export interface Reading {
  readonly requested: number
  readonly inForce: number
  readonly scheduled: number
}
export type Readings = { readonly [K in HyperparameterName]?: Reading }
