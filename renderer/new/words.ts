import type { LossName } from '../../core/protocol/config.ts'
import type { OptimizerName, ScheduleName } from '../../core/protocol/hyperparameters.ts'

/** What each choice of a config is called in a form, and what it means in one plain line. */
interface Words {
  readonly label: string
  readonly meaning: string
}

export const LOSS_WORDS: { readonly [L in LossName]: Words } = {
  sparse_categorical_cross_entropy: {
    label: 'Cross-entropy',
    meaning: 'How surprised the network is by the right class. The usual one.',
  },
  categorical_cross_entropy: {
    label: 'Cross-entropy over shares',
    meaning: 'The same, with each label written as a row of shares.',
  },
  binary_cross_entropy: {
    label: 'Binary cross-entropy',
    meaning: 'For two classes: one output, the probability of the second.',
  },
  mean_squared_error: {
    label: 'Mean squared error',
    meaning: 'Large errors count most. The usual one for numbers.',
  },
  mean_absolute_error: {
    label: 'Mean absolute error',
    meaning: 'All errors count by their size: a few wild values matter less.',
  },
  huber: {
    label: 'Huber',
    meaning: 'Squared for small errors, straight for large ones.',
  },
}

export type Normalise = 'feature' | 'global' | 'none'
export const NORMALISE_WORDS: { readonly [N in Normalise]: Words } = {
  feature: {
    label: 'Each feature by itself',
    meaning: 'Mean 0, variance 1 for every column: right for tables with different units.',
  },
  global: {
    label: 'All together',
    meaning: 'One mean and one variance for everything: right for pictures.',
  },
  none: { label: 'Not at all', meaning: 'The numbers go in as they are.' },
}

export const OPTIMIZER_WORDS: { readonly [O in OptimizerName]: Words } = {
  adam: { label: 'Adam', meaning: 'Finds a step size for each weight. Start here.' },
  adamw: { label: 'AdamW', meaning: 'Adam, with weights that shrink by themselves.' },
  momentum: { label: 'Momentum', meaning: 'Rolls on in the direction of past gradients.' },
  nesterov: { label: 'Nesterov', meaning: 'Momentum that looks ahead before it steps.' },
  rmsprop: { label: 'RMSprop', meaning: 'Divides each step by how large gradients have been.' },
  gradient_descent: { label: 'Gradient descent', meaning: 'Straight down the gradient.' },
}

export const SCHEDULE_WORDS: { readonly [S in ScheduleName]: Words } = {
  constant: { label: 'Constant', meaning: 'α moves only when you nudge it.' },
  inverse_time: {
    label: '1/t decay',
    meaning: 'α is divided by 1 + decay · epoch. With decay 0 it stays.',
  },
  exponential: { label: 'Exponential', meaning: 'α is multiplied by a factor each epoch.' },
  inverse_sqrt: { label: '1/√t', meaning: 'α falls with the root of the steps.' },
  staircase: { label: 'Staircase', meaning: 'α is multiplied by a factor every so many epochs.' },
  cosine: { label: 'Cosine', meaning: 'α falls along half a cosine, to its floor.' },
}

export const INITIALISER_WORDS = {
  he: { label: 'He', meaning: 'For ReLU and its kin.' },
  xavier: { label: 'Xavier', meaning: 'For tanh and sigmoid.' },
} as const satisfies Readonly<Record<string, Words>>
export type Initialiser = keyof typeof INITIALISER_WORDS
