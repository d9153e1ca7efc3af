import type { RawDataset, Split } from '../../data/dataset.ts'
import { loadRawDataset } from '../../data/load.ts'
import { normaliseInto } from '../../data/normalise.ts'
import { PandaError } from '../../errors.ts'
import type { DataConfig } from '../../protocol/config.ts'
import type { EvaluateOptions } from '../../protocol/examine.ts'
import { firstRows } from '../batches.ts'
import { classNamesOf } from './subject.ts'
import type { Subject } from './subject.ts'

type Known = Pick<Subject, 'config' | 'facts' | 'normalisation'>
type LabelledFiles = NonNullable<EvaluateOptions['data']>

/**
 * Examples from files, as the run's network takes them: its classes, its normalisation. Throws
 * `data/unreadable`, or `data/bad-value` where they are not the kind of examples that the run learns from.
 */
export async function readLabelled(
  files: LabelledFiles,
  known: Known,
  places: { readonly base: string; readonly samplesDir: string },
): Promise<Split> {
  const { config, facts, normalisation } = known
  const raw = await loadRawDataset(sourceOf(files, known), config.loss, places)
  if ((raw.vocabulary === null) !== (facts.vocabulary === null)) {
    throw new PandaError(
      'data/bad-value',
      `this run learns from ${facts.vocabulary === null ? 'numbers' : 'a text'}, and the file holds none`,
      'Give the kind of data that the run was created with.',
    )
  }
  if (raw.features !== facts.features) {
    throw new PandaError(
      'data/bad-value',
      `the file has ${raw.features} features per example; this run takes ${facts.features}`,
      'Give examples like those that the run was created with.',
    )
  }
  const x = new Float32Array(raw.count * raw.features)
  if (raw.characters === null) normaliseInto(x, raw, firstRows(raw.count), normalisation)
  else translate(raw.x, x, idsByName([...raw.characters], known))
  return { count: raw.count, x, ...answersOf(raw, known) }
}

/** The files as a config would name them. The split is never made: every example counts. */
function sourceOf(files: LabelledFiles, { config }: Known): DataConfig {
  const unsplit = { dev: 0.5, normalise: 'none' } as const
  if ('images' in files) return { idx: files, ...unsplit }
  if ('text' in files) {
    const context = 'context' in config.data ? config.data.context : 1
    return { text: files.text, context, ...unsplit }
  }
  const label = files.label ?? ('csv' in config.data ? config.data.label : undefined)
  if (label === undefined) {
    throw new PandaError(
      'protocol/bad-request',
      'this run was not created from a CSV file, so its label column is not known',
      'Name the label column of the file.',
    )
  }
  return { csv: files.csv, label, ...unsplit }
}

/** Ids as the file counts them → ids as the run does. A file with fewer classes counts them its own way. */
function idsByName(names: readonly string[], known: Known): Int32Array {
  const own = new Map(classNamesOf(known)?.map((name, id) => [name, id]))
  return Int32Array.from(names, (name) => {
    const id = own.get(name)
    if (id !== undefined) return id
    const list = [...own.keys()].slice(0, 20).join(', ')
    throw new PandaError(
      'data/bad-value',
      `the file has the class ${JSON.stringify(name)}, which this run does not know`,
      `It knows ${list}${own.size > 20 ? ', …' : ''}.`,
    )
  })
}

function answersOf(raw: RawDataset, known: Known): Pick<Split, 'labels' | 'targets'> {
  if (raw.labels === null) return { labels: null, targets: raw.targets }
  const names = raw.characters === null ? raw.classNames : [...raw.characters]
  const present = names ?? Array.from({ length: raw.classes ?? 0 }, (_, id) => String(id))
  const labels = new Int32Array(raw.labels.length)
  translate(raw.labels, labels, idsByName(present, known))
  return { labels, targets: raw.targets && Float32Array.from(labels) }
}

function translate(from: ArrayLike<number>, to: Float32Array | Int32Array, ids: Int32Array): void {
  for (let at = 0; at < from.length; at++) to[at] = ids[from[at]!]!
}
