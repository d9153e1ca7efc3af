import { createReadStream } from 'node:fs'
import { CsvError, parse } from 'csv-parse'
import { PandaError } from '../errors.ts'
import type { LossName } from '../protocol/config.ts'
import { INDEPENDENT, MAX_DATASET_BYTES } from './dataset.ts'
import type { RawDataset } from './dataset.ts'
import { aimsAtNumbers, answersFor } from './targets.ts'

const MAX_VALUES = MAX_DATASET_BYTES / Float32Array.BYTES_PER_ELEMENT
const MAX_CLASSES = 100_000
/** Longer than any row of numbers; a file without line ends must not fill the memory. */
const MAX_RECORD_CHARACTERS = 64 * 2 ** 20

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const INTEGER = /^[+-]?\d+$/

/** Reads a CSV file with a header: numbers, and one column of labels. */
export async function readCsv(file: string, label: string, loss: LossName): Promise<RawDataset> {
  const source = createReadStream(file)
  const records = parse({
    bom: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  })
  source.on('error', (error) => records.destroy(error))
  const table = new Table(file, label, loss)
  try {
    for await (const record of source.pipe(records) as AsyncIterable<string[]>) table.add(record)
  } catch (error) {
    if (error instanceof CsvError) {
      const row = table.rows + 1
      throw new PandaError('data/bad-value', `${file}, row ${row}: ${error.message}`, null, error)
    }
    throw error
  } finally {
    source.destroy()
  }
  return table.finish()
}

/** Grows by rows. Row numbers are a spreadsheet's: from 1, the header and blank lines included. */
class Table {
  rows = 0
  readonly #file: string
  readonly #label: string
  readonly #isRegression: boolean
  readonly #loss: LossName
  #columns: readonly string[] | null = null
  #labelAt = -1
  #count = 0
  #x = new Float32Array(1024)
  readonly #labels: string[] = []
  readonly #targets: number[] = []

  constructor(file: string, label: string, loss: LossName) {
    this.#file = file
    this.#label = label
    this.#loss = loss
    this.#isRegression = aimsAtNumbers(loss)
  }

  add(record: readonly string[]): void {
    this.rows++
    if (record.length === 1 && record[0]?.trim() === '') return
    if (this.#columns === null) this.#readHeader(record)
    else this.#readRow(record, this.#columns)
  }

  finish(): RawDataset {
    if (this.#columns === null) throw this.#refuse('data/unreadable', 'is empty')
    if (this.#count === 0) throw this.#refuse('data/unreadable', 'has a header but no rows')
    const features = this.#columns.length - 1
    const shared = {
      count: this.#count,
      features,
      featureShape: [features],
      featureNames: this.#columns.filter((_, at) => at !== this.#labelAt),
      ...INDEPENDENT,
      x: this.#x.slice(0, this.#count * features),
    }
    if (this.#isRegression) {
      const targets = Float32Array.from(this.#targets)
      return { ...shared, classes: null, classNames: null, labels: null, targets }
    }
    const classNames = sortedClasses(this.#labels)
    if (classNames.length > MAX_CLASSES) {
      throw this.#refuse('data/bad-value', `has ${classNames.length} classes in "${this.#label}"`)
    }
    const ids = new Map(classNames.map((name, id) => [name, id]))
    const labels = Int32Array.from(this.#labels, (name) => ids.get(name) ?? -1)
    return { ...shared, classNames, ...answersFor(this.#loss, labels, classNames.length) }
  }

  #readHeader(record: readonly string[]): void {
    const columns = record.map((name) => name.trim())
    const twice = columns.find((name, at) => columns.indexOf(name) !== at)
    if (twice !== undefined) {
      throw this.#refuse('data/unreadable', `has two columns named "${twice}"`)
    }
    this.#labelAt = columns.indexOf(this.#label)
    if (this.#labelAt < 0) {
      throw new PandaError(
        'data/unreadable',
        `${this.#file} has no column "${this.#label}"`,
        `Its columns are ${columns.slice(0, 20).join(', ')}${columns.length > 20 ? ', …' : ''}.`,
      )
    }
    if (columns.length < 2) throw this.#refuse('data/unreadable', 'has no column but the label')
    this.#columns = columns
  }

  #readRow(record: readonly string[], columns: readonly string[]): void {
    if (record.length !== columns.length) {
      const last = columns[Math.min(record.length, columns.length) - 1] ?? ''
      throw this.#refuse(
        'data/bad-value',
        `row ${this.rows} has ${record.length} values where the header has ${columns.length} columns ` +
          `(the last that fits is "${last}")`,
      )
    }
    const features = columns.length - 1
    this.#makeRoom((this.#count + 1) * features)
    let to = this.#count * features
    record.forEach((text, at) => {
      const column = columns[at] ?? ''
      if (at !== this.#labelAt) this.#x[to++] = this.#number(text, column)
      else if (this.#isRegression) this.#targets.push(this.#number(text, column))
      else this.#labels.push(this.#class(text, column))
    })
    this.#count++
  }

  #number(text: string, column: string): number {
    const trimmed = text.trim()
    const value = NUMBER.test(trimmed) ? Math.fround(Number(trimmed)) : NaN
    if (Number.isFinite(value)) return value
    throw this.#refuse(
      'data/bad-value',
      `row ${this.rows}, column "${column}": "${excerpt(text)}" is not a finite number`,
    )
  }

  #class(text: string, column: string): string {
    const name = text.trim()
    if (name !== '') return name
    throw this.#refuse('data/bad-value', `row ${this.rows}, column "${column}": the label is empty`)
  }

  #makeRoom(values: number): void {
    if (values <= this.#x.length) return
    if (values > MAX_VALUES) {
      throw this.#refuse('data/unreadable', `holds more than ${MAX_VALUES} numbers`)
    }
    const larger = new Float32Array(Math.min(MAX_VALUES, Math.max(values, this.#x.length * 2)))
    larger.set(this.#x)
    this.#x = larger
  }

  #refuse(code: 'data/unreadable' | 'data/bad-value', what: string): PandaError {
    return new PandaError(
      code,
      `${this.#file}: ${what}`,
      'Give a CSV file with a header, numbers in every column, and a label column.',
    )
  }
}

const excerpt = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** Integers in their own order, anything else by code points, so that ids never depend on a locale. */
function sortedClasses(labels: readonly string[]): readonly string[] {
  const names = [...new Set(labels)]
  if (names.every((name) => INTEGER.test(name))) {
    return names.sort((a, b) => Number(a) - Number(b) || byCodeUnits(a, b))
  }
  return names.sort(byCodeUnits)
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
