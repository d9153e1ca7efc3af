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
} as const satisfies Record<string, HyperparameterRow>

export type HyperparameterName = keyof typeof HYPERPARAMETERS
export const HYPERPARAMETER_NAMES = Object.keys(HYPERPARAMETERS) as readonly HyperparameterName[]

/** The row of one hyperparameter, with its fields widened so that code can treat all rows alike. */
export const describeHyperparameter = (name: HyperparameterName): HyperparameterRow =>
  HYPERPARAMETERS[name]

/** The hyperparameters of one run, by name. A run has those that its optimizer uses. */
export type Hyperparameters = { readonly [K in HyperparameterName]?: number }

export const OPTIMIZER_NAMES = ['gradient_descent', 'momentum', 'rmsprop', 'adam'] as const
export type OptimizerName = (typeof OPTIMIZER_NAMES)[number]

/** What a run of each optimizer can nudge, with the value it starts from unless its config says so. */
export const OPTIMIZER_DEFAULTS: { readonly [K in OptimizerName]: Hyperparameters } = {
  gradient_descent: { learning_rate: 0.1, l2: 0, batch_size: 64, learning_rate_decay: 0 },
  momentum: { learning_rate: 0.1, momentum: 0.9, l2: 0, batch_size: 64, learning_rate_decay: 0 },
  rmsprop: {
    learning_rate: 0.001,
    beta2: 0.9,
    epsilon: 1e-8,
    l2: 0,
    batch_size: 64,
    learning_rate_decay: 0,
  },
  adam: {
    learning_rate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    l2: 0,
    batch_size: 64,
    learning_rate_decay: 0,
  },
}

/** The names that a run of this optimizer has, in the order they are shown. */
export const hyperparametersOf = (optimizer: OptimizerName): readonly HyperparameterName[] =>
  Object.keys(OPTIMIZER_DEFAULTS[optimizer]) as HyperparameterName[]

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
