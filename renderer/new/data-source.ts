import { describeRequest } from '../../core/protocol/describe-data.ts'
import type { DescribeRequest } from '../../core/protocol/describe-data.ts'
import { valueAt } from '../../core/protocol/config-schema.ts'
import type { ConfigDraft } from './config-path.ts'

/** Where data can come from, as a person chooses it. */
export const SOURCES = ['sample', 'csv', 'idx', 'text'] as const
export type Source = (typeof SOURCES)[number]

export const SOURCE_WORDS: {
  readonly [S in Source]: { readonly label: string; readonly meaning: string }
} = {
  sample: {
    label: 'A sample',
    meaning: 'Comes with Panda. Good for a first run, and for trying a network out.',
  },
  csv: {
    label: 'A table (CSV)',
    meaning: 'One example per line, names of the columns in the first. One column is predicted.',
  },
  idx: {
    label: 'Pictures (IDX)',
    meaning: 'Two files, as MNIST has them: the pictures, and the label of each. May be gzipped.',
  },
  text: {
    label: 'A text',
    meaning: 'Plain text. The network learns to say which character comes next.',
  },
}

export const SAMPLES = {
  digits: {
    label: 'Handwritten digits',
    meaning: '10 000 pictures of 28 × 28 pixels, ten classes.',
  },
  sonnets: { label: 'Shakespeare’s sonnets', meaning: 'About 94 000 characters of verse.' },
} as const
export type SampleName = keyof typeof SAMPLES

/** Which source a config names; null where it names none. */
export const sourceOf = (config: ConfigDraft): Source | null =>
  SOURCES.find((source) => valueAt(config, ['data', source]) !== undefined) ?? null

/** What to ask the host about the data of a config; null while something of it is missing. */
export function describeRequestOf(config: ConfigDraft): DescribeRequest | null {
  const source = sourceOf(config)
  if (source === null) return null
  const label = valueAt(config, ['data', 'label'])
  const parsed = describeRequest.safeParse({
    data: {
      [source]: valueAt(config, ['data', source]),
      ...(source === 'csv' && label !== undefined ? { label } : {}),
    },
  })
  return parsed.success ? parsed.data : null
}

/** The last part of a path, as either system writes it. */
export const fileNameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

/** What a file that was dropped is for, by its name. */
export type FileRole = 'csv' | 'images' | 'labels' | 'text'

/** Null where the name does not tell. */
export function roleOf(name: string): FileRole | null {
  const lower = name.toLowerCase().replace(/\.gz$/, '')
  if (/\.(csv|tsv)$/.test(lower)) return 'csv'
  if (/idx1|labels/.test(lower) && /ubyte|idx/.test(lower)) return 'labels'
  if (/idx3|images/.test(lower) && /ubyte|idx/.test(lower)) return 'images'
  if (/\.(txt|text|md)$/.test(lower)) return 'text'
  return null
}

/** Where in the config the path of such a file stands. */
export const ROLE_PATHS = {
  csv: ['data', 'csv'],
  text: ['data', 'text'],
  images: ['data', 'idx', 'images'],
  labels: ['data', 'idx', 'labels'],
} as const satisfies { readonly [R in FileRole]: readonly string[] }

/** A name for a run on this data: the file's own, kept to what a run may be called. */
export function nameOf(config: ConfigDraft): string {
  const source = sourceOf(config)
  const value =
    source === 'idx'
      ? valueAt(config, ['data', 'idx', 'images'])
      : source && valueAt(config, ['data', source])
  const stem = fileNameOf(String(value ?? ''))
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]{1,5}$/, '')
  const kept = stem
    .replace(/[^\p{L}\p{N} ._-]/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 60)
  return kept === '' ? 'panda' : kept
}
