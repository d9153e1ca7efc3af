import { ACTIVATIONS } from '../../core/protocol/network.ts'
import type { Layer } from '../../core/protocol/network.ts'
import type { LayerDraft } from './presets.ts'

/** One field of a layer as a form shows it. */
export type LayerField = {
  readonly key: string
  readonly label: string
  readonly meaning: string
} & (
  | {
      readonly kind: 'number' | 'extent'
      /** What holds where it is empty. */
      readonly placeholder?: string
    }
  | {
      readonly kind: 'choice'
      /** What holds where the config says nothing. */
      readonly fallback: unknown
      readonly options: readonly { readonly label: string; readonly value: unknown }[]
    }
)

interface LayerRow {
  readonly label: string
  readonly meaning: string
  readonly fields: readonly LayerField[]
  /** What one starts with when it is added. */
  readonly fresh: Readonly<Record<string, unknown>>
}

const ACTIVATION_LABELS: { readonly [A in (typeof ACTIVATIONS)[number]]: string } = {
  linear: 'none (linear)',
  relu: 'ReLU',
  leaky_relu: 'leaky ReLU',
  elu: 'ELU',
  gelu: 'GELU',
  silu: 'SiLU',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softmax: 'softmax',
}

const activation: LayerField = {
  key: 'activation',
  label: 'Activation',
  meaning: 'The bend that follows. The last layer has none: the loss brings its own.',
  kind: 'choice',
  fallback: 'linear',
  options: ACTIVATIONS.map((value) => ({ value, label: ACTIVATION_LABELS[value] })),
}

const yesOrNo = (key: string, label: string, meaning: string): LayerField => ({
  key,
  label,
  meaning,
  kind: 'choice',
  fallback: false,
  options: [
    { label: 'no', value: false },
    { label: 'yes', value: true },
  ],
})

const batchNorm: LayerField = {
  key: 'batch_norm',
  label: 'Batch norm',
  meaning: 'Keeps the layer’s numbers at mean 0 and variance 1 over the mini-batch.',
  kind: 'choice',
  fallback: false,
  options: [
    { label: 'no', value: false },
    { label: 'before the activation', value: true },
    { label: 'after the activation', value: 'after_activation' },
  ],
}

const number = (key: string, label: string, meaning: string, placeholder = ''): LayerField => ({
  key,
  label,
  meaning,
  kind: 'number',
  placeholder,
})

const extent = (key: string, label: string, meaning: string, placeholder = ''): LayerField => ({
  key,
  label,
  meaning,
  kind: 'extent',
  placeholder,
})

const kernel = extent('kernel', 'Kernel', 'Height and width of the patch it looks at: 3, or 3×5.')
const stride = extent(
  'stride',
  'Stride',
  'Pixels from one patch to the next; 2 halves the picture.',
  '1',
)
const padding: LayerField = {
  key: 'padding',
  label: 'Padding',
  meaning: '“same” keeps height and width at stride 1, “valid” adds nothing.',
  kind: 'choice',
  fallback: 'same',
  options: [
    { label: 'same', value: 'same' },
    { label: 'valid', value: 'valid' },
  ],
}
const poolSize = extent('size', 'Size', 'Height and width of what becomes one pixel.', '2')
const units = number('units', 'Units', 'How many numbers it answers with.')

/** Every kind of layer, in the words of the form. A kind without a row does not build. */
export const LAYERS: { readonly [T in Layer['type']]: LayerRow } = {
  dense: {
    label: 'Dense',
    meaning: 'Every input to every unit.',
    fields: [units, activation, batchNorm],
    fresh: { units: 64, activation: 'relu' },
  },
  conv: {
    label: 'Convolution',
    meaning: 'The same small patch of weights, moved over the picture.',
    fields: [
      number('filters', 'Filters', 'How many pictures it answers with.'),
      kernel,
      stride,
      padding,
      activation,
      batchNorm,
    ],
    fresh: { filters: 16, kernel: 3, activation: 'relu' },
  },
  depthwise_conv: {
    label: 'Depthwise convolution',
    meaning: 'One patch of weights for each channel on its own.',
    fields: [kernel, stride, padding, activation, batchNorm],
    fresh: { kernel: 3, activation: 'relu' },
  },
  max_pool: {
    label: 'Max pool',
    meaning: 'Keeps the largest of each patch; halves the picture.',
    fields: [poolSize],
    fresh: {},
  },
  average_pool: {
    label: 'Average pool',
    meaning: 'Keeps the mean of each patch; halves the picture.',
    fields: [poolSize],
    fresh: {},
  },
  global_average_pool: {
    label: 'Global average pool',
    meaning: 'One number per channel: its mean over the picture.',
    fields: [],
    fresh: {},
  },
  flatten: {
    label: 'Flatten',
    meaning: 'A picture becomes a row of numbers, for dense layers.',
    fields: [],
    fresh: {},
  },
  activation: {
    label: 'Activation',
    meaning: 'A bend on its own.',
    fields: [{ ...activation, meaning: 'Which one.' }],
    fresh: { activation: 'relu' },
  },
  layer_norm: {
    label: 'Layer norm',
    meaning: 'Keeps each example’s numbers at mean 0 and variance 1.',
    fields: [],
    fresh: {},
  },
  dropout: {
    label: 'Dropout',
    meaning: 'Leaves out a share of the numbers at each step, against overfitting.',
    fields: [
      number('rate', 'Rate', 'Fixed here; where empty it is a knob, to be nudged live.', 'a knob'),
    ],
    fresh: {},
  },
  embedding: {
    label: 'Embedding',
    meaning: 'Each character becomes a vector that is learned.',
    fields: [
      { ...units, meaning: 'Length of each vector.' },
      yesOrNo('positions', 'Positions', 'Also learn a vector for each place in the context.'),
    ],
    fresh: { units: 64, positions: true },
  },
  attention: {
    label: 'Attention',
    meaning: 'Each place looks at the others and takes what it needs.',
    fields: [
      number('heads', 'Heads', 'How many looks at once; must divide the length of the vectors.'),
      yesOrNo('causal', 'Causal', 'Each place sees only itself and those before it.'),
    ],
    fresh: { heads: 4, causal: true },
  },
  residual: {
    label: 'Residual block',
    meaning: 'Layers with a way round them: the input is added to what comes out.',
    fields: [],
    fresh: {
      layers: [{ type: 'layer_norm' }, { type: 'dense', units: 64, activation: 'relu' }],
    },
  },
}

export const LAYER_TYPES = Object.keys(LAYERS) as readonly Layer['type'][]

/** The row of a layer; null where a person wrote a type that does not exist. */
export const rowOf = ({ type }: LayerDraft): LayerRow | null =>
  (LAYERS as Readonly<Record<string, LayerRow>>)[type] ?? null

/** `3`, `3×5`; empty where the config says nothing. */
export const extentText = (value: unknown): string =>
  Array.isArray(value) ? value.join('×') : value === undefined ? '' : String(value)

/** What a person typed as an extent, for the config: a number, two, or the text itself where it is neither. */
export function extentOf(text: string): unknown {
  if (text.trim() === '') return undefined
  const numbers = text
    .trim()
    .split(/\s*[×x*, ]\s*/)
    .map(Number)
  if (numbers.some((one) => !Number.isFinite(one))) return text
  return numbers.length === 1 ? numbers[0] : numbers
}

/** What a person typed as a number, for the config: where it is none the text itself, so that the fault is shown. */
export function numberOf(text: string): unknown {
  const trimmed = text
    .trim()
    .replace('−', '-')
    .replace(/[\u202f ]/g, '')
  if (trimmed === '') return undefined
  return Number.isFinite(Number(trimmed)) ? Number(trimmed) : text
}
