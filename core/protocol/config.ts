import { z } from 'zod'
import {
  HYPERPARAMETER_NAMES,
  OPTIMIZER_NAMES,
  SCHEDULE_NAMES,
  faultOf,
} from './hyperparameters.ts'
import type { HyperparameterName, Hyperparameters } from './hyperparameters.ts'
import { network, usesLiveDropout } from './network.ts'
import type { NetworkConfig } from './network.ts'
import { defaultHyperparameters } from './recipe.ts'
import type { Recipe } from './recipe.ts'

export const LOSSES = [
  'sparse_categorical_cross_entropy',
  'categorical_cross_entropy',
  'binary_cross_entropy',
  'mean_squared_error',
  'mean_absolute_error',
  'huber',
] as const
export type LossName = (typeof LOSSES)[number]

const positiveCount = z.int().positive()

const context = positiveCount.max(65_536).default(64).describe('Characters per example of a text.')
const sampleSource = z.strictObject({ sample: z.enum(['digits', 'sonnets']), context })
const textSource = z.strictObject({
  text: z.string().min(1).describe('A text file; the network learns each next character.'),
  context,
})
const idxSource = z.strictObject({
  idx: z.strictObject({ images: z.string().min(1), labels: z.string().min(1) }),
})
const csvSource = z.strictObject({
  csv: z.string().min(1),
  label: z.string().min(1).describe('Name of the label column.'),
})
const splitting = {
  dev: z.number().gt(0).lt(1).default(0.2).describe('Share held back as the dev set.'),
  normalise: z
    .enum(['feature', 'global', 'none'])
    .default('feature')
    .describe('Mean 0, variance 1, from the training part: per feature, over all, or not at all.'),
}
const dataSource = z.union([
  sampleSource.extend(splitting),
  idxSource.extend(splitting),
  csvSource.extend(splitting),
  textSource.extend(splitting),
])

/** A length of training. Exactly one unit. */
const dayLength = z.union([
  z.strictObject({ epochs: z.number().positive() }),
  z.strictObject({ steps: positiveCount }),
  z.strictObject({ minutes: z.number().positive() }),
  z.strictObject({ hours: z.number().positive() }),
])
const evaluationInterval = z.union([
  z.strictObject({ epochs: z.number().positive() }),
  z.strictObject({ steps: positiveCount }),
])
const checkpointInterval = z.union([
  z.strictObject({ minutes: z.number().positive() }),
  z.strictObject({ steps: positiveCount }),
])

const hyperparameters = z
  .strictObject(
    Object.fromEntries(HYPERPARAMETER_NAMES.map((name) => [name, z.number().optional()])) as {
      [K in HyperparameterName]: z.ZodOptional<z.ZodNumber>
    },
  )
  .prefault({})

/** The name of a run is also the name of its file, so it is kept to what every file system takes. */
export const runName = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,79}$/u,
    'must start with a letter or digit and hold only letters, digits, spaces, dots, dashes and underscores (80 at most)',
  )

/** What `panda new` reads: everything that decides a run, with defaults filled in. */
export const runConfig = z
  .strictObject({
    $schema: z.string().optional(),
    name: runName.optional(),
    seed: z.int().nonnegative().max(0xffff_ffff).default(1),
    data: dataSource,
    network,
    loss: z.enum(LOSSES),
    class_weights: z
      .array(z.number().positive())
      .min(2)
      .optional()
      .describe('How much each class counts in the cost, in the order of the classes.'),
    label_smoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('The share of each label that is spread evenly over all classes.'),
    huber_delta: z
      .number()
      .positive()
      .default(1)
      .describe('Where the Huber loss turns from square to straight.'),
    optimizer: z.enum(OPTIMIZER_NAMES).default('adam'),
    schedule: z
      .enum(SCHEDULE_NAMES)
      .default('inverse_time')
      .describe('How the learning rate moves by itself; its parameters are hyperparameters.'),
    hyperparameters,
    day: dayLength.default({ hours: 24 }),
    evaluate_every: evaluationInterval.default({ epochs: 1 }),
    checkpoint_every: checkpointInterval.default({ minutes: 10 }),
    vitals_every: z
      .strictObject({ steps: positiveCount })
      .default({ steps: 100 })
      .describe('How often the vital signs of each layer are taken.'),
    threads: z.int().min(1).max(256).optional(),
  })
  .superRefine((config, context) => {
    const allowed = Object.keys(defaultHyperparameters(recipeOf(config)))
    for (const [name, value] of Object.entries(config.hyperparameters) as [
      HyperparameterName,
      number | undefined,
    ][]) {
      if (value === undefined) continue
      const fault = allowed.includes(name)
        ? faultOf(name, value)
        : `is not a hyperparameter of this run (it has ${allowed.join(', ')})`
      if (fault !== null) {
        context.addIssue({ code: 'custom', path: ['hyperparameters', name], message: fault })
      }
    }
  })

export type RunConfig = z.output<typeof runConfig>
export type DataConfig = RunConfig['data']
export type DayLength = RunConfig['day']

/** What decides which hyperparameters a run has. */
export const recipeOf = (
  config: Pick<RunConfig, 'optimizer' | 'schedule'> & { readonly network: NetworkConfig },
): Recipe => ({
  optimizer: config.optimizer,
  schedule: config.schedule,
  hasLiveDropout: usesLiveDropout(config.network.layers),
})

/** The hyperparameters a run starts with: the defaults of its recipe under what its config sets. */
export function initialHyperparameters(config: RunConfig): Hyperparameters {
  const given = Object.fromEntries(
    Object.entries(config.hyperparameters).filter(([, value]) => value !== undefined),
  )
  return { ...defaultHyperparameters(recipeOf(config)), ...given }
}
