import type { PandaError } from '../errors.ts'
import type { LossName } from '../protocol/config.ts'
import { columnAt, numberIn, readCsvRows, refuseCsv, sortedClasses } from './csv-rows.ts'
import { INDEPENDENT, MAX_DATASET_BYTES } from './dataset.ts'
import type { RawDataset } from './dataset.ts'
import { aimsAtNumbers, answersFor } from './targets.ts'

const MAX_VALUES = MAX_DATASET_BYTES / Float32Array.BYTES_PER_ELEMENT
const MAX_CLASSES = 100_000

/** Reads a CSV file with a header: numbers, and one column of labels. */
export async function readCsv(file: string, label: string, loss: LossName): Promise<RawDataset> {
  const table = new Table(file, label, loss)
  await readCsvRows(file, table)
  return table.finish()
}

/** Grows by rows. */
class Table {
  readonly #file: string
  readonly #label: string
  readonly #isRegression: boolean
  readonly #loss: LossName
  #columns: readonly string[] = []
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

  header(columns: readonly string[]): void {
    this.#labelAt = columnAt(this.#file, columns, this.#label)
    if (columns.length < 2) throw this.#refuse('data/unreadable', 'has no column but the label')
    this.#columns = columns
  }

  row(values: readonly string[], row: number): void {
    const features = this.#columns.length - 1
    this.#makeRoom((this.#count + 1) * features)
    let to = this.#count * features
    values.forEach((text, at) => {
      if (at !== this.#labelAt) this.#x[to++] = this.#number(text, at, row)
      else if (this.#isRegression) this.#targets.push(this.#number(text, at, row))
      else this.#labels.push(this.#class(text, row))
    })
    this.#count++
  }

  finish(): RawDataset {
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

  #number(text: string, at: number, row: number): number {
    const value = numberIn(text)
    if (!Number.isNaN(value)) return value
    throw this.#refuse(
      'data/bad-value',
      `row ${row}, column "${this.#columns[at] ?? ''}": "${excerpt(text)}" is not a finite number`,
    )
  }

  #class(text: string, row: number): string {
    const name = text.trim()
    if (name !== '') return name
    const where = `row ${row}, column "${this.#label}"`
    throw this.#refuse('data/bad-value', `${where}: the label is empty`)
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
    return refuseCsv(this.#file, code, what)
  }
}

const excerpt = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)
