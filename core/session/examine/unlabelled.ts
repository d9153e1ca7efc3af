import { createReadStream } from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse'
import { INDEPENDENT } from '../../data/dataset.ts'
import type { RawDataset } from '../../data/dataset.ts'
import { readIdxArray } from '../../data/idx.ts'
import { normaliseInto } from '../../data/normalise.ts'
import { PandaError } from '../../errors.ts'
import type { PredictRequest } from '../../protocol/examine.ts'
import { firstRows } from '../batches.ts'
import type { Subject } from './subject.ts'

type Known = Pick<Subject, 'config' | 'facts' | 'normalisation'>
type Unlabelled = Exclude<PredictRequest['data'], { readonly text: string }>

/** Examples without answers, normalised as the network takes them. */
export interface Features {
  readonly count: number
  readonly x: Float32Array
}

/** Throws `data/unreadable`, or `data/bad-value` where the examples are not of the run's shape. */
export async function readFeatures(
  given: Unlabelled,
  known: Known,
  base: string,
): Promise<Features> {
  const { count, x } = await readRaw(given, known, base)
  const { features, featureShape } = known.facts
  const raw: RawDataset = {
    count,
    features,
    featureShape,
    classes: null,
    classNames: null,
    ...INDEPENDENT,
    x,
    labels: null,
    targets: null,
  }
  const normalised = new Float32Array(count * features)
  normaliseInto(normalised, raw, firstRows(count), known.normalisation)
  return { count, x: normalised }
}

async function readRaw(given: Unlabelled, { config, facts }: Known, base: string) {
  const { features } = facts
  if ('rows' in given) {
    const x = tableOf(given.rows, features, (row) => `row ${row + 1}`)
    return { count: given.rows.length, x }
  }
  if ('images' in given) {
    const file = path.resolve(base, given.images)
    const { shape, bytes } = await readable(file, () => readIdxArray(file))
    const count = shape[0] ?? 0
    const size = bytes.length / Math.max(1, count)
    if (count === 0 || size !== features) throw wrongWidth(file, size, features)
    return { count, x: bytes }
  }
  const file = path.resolve(base, given.csv)
  const label = 'csv' in config.data ? config.data.label : null
  const rows = await readable(file, () => readTable(file, label))
  if (rows.length === 0) {
    throw new PandaError('data/unreadable', `${file}: has no rows below its header`, null)
  }
  return { count: rows.length, x: tableOf(rows, features, (row) => `${file}, row ${row + 2}`) }
}

const wrongWidth = (where: string, width: number, features: number): PandaError =>
  new PandaError(
    'data/bad-value',
    `${where}: there are ${width} values per example; this run takes ${features}`,
    'Give the features in the order that the run was created with, without the label.',
  )

function tableOf(
  rows: readonly (readonly number[])[],
  features: number,
  where: (row: number) => string,
): Float32Array {
  const x = new Float32Array(rows.length * features)
  rows.forEach((row, index) => {
    if (row.length !== features) throw wrongWidth(where(index), row.length, features)
    x.set(row, index * features)
    const bad = row.findIndex((value) => !Number.isFinite(Math.fround(value)))
    if (bad < 0) return
    throw new PandaError(
      'data/bad-value',
      `${where(index)}: value ${bad + 1} is not a finite number`,
      null,
    )
  })
  return x
}

/** The numbers of a CSV file below its header, without the label column if it stands in it. */
async function readTable(file: string, label: string | null): Promise<number[][]> {
  const source = createReadStream(file)
  const records = parse({ bom: true, relax_column_count: true, skip_empty_lines: true })
  source.on('error', (error) => records.destroy(error))
  const rows: number[][] = []
  let labelAt: number | null = null
  for await (const record of source.pipe(records) as AsyncIterable<string[]>) {
    if (labelAt === null) {
      labelAt = record.findIndex((name) => name.trim() === label)
      continue
    }
    const kept = record.filter((_, column) => column !== labelAt)
    rows.push(kept.map((text) => (text.trim() === '' ? NaN : Number(text))))
  }
  return rows
}

async function readable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof PandaError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PandaError('data/unreadable', `${file} could not be read: ${reason}`, null, error)
  }
}
