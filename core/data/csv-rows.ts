import { createReadStream } from 'node:fs'
import { CsvError, parse } from 'csv-parse'
import { PandaError } from '../errors.ts'

/** Longer than any row of numbers; a file without line ends must not fill the memory. */
const MAX_RECORD_CHARACTERS = 64 * 2 ** 20

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const INTEGER = /^[+-]?\d+$/

/** What is told of a CSV file, in the order of its lines. */
export interface CsvListener {
  header(columns: readonly string[]): void
  /** `row` is a spreadsheet's: from 1, the header and blank lines included. */
  row(values: readonly string[], row: number): void
}

/**
 * Reads a CSV file with a header; blank lines are left out. Throws `data/unreadable` for one without rows
 * or with two columns of one name, `data/bad-value` for a row that does not fit the header.
 */
export async function readCsvRows(file: string, listener: CsvListener): Promise<void> {
  const source = createReadStream(file)
  const records = parse({
    bom: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  })
  source.on('error', (error) => records.destroy(error))
  let columns: readonly string[] | null = null
  let row = 0
  let count = 0
  try {
    for await (const record of source.pipe(records) as AsyncIterable<string[]>) {
      row++
      if (record.length === 1 && record[0]?.trim() === '') continue
      if (columns === null) {
        columns = headerOf(file, record)
        listener.header(columns)
        continue
      }
      if (record.length !== columns.length) throw ragged(file, row, record, columns)
      listener.row(record, row)
      count++
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new PandaError('data/bad-value', `${file}, row ${row + 1}: ${error.message}`, null, error)
  } finally {
    source.destroy()
  }
  if (columns === null) throw refuseCsv(file, 'data/unreadable', 'is empty')
  if (count === 0) throw refuseCsv(file, 'data/unreadable', 'has a header but no rows')
}

function headerOf(file: string, record: readonly string[]): readonly string[] {
  const columns = record.map((name) => name.trim())
  const twice = columns.find((name, at) => columns.indexOf(name) !== at)
  if (twice === undefined) return columns
  throw refuseCsv(file, 'data/unreadable', `has two columns named "${twice}"`)
}

function ragged(file: string, row: number, values: readonly string[], columns: readonly string[]) {
  const last = columns[Math.min(values.length, columns.length) - 1] ?? ''
  return refuseCsv(
    file,
    'data/bad-value',
    `row ${row} has ${values.length} values where the header has ${columns.length} columns ` +
      `(the last that fits is "${last}")`,
  )
}

/** Where a column is. Throws `data/unreadable` with the names that there are. */
export function columnAt(file: string, columns: readonly string[], name: string): number {
  const at = columns.indexOf(name)
  if (at >= 0) return at
  throw new PandaError(
    'data/unreadable',
    `${file} has no column "${name}"`,
    `Its columns are ${columns.slice(0, 20).join(', ')}${columns.length > 20 ? ', …' : ''}.`,
  )
}

export const refuseCsv = (
  file: string,
  code: 'data/unreadable' | 'data/bad-value',
  what: string,
): PandaError =>
  new PandaError(
    code,
    `${file}: ${what}`,
    'Give a CSV file with a header, numbers in every column, and a label column.',
  )

/** The number that a text says, as a network takes it; NaN where it says none that is finite. */
export function numberIn(text: string): number {
  const trimmed = text.trim()
  const value = NUMBER.test(trimmed) ? Math.fround(Number(trimmed)) : NaN
  return Number.isFinite(value) ? value : NaN
}

export const isWholeNumber = (text: string): boolean => INTEGER.test(text)

/** Integers in their own order, anything else by code points, so that ids never depend on a locale. */
export function sortedClasses(labels: Iterable<string>): readonly string[] {
  const names = [...new Set(labels)]
  if (names.every(isWholeNumber)) {
    return names.sort((a, b) => Number(a) - Number(b) || byCodeUnits(a, b))
  }
  return names.sort(byCodeUnits)
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
