import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { CsvError, parse } from 'csv-parse'
import { loadRawDataset } from '../data/load.ts'
import type { RawDataset } from '../data/dataset.ts'
import { PandaError } from '../errors.ts'
import type {
  ColumnDescription,
  DataDescription,
  DescribeRequest,
} from '../protocol/describe-data.ts'
import type { TaskOf } from './worker-task.ts'

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const INTEGER = /^[+-]?\d+$/
const SHOWN_ROWS = 8
const SHOWN_PICTURES = 12
const MOST_DISTINCT = 1_001
/** As many classes as anyone tells apart by whole numbers; more are a quantity. */
const MOST_NUMBERED_CLASSES = 50
const LABEL_NAMES = new Set(['label', 'labels', 'target', 'class', 'y', 'outcome'])

/** What is in the data of a run that is not made yet. Throws `data/*` as creating it would. */
export async function describeData({
  request,
  samplesDir,
}: TaskOf<'data:describe'>): Promise<DataDescription> {
  const { data, base = '.' } = request
  if ('csv' in data) return describeTable(path.resolve(base, data.csv), data.label)
  if ('text' in data || ('sample' in data && data.sample === 'sonnets')) {
    return describeText(data, base, samplesDir)
  }
  const raw = await loadRawDataset(
    { ...data, dev: 0.2, normalise: 'none' } as Parameters<typeof loadRawDataset>[0],
    'sparse_categorical_cross_entropy',
    { base, samplesDir },
  )
  return describePictures(raw)
}

const NO_TABLE = { columns: null, rows: null, label: null } as const

async function describeText(
  data: DescribeRequest['data'],
  base: string,
  samplesDir: string,
): Promise<DataDescription> {
  const file =
    'text' in data ? path.resolve(base, data.text) : path.join(samplesDir, 'sonnets.txt.gz')
  try {
    await stat(file)
  } catch (error) {
    throw new PandaError('data/unreadable', `${file} cannot be read`, 'Check the path.', error)
  }
  const bytes = await readFile(file)
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch (error) {
    throw new PandaError(
      'data/unreadable',
      `${file} is not a UTF-8 text`,
      'Save it as UTF-8.',
      error,
    )
  }
  const characters = new Set<string>()
  let count = 0
  for (const character of text) {
    characters.add(character)
    count += 1
  }
  return {
    kind: 'text',
    examples: count,
    featureShape: [],
    vocabulary: characters.size,
    ...NO_TABLE,
    task: null,
    classNames: null,
    pictures: null,
  }
}

function describePictures(raw: RawDataset): DataDescription {
  const names = raw.classNames ?? Array.from({ length: raw.classes ?? 0 }, (_, id) => String(id))
  const scale = raw.x instanceof Uint8Array ? 255 : 1
  const shown = new Map<number, number[]>()
  for (let index = 0; index < raw.count && shown.size < names.length; index++) {
    const id = raw.labels?.[index] ?? -1
    if (!shown.has(id)) shown.set(id, [index])
  }
  const firsts = [...shown.entries()].toSorted(([a], [b]) => a - b).flatMap(([, rows]) => rows)
  const rest = Array.from({ length: Math.min(raw.count, SHOWN_PICTURES) }, (_, index) => index)
  const rows = [...new Set([...firsts, ...rest])].slice(0, SHOWN_PICTURES)
  return {
    kind: 'images',
    examples: raw.count,
    featureShape: raw.featureShape,
    vocabulary: null,
    ...NO_TABLE,
    task: 'classes',
    classNames: names,
    pictures: rows.map((index) => ({
      pixels: Float32Array.from(
        raw.x.subarray(index * raw.features, (index + 1) * raw.features),
        (value) => value / scale,
      ),
      label: names[raw.labels?.[index] ?? -1] ?? '',
    })),
  }
}

/** What is seen of one column while a table is read. */
class Column {
  readonly name: string
  readonly values = new Set<string>()
  blank = 0
  isNumbers = true
  isWhole = true
  least = Infinity
  greatest = -Infinity

  constructor(name: string) {
    this.name = name
  }

  add(text: string): void {
    const trimmed = text.trim()
    if (trimmed === '') {
      this.blank += 1
      return
    }
    if (this.values.size < MOST_DISTINCT) this.values.add(trimmed)
    if (!INTEGER.test(trimmed)) this.isWhole = false
    if (!NUMBER.test(trimmed)) this.isNumbers = false
    else {
      const value = Number(trimmed)
      this.least = Math.min(this.least, value)
      this.greatest = Math.max(this.greatest, value)
    }
  }

  get hasClasses(): boolean {
    if (this.values.size < 2) return false
    if (!this.isNumbers) return this.values.size < MOST_DISTINCT
    return this.isWhole && this.values.size <= MOST_NUMBERED_CLASSES
  }

  describe(): ColumnDescription {
    const hasNumbers = this.isNumbers && this.values.size > 0
    return {
      name: this.name,
      kind: hasNumbers ? 'numbers' : 'words',
      distinct: this.values.size,
      blank: this.blank,
      least: hasNumbers ? this.least : null,
      greatest: hasNumbers ? this.greatest : null,
    }
  }

  /** In the order that training gives their ids. */
  classNames(): readonly string[] {
    const names = [...this.values]
    if (names.every((name) => INTEGER.test(name))) {
      return names.sort((a, b) => Number(a) - Number(b) || byCodeUnits(a, b))
    }
    return names.sort(byCodeUnits)
  }
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function likeliestLabel(columns: readonly Column[]): Column | undefined {
  return (
    columns.findLast(({ name }) => LABEL_NAMES.has(name.toLowerCase())) ??
    columns.findLast(({ isNumbers, hasClasses }) => !isNumbers && hasClasses) ??
    columns.findLast(({ hasClasses }) => hasClasses) ??
    columns.findLast(({ isNumbers, values }) => isNumbers && values.size > 1)
  )
}

async function describeTable(file: string, wanted: string | undefined): Promise<DataDescription> {
  let columns: readonly Column[] | null = null
  const rows: string[][] = []
  let count = 0
  for await (const record of recordsOf(file)) {
    if (record.length === 1 && record[0]?.trim() === '') continue
    if (columns === null) {
      columns = record.map((name) => new Column(name.trim()))
      continue
    }
    columns.forEach((column, at) => column.add(record[at] ?? ''))
    if (rows.length < SHOWN_ROWS) rows.push(record)
    count += 1
  }
  if (columns === null || count === 0) {
    throw new PandaError(
      'data/unreadable',
      `${file} has no rows`,
      'Give a CSV file with a header and at least two rows.',
    )
  }
  const known = columns
  const label =
    wanted === undefined ? likeliestLabel(known) : known.find(({ name }) => name === wanted)
  if (wanted !== undefined && label === undefined) {
    throw new PandaError(
      'data/unreadable',
      `${file} has no column "${wanted}"`,
      `Its columns are ${known
        .slice(0, 20)
        .map(({ name }) => name)
        .join(', ')}.`,
    )
  }
  return {
    kind: 'table',
    examples: count,
    featureShape: [known.length - 1],
    vocabulary: null,
    columns: known.map((column) => column.describe()),
    rows,
    label: label?.name ?? null,
    task: label === undefined ? null : label.hasClasses ? 'classes' : 'number',
    classNames: label?.hasClasses ? label.classNames() : null,
    pictures: null,
  }
}

async function* recordsOf(file: string): AsyncGenerator<string[]> {
  const source = createReadStream(file)
  const records = parse({ bom: true, relax_column_count: true, max_record_size: 64 * 2 ** 20 })
  source.on('error', (error) => records.destroy(error))
  try {
    for await (const record of source.pipe(records) as AsyncIterable<string[]>) yield record
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    const remedy =
      error instanceof CsvError ? 'Give a CSV file, with commas, in UTF-8.' : 'Check the path.'
    throw new PandaError('data/unreadable', `${file}: ${what}`, remedy, error)
  } finally {
    source.destroy()
  }
}
