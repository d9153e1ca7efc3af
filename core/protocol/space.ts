import { z } from 'zod'

/** How the values between two ends are spread: evenly in the value, in log value, or in log(1 − value). */
export const DIMENSION_SCALES = ['linear', 'logarithmic', 'one-minus'] as const
export type DimensionScale = (typeof DIMENSION_SCALES)[number]

const scalar = z.union([z.number(), z.string().max(200), z.boolean()])
export type Scalar = z.output<typeof scalar>

/** Only where another dimension has one of these values: momentum only with the optimizer that has it. */
const when = z.record(z.string().min(1).max(200), z.array(scalar).min(1)).optional()

const real = z.strictObject({
  type: z.literal('real'),
  low: z.number(),
  high: z.number(),
  scale: z.enum(DIMENSION_SCALES).optional(),
  when,
})
const integer = z.strictObject({
  type: z.literal('integer'),
  low: z.int(),
  high: z.int(),
  scale: z.enum(['linear', 'logarithmic']).optional(),
  when,
})
const choice = z.strictObject({ type: z.literal('choice'), values: z.array(scalar).min(1), when })

/** One thing that is searched, by what values it may take. */
export const dimension = z.discriminatedUnion('type', [real, integer, choice])
export type Dimension = z.output<typeof dimension>

/**
 * What is searched: a dimension for each path into a config, as in `hyperparameters.learning_rate`,
 * `optimizer` or `network.layers.0.units`.
 */
export const searchSpace = z.record(z.string().min(1).max(200), dimension)
export type SearchSpace = z.output<typeof searchSpace>

/** A value for each active dimension of a space, by path. */
export type Point = { readonly [path: string]: Scalar }

export const METHOD_NAMES = [
  'grid',
  'random',
  'sobol',
  'coarse_to_fine',
  'bayesian',
  'population',
] as const
export type MethodName = (typeof METHOD_NAMES)[number]
