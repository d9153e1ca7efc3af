import { z } from 'zod'

export const ACTIVATIONS = [
  'linear',
  'relu',
  'leaky_relu',
  'elu',
  'gelu',
  'silu',
  'sigmoid',
  'tanh',
  'softmax',
] as const
export type Activation = (typeof ACTIVATIONS)[number]

const count = z.int().positive()
const units = count.max(1_000_000)
/** Height and width, or one number for both. */
const extent = z.union([count, z.tuple([count, count])])
const activation = z.enum(ACTIVATIONS).default('linear')
const batchNorm = z
  .union([z.boolean(), z.enum(['before_activation', 'after_activation'])])
  .default(false)
  .describe('Batch normalisation; true is before the activation.')
const window = {
  kernel: extent.describe('Height and width of the kernel.'),
  stride: extent.default(1),
  padding: z
    .union([z.enum(['same', 'valid']), z.int().nonnegative()])
    .default('same')
    .describe('"same" keeps height and width at stride 1, "valid" adds nothing.'),
}

const dense = z.strictObject({
  type: z.literal('dense'),
  units: units.describe('Number of units.'),
  activation,
  batch_norm: batchNorm,
})
const conv = z.strictObject({
  type: z.literal('conv'),
  filters: units.describe('Number of output channels.'),
  ...window,
  activation,
  batch_norm: batchNorm,
})
const depthwiseConv = z.strictObject({
  type: z.literal('depthwise_conv'),
  ...window,
  activation,
  batch_norm: batchNorm,
})
const pool = { size: extent.default(2), stride: extent.optional().describe('Default: the size.') }
const maxPool = z.strictObject({ type: z.literal('max_pool'), ...pool })
const averagePool = z.strictObject({ type: z.literal('average_pool'), ...pool })
const globalAveragePool = z.strictObject({ type: z.literal('global_average_pool') })
const flatten = z.strictObject({ type: z.literal('flatten') })
const activate = z.strictObject({ type: z.literal('activation'), activation: z.enum(ACTIVATIONS) })
const layerNorm = z.strictObject({ type: z.literal('layer_norm') })
const dropout = z.strictObject({
  type: z.literal('dropout'),
  rate: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe('A rate of its own. Without it, the live hyperparameter "dropout".'),
})
const embedding = z.strictObject({
  type: z.literal('embedding'),
  units: units.describe('Length of the vector of each id.'),
  positions: z.boolean().default(false).describe('Also learn a vector for each position.'),
})
const attention = z.strictObject({
  type: z.literal('attention'),
  heads: count.max(1024),
  causal: z.boolean().default(false).describe('Each position sees itself and those before it.'),
})

const plainLayer = z.discriminatedUnion('type', [
  dense,
  conv,
  depthwiseConv,
  maxPool,
  averagePool,
  globalAveragePool,
  flatten,
  activate,
  layerNorm,
  dropout,
  embedding,
  attention,
])

export interface ResidualLayer {
  readonly type: 'residual'
  readonly layers: readonly Layer[]
  /** What the input passes through on the way round; nothing leaves it as it is. */
  readonly shortcut: readonly Layer[]
  readonly activation: Activation
}
export type PlainLayer = z.output<typeof plainLayer>
export type Layer = PlainLayer | ResidualLayer
export type LayerOf<T extends Layer['type']> = Extract<Layer, { readonly type: T }>

const residual = z.strictObject({
  type: z.literal('residual'),
  get layers() {
    return z.array(layer).min(1).describe('The way through.')
  },
  get shortcut() {
    return z.array(layer).default([]).describe('The way round. Empty: the input as it is.')
  },
  activation: activation.describe('Of the sum of both ways.'),
})
const layer: z.ZodType<Layer> = z.lazy(() =>
  z.discriminatedUnion('type', [...plainLayer.options, residual]),
)

/** What is trained: layers in order, and how they start. */
export const network = z.strictObject({
  initialiser: z.enum(['he', 'xavier']).default('he'),
  layers: z.array(layer).min(1),
  batch_norm: z
    .strictObject({
      momentum: z
        .number()
        .min(0)
        .lt(1)
        .default(0.9)
        .describe('Of the running statistics: the share of the old that a step keeps.'),
      epsilon: z.number().gt(0).max(1).default(1e-5),
    })
    .prefault({}),
})
export type NetworkConfig = z.output<typeof network>

/** Is there a dropout layer whose rate is the live hyperparameter? */
export const usesLiveDropout = (layers: readonly Layer[]): boolean =>
  layers.some((one) => {
    if (one.type === 'residual') return usesLiveDropout([...one.layers, ...one.shortcut])
    return one.type === 'dropout' && one.rate === undefined
  })
