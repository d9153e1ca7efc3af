import { valueAt } from '../../../core/protocol/config-schema.ts'
import { objectAt } from '../../new/config-path.ts'
import type { ConfigDraft } from '../../new/config-path.ts'
import { SAMPLES, fileNameOf } from '../../new/data-source.ts'
import { layersOf } from '../../new/draft.ts'
import { defaultsOf } from '../../new/draft-recipe.ts'
import { rowOf } from '../../new/layer-fields.ts'
import { layerWords } from '../../new/layer-words.ts'
import type { LayerDraft } from '../../new/presets.ts'
import { OPTIMIZER_WORDS } from '../../new/words.ts'
import { formatCount, formatSetting } from '../../ui/format.ts'
import type { StudyDraft } from './study-draft.ts'

export interface Line {
  readonly term: string
  readonly words: string
}

const label = (layer: LayerDraft): string => {
  const name = rowOf(layer)?.label ?? layer.type
  const words = layerWords(layer)
  return words === '' ? name : `${name} ${words}`
}

/** Longer networks are told by their ends. */
const TOLD = 5

function networkWords(config: ConfigDraft): string {
  const layers = layersOf(config)
  if (layers.length === 0) return 'none'
  if (layers.length <= TOLD) return layers.map(label).join(' → ')
  const ends = [...layers.slice(0, 2).map(label), '…', ...layers.slice(-1).map(label)]
  return `${layers.length} layers: ${ends.join(' → ')}`
}

function dataWords(config: ConfigDraft): string {
  const data = objectAt(config, 'data')
  const { sample } = data
  if (sample === 'digits' || sample === 'sonnets') return SAMPLES[sample].label
  const path = data['csv'] ?? data['text'] ?? valueAt(data, ['idx', 'images'])
  return typeof path === 'string' ? fileNameOf(path) : 'none'
}

/** A file of the data whose path does not say where it begins; null where there is none. */
export function relativePathIn(config: ConfigDraft): string | null {
  const { csv, text, idx } = objectAt(config, 'data')
  const paths = [csv, text, ...Object.values(objectAt({ idx }, 'idx'))]
  const isRelative = (path: unknown): path is string =>
    typeof path === 'string' && !/^([/\\]|[a-z]:[/\\])/i.test(path)
  return paths.find(isRelative) ?? null
}

/** The folder to send along, where something is relative to it. */
export const baseOf = ({ run, base }: Pick<StudyDraft, 'run' | 'base'>): { base?: string } =>
  base.trim() === '' || run === null || relativePathIn(run) === null ? {} : { base: base.trim() }

/** Where the data are: in the file of the run that all began with, else where the config names them. */
export const dataPlaceOf = (
  draft: Pick<StudyDraft, 'origin' | 'run' | 'base'>,
): { readonly run: string } | { readonly base?: string } =>
  draft.origin?.kind === 'run' ? { run: draft.origin.run } : baseOf(draft)

/** What the trials train, in a few lines. */
export function baseWords(config: ConfigDraft, trainExamples: number | null): readonly Line[] {
  const held = objectAt(config, 'hyperparameters')['learning_rate']
  const rate = typeof held === 'number' ? held : defaultsOf(config).learning_rate
  const optimizer = config['optimizer'] as keyof typeof OPTIMIZER_WORDS
  const name = OPTIMIZER_WORDS[optimizer]?.label ?? 'Adam'
  return [
    { term: 'Data', words: dataWords(config) },
    {
      term: 'Trained on',
      words: trainExamples === null ? '—' : `${formatCount(trainExamples)} examples`,
    },
    { term: 'Network', words: networkWords(config) },
    { term: 'Optimizer', words: `${name}, α ${formatSetting(rate ?? 0)}` },
  ]
}
