import transformer from '../../examples/character-transformer.json'
import lenet from '../../examples/lenet.json'
import resnet from '../../examples/resnet.json'
import type { DataDescription } from '../../core/protocol/describe-data.ts'
import type { ConfigDraft } from './config-path.ts'

/** What a network of a preset is cut to. */
export interface Fit {
  readonly kind: DataDescription['kind']
  readonly featureShape: readonly number[]
  /** What the last layer has to answer with. */
  readonly outputs: number
}

/** A layer as it stands in a config. */
export type LayerDraft = { readonly type: string; readonly [key: string]: unknown }

interface Preset {
  readonly label: string
  readonly meaning: string
  readonly fits: (fit: Fit) => boolean
  readonly layers: (fit: Fit) => readonly LayerDraft[]
  /** What it is best trained with. */
  readonly training: ConfigDraft
}

const dense = (units: number, more: Readonly<Record<string, unknown>> = {}): LayerDraft => ({
  type: 'dense',
  units,
  ...more,
})

/** An example's layers, its last one answering what this data asks for. */
const withOutputs = (layers: readonly LayerDraft[], outputs: number): readonly LayerDraft[] => [
  ...layers.slice(0, -1),
  dense(outputs),
]

const notText = ({ kind }: Fit): boolean => kind !== 'text'
const size = ({ featureShape }: Fit): number => featureShape.reduce((a, b) => a * b, 1)
const isImage = ({ kind, featureShape }: Fit): boolean =>
  kind === 'images' && featureShape.length === 2
const isText = ({ kind }: Fit): boolean => kind === 'text'

/** Hidden units by how much there is to look at: 256 and 128 for a digit, fewer for a narrow table. */
const widths = (fit: Fit): readonly [number, number] => {
  if (size(fit) >= 128) return [256, 128]
  return size(fit) >= 16 ? [128, 64] : [64, 32]
}

const adam = (learningRate: number): ConfigDraft => ({
  optimizer: 'adam',
  hyperparameters: { learning_rate: learningRate, batch_size: 64 },
})

/** LeNet's second convolution adds nothing at the edges; a small picture can't spare them. */
const SPARES_EDGES = 20

export const PRESETS = {
  linear: {
    label: 'No hidden layer',
    meaning: 'Softmax, logistic or linear regression. Fast, and the mark for others to beat.',
    fits: notText,
    layers: ({ outputs }) => [dense(outputs)],
    training: adam(0.001),
  },
  mlp: {
    label: 'Two hidden layers',
    meaning: 'The all-rounder for tables and small pictures. Start here.',
    fits: notText,
    layers: (fit) => [
      ...widths(fit).map((units) => dense(units, { activation: 'relu' })),
      dense(fit.outputs),
    ],
    training: adam(0.001),
  },
  'mlp-batch-norm': {
    label: 'Two hidden layers, batch norm',
    meaning: 'The same, with each layer’s numbers kept at one scale: bears larger learning rates.',
    fits: notText,
    layers: (fit) => [
      ...widths(fit).map((units) => dense(units, { activation: 'relu', batch_norm: true })),
      dense(fit.outputs),
    ],
    training: adam(0.001),
  },
  lenet: {
    label: 'Convolutions (LeNet)',
    meaning: 'Looks at small patches first. Better on pictures, and a few times slower.',
    fits: (fit) => isImage(fit) && Math.min(...fit.featureShape) >= 4,
    layers: ({ featureShape, outputs }) =>
      withOutputs(
        lenet.network.layers.map((layer) => {
          const isTight = Math.min(...featureShape) < SPARES_EDGES
          return isTight && 'padding' in layer ? { ...layer, padding: 'same' } : layer
        }),
        outputs,
      ),
    training: adam(0.001),
  },
  resnet: {
    label: 'Small residual network',
    meaning: 'Three residual blocks with batch norm. The most accurate here, and the slowest.',
    fits: isImage,
    layers: ({ outputs }) => withOutputs(resnet.network.layers, outputs),
    training: {
      optimizer: resnet.optimizer,
      schedule: resnet.schedule,
      hyperparameters: resnet.hyperparameters,
    },
  },
  bigram: {
    label: 'One character back',
    meaning: 'Guesses from the last character alone. Fast, and the mark for others to beat.',
    fits: isText,
    layers: ({ outputs }) => [{ type: 'embedding', units: 64 }, dense(outputs)],
    training: adam(0.003),
  },
  transformer: {
    label: 'Character transformer',
    meaning: 'Two blocks of attention that look back over the whole context. Start here.',
    fits: isText,
    layers: ({ outputs }) => withOutputs(transformer.network.layers, outputs),
    training: {
      optimizer: transformer.optimizer,
      schedule: transformer.schedule,
      hyperparameters: transformer.hyperparameters,
    },
  },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof PRESETS

/** The row of a preset, its type widened so that code can treat all rows alike. */
export const presetOf = (name: PresetName): Preset => PRESETS[name]

/** The presets that suit the data, simplest first. */
export const presetsFor = (fit: Fit): readonly PresetName[] =>
  (Object.keys(PRESETS) as PresetName[]).filter((name) => presetOf(name).fits(fit))

/** What to begin with where nobody has chosen. */
export const suggestedPreset = (fit: Fit): PresetName => (isText(fit) ? 'transformer' : 'mlp')
