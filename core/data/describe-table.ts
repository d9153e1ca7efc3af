import type { ColumnDescription, DataDescription } from '../protocol/describe-data.ts'
import { columnAt, isWholeNumber, numberIn, readCsvRows, sortedClasses } from './csv-rows.ts'

const SHOWN_ROWS = 8
const MOST_DISTINCT = 1_001
/** As many classes as anyone tells apart by whole numbers; more are a quantity. */
const MOST_NUMBERED_CLASSES = 50
const LABEL_NAMES = new Set(['label', 'labels', 'target', 'class', 'outcome'])

/** What is seen of one column while a table is read. */
class Column {
  readonly name: string
  readonly #values = new Set<string>()
  #blank = 0
  #areNumbers = true
  #areWhole = true
  #least = Infinity
  #greatest = -Infinity

  constructor(name: string) {
    this.name = name
  }

  add(text: string): void {
    const trimmed = text.trim()
    if (trimmed === '') {
      this.#blank += 1
      return
    }
    if (this.#values.size < MOST_DISTINCT) this.#values.add(trimmed)
    if (!isWholeNumber(trimmed)) this.#areWhole = false
    const value = numberIn(trimmed)
    if (Number.isNaN(value)) this.#areNumbers = false
    // As written, rather than as float32 has it.
    this.#least = Math.min(this.#least, Number(trimmed))
    this.#greatest = Math.max(this.#greatest, Number(trimmed))
  }

  get hasNumbers(): boolean {
    return this.#areNumbers && this.#values.size > 0
  }

  get varies(): boolean {
    return this.#values.size > 1
  }

  /** Is telling its values apart the task? Else it is a quantity. */
  get hasClasses(): boolean {
    if (!this.hasNumbers) return this.#values.size > 0
    return this.#areWhole && this.#values.size <= MOST_NUMBERED_CLASSES
  }

  /** Few enough values to be what a person would predict. */
  get hasFewClasses(): boolean {
    return this.varies && this.hasClasses && this.#values.size < MOST_DISTINCT
  }

  describe(): ColumnDescription {
    return {
      name: this.name,
      kind: this.hasNumbers ? 'numbers' : 'words',
      distinct: this.#values.size,
      blank: this.#blank,
      least: this.hasNumbers ? this.#least : null,
      greatest: this.hasNumbers ? this.#greatest : null,
    }
  }

  /** In the order that training gives their ids; null where there are too many to have kept. */
  classNames(): readonly string[] | null {
    return this.#values.size < MOST_DISTINCT ? sortedClasses(this.#values) : null
  }
}

/**
 * What a person would predict: a column whose name says so, else the last with few different values, else
 * the last with numbers. `y` is as often a coordinate: it says so only as the last column.
 */
function likeliestLabel(columns: readonly Column[]): Column | undefined {
  const last = columns.at(-1)
  return (
    columns.findLast(({ name, varies }) => varies && LABEL_NAMES.has(name.toLowerCase())) ??
    (last?.name.toLowerCase() === 'y' && last.varies ? last : undefined) ??
    columns.findLast((column) => column.hasFewClasses) ??
    columns.findLast((column) => column.varies && column.hasNumbers)
  )
}

/**
 * What is in a CSV file: its columns, first rows, and what could be predicted, or of that the column
 * `wanted`. Throws `data/*` as reading it for a run would, but takes words and blanks anywhere: they are
 * told.
 */
export async function describeTable(
  file: string,
  wanted: string | undefined,
): Promise<DataDescription> {
  let columns: readonly Column[] = []
  const rows: (readonly string[])[] = []
  let count = 0
  await readCsvRows(file, {
    header: (names) => {
      if (wanted !== undefined) columnAt(file, names, wanted)
      columns = names.map((name) => new Column(name))
    },
    row: (values) => {
      columns.forEach((column, at) => column.add(values[at] ?? ''))
      if (rows.length < SHOWN_ROWS) rows.push([...values])
      count += 1
    },
  })
  const label =
    wanted === undefined ? likeliestLabel(columns) : columns.find(({ name }) => name === wanted)
  return {
    kind: 'table',
    examples: count,
    featureShape: [columns.length - 1],
    vocabulary: null,
    columns: columns.map((column) => column.describe()),
    rows,
    label: label?.name ?? null,
    task: label === undefined ? null : label.hasClasses ? 'classes' : 'number',
    classNames: label?.hasClasses === true ? label.classNames() : null,
    pictures: null,
  }
}
