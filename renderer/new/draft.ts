import { assertNever } from '../../core/errors.ts'
import { LOSSES } from '../../core/protocol/config.ts'
import type { LossName } from '../../core/protocol/config.ts'
import { valueAt } from '../../core/protocol/config-schema.ts'
import type { DataDescription } from '../../core/protocol/describe-data.ts'
import { objectAt, put } from './config-path.ts'
import type { ConfigDraft, ConfigPath } from './config-path.ts'
import { nameOf, sourceOf } from './data-source.ts'
import type { Source } from './data-source.ts'
import { withRecipe, withoutStrangers } from './draft-recipe.ts'
import { presetOf, presetsFor, suggestedPreset } from './presets.ts'
import type { Fit, LayerDraft, PresetName } from './presets.ts'

/** A panda on its way. The config is the one truth; the rest says who decided what. */
export interface Draft {
  readonly config: ConfigDraft
  readonly source: Source
  /** What is in the data; null until the host has said so. */
  readonly description: DataDescription | null
  /** The preset that the layers come from; null once a person has changed them. */
  readonly preset: PresetName | null
  /** The last layer's units were set by hand and follow the task no more. */
  readonly isOutputMine: boolean
  readonly isNameMine: boolean
}

export type DraftEvent =
  | { readonly type: 'source-chosen'; readonly source: Source }
  /** The path of a file, or the name of a sample; empty takes it back. */
  | { readonly type: 'data-chosen'; readonly path: ConfigPath; readonly value: string }
  | { readonly type: 'described'; readonly description: DataDescription }
  | { readonly type: 'label-chosen'; readonly label: string }
  | { readonly type: 'loss-chosen'; readonly loss: LossName }
  | { readonly type: 'preset-chosen'; readonly preset: PresetName }
  | { readonly type: 'layers-changed'; readonly layers: readonly LayerDraft[] }
  | { readonly type: 'put'; readonly path: ConfigPath; readonly value: unknown }
  | {
      readonly type: 'recipe-chosen'
      readonly part: 'optimizer' | 'schedule'
      readonly value: string
    }
  /** Written by hand as JSON. */
  | { readonly type: 'replaced'; readonly config: ConfigDraft }

export const EMPTY_DRAFT: Draft = {
  config: {
    seed: 1,
    day: { epochs: 1 },
    evaluate_every: { epochs: 1 },
    checkpoint_every: { minutes: 10 },
  },
  source: 'sample',
  description: null,
  preset: null,
  isOutputMine: false,
  isNameMine: false,
}

export const layersOf = (config: ConfigDraft): readonly LayerDraft[] => {
  const layers = objectAt(config, 'network')['layers']
  return Array.isArray(layers) ? (layers as LayerDraft[]) : []
}

/** The loss of a config; null where it has none that exists. */
export const lossOf = (config: ConfigDraft): LossName | null =>
  LOSSES.find((loss) => loss === config['loss']) ?? null

const NUMBER_LOSSES: readonly LossName[] = ['mean_squared_error', 'mean_absolute_error', 'huber']

/** Is one of some classes predicted, or a number? */
export const taskOf = (config: ConfigDraft): 'classes' | 'number' =>
  NUMBER_LOSSES.some((loss) => loss === config['loss']) ? 'number' : 'classes'

/** How many classes there are to tell apart; null where a number is predicted or nobody knows yet. */
export function classesOf(config: ConfigDraft, description: DataDescription | null): number | null {
  if (description === null || taskOf(config) === 'number') return null
  if (description.kind === 'text') return description.vocabulary
  if (description.classNames !== null) return description.classNames.length
  const label = valueAt(config, ['data', 'label'])
  return description.columns?.find(({ name }) => name === label)?.distinct ?? null
}

/** The losses that suit a task, the usual one first. */
export function lossesFor(task: 'classes' | 'number', classes: number | null): readonly LossName[] {
  if (task === 'number') return NUMBER_LOSSES
  const several = ['sparse_categorical_cross_entropy', 'categorical_cross_entropy'] as const
  return classes === 2 ? ['binary_cross_entropy', ...several] : several
}

/** How many outputs the last layer needs. */
function outputsOf(config: ConfigDraft, description: DataDescription | null): number {
  if (lossOf(config) === 'binary_cross_entropy') return 1
  return classesOf(config, description) ?? 1
}

/** What a preset is cut to; null while the data is not known. */
export const fitOf = ({ config, description }: Pick<Draft, 'config' | 'description'>): Fit | null =>
  description && {
    kind: description.kind,
    featureShape: description.featureShape,
    outputs: outputsOf(config, description),
  }

/** Examples that are trained on. Those of a text are stretches of its context. */
export function trainExamplesOf({ config, description }: Draft): number {
  if (description === null) return 0
  const context = Number(valueAt(config, ['data', 'context']) ?? 64)
  const examples =
    description.kind === 'text'
      ? Math.floor((description.examples - 1) / context)
      : description.examples
  const dev = Math.round(examples * Number(valueAt(config, ['data', 'dev']) ?? 0.2))
  return examples - Math.min(examples - 1, Math.max(1, dev))
}

function withPreset(draft: Draft, preset: PresetName): Draft {
  const fit = fitOf(draft)
  if (fit === null) return draft
  const { layers, training } = presetOf(preset)
  const { schedule: _, ...config } = draft.config
  const network = { initialiser: 'he', ...objectAt(config, 'network'), layers: layers(fit) }
  return {
    ...draft,
    config: withBatchThatFits({ ...config, network, ...training }, trainExamplesOf(draft)),
    preset,
    isOutputMine: false,
  }
}

/** Does the last layer answer with something else than the task asks for? Then a person wants it so. */
const hasOwnOutput = (config: ConfigDraft, description: DataDescription | null): boolean =>
  layersOf(config).at(-1)?.['units'] !== outputsOf(config, description)

/** The last layer answers what the task asks for, unless a person set it. */
function followTask(draft: Draft): Draft {
  const index = layersOf(draft.config).length - 1
  const last = layersOf(draft.config)[index]
  if (draft.isOutputMine || last?.type !== 'dense') return draft
  const outputs = outputsOf(draft.config, draft.description)
  return { ...draft, config: put(draft.config, ['network', 'layers', index, 'units'], outputs) }
}

const NORMALISE = { table: 'feature', images: 'global', text: undefined } as const

function withDescription(draft: Draft, description: DataDescription): Draft {
  const { task, label, kind } = description
  let config = draft.config
  if (sourceOf(config) === 'csv' && label !== null) config = put(config, ['data', 'label'], label)
  if (valueAt(config, ['data', 'normalise']) === undefined) {
    config = put(config, ['data', 'normalise'], NORMALISE[kind])
  }
  config = put(config, ['data', 'dev'], valueAt(config, ['data', 'dev']) ?? 0.2)
  const classes = classesOf({ ...config, loss: undefined }, description)
  const fitting = lossesFor(task === 'number' ? 'number' : 'classes', classes)
  const loss = lossOf(config)
  // A person may see a quantity where the host sees classes, and the other way about.
  const isChosen = kind === 'table' && valueAt(draft.config, ['data', 'label']) === label
  if (loss === null || !(isChosen || fitting.includes(loss)))
    config = { ...config, loss: fitting[0] }
  if (!draft.isNameMine) config = { ...config, name: nameOf(config) }
  const next = { ...draft, config, description }
  const fit = fitOf(next)
  if (fit === null) return next
  const isUntouched = draft.preset !== null || layersOf(config).length === 0
  if (!isUntouched) return followTask(next)
  if (draft.preset === null || !presetsFor(fit).includes(draft.preset)) {
    return withPreset(next, suggestedPreset(fit))
  }
  // Cut anew; how it is trained may have been changed by hand and stays, as far as the data allows.
  const recut = put(config, ['network', 'layers'], presetOf(draft.preset).layers(fit))
  return { ...next, config: withBatchThatFits(recut, trainExamplesOf(next)) }
}

/** A mini-batch that is larger than the data would be refused. */
function withBatchThatFits(config: ConfigDraft, trainExamples: number): ConfigDraft {
  const path = ['hyperparameters', 'batch_size']
  const held = valueAt(config, path)
  const most = Math.max(1, trainExamples)
  return typeof held === 'number' && held > most ? put(config, path, most) : config
}

/** A new source starts its data over: what was said about the old one does not hold for it. */
const withoutData = (draft: Draft, source: Source): Draft => {
  const { data: _, ...config } = draft.config
  return { ...draft, config, source, description: null }
}

/** The only way a draft changes. */
export function reduceDraft(draft: Draft, event: DraftEvent): Draft {
  switch (event.type) {
    case 'source-chosen':
      return event.source === draft.source ? draft : withoutData(draft, event.source)
    case 'data-chosen': {
      const source = event.path[1] as Source
      const kept = source === 'idx' && draft.source === 'idx' ? draft : withoutData(draft, source)
      const value = event.value === '' ? undefined : event.value
      return { ...kept, description: null, config: put(kept.config, event.path, value) }
    }
    case 'described':
      return withDescription(draft, event.description)
    case 'label-chosen':
      // Another column may be another kind of answer: its loss follows from what it holds.
      return {
        ...draft,
        config: put(put(draft.config, ['loss'], undefined), ['data', 'label'], event.label),
      }
    case 'loss-chosen':
      return followTask({ ...draft, config: { ...draft.config, loss: event.loss } })
    case 'preset-chosen':
      return withPreset(draft, event.preset)
    case 'layers-changed': {
      const changed = withoutStrangers(put(draft.config, ['network', 'layers'], event.layers))
      const isOutputMine = hasOwnOutput(changed, draft.description)
      return { ...draft, config: changed, preset: null, isOutputMine }
    }
    case 'put': {
      const config = put(draft.config, event.path, event.value)
      const isNameMine = draft.isNameMine || event.path[0] === 'name'
      return { ...draft, config, isNameMine }
    }
    case 'recipe-chosen':
      return { ...draft, config: withRecipe(draft.config, event.part, event.value) }
    case 'replaced': {
      const source = sourceOf(event.config) ?? draft.source
      const before = JSON.stringify(draft.config['data'])
      const isSameData = JSON.stringify(event.config['data']) === before
      const description = isSameData ? draft.description : null
      return {
        config: event.config,
        source,
        description,
        preset: null,
        isOutputMine: hasOwnOutput(event.config, description),
        isNameMine: event.config['name'] !== undefined,
      }
    }
    default:
      return assertNever(event)
  }
}
