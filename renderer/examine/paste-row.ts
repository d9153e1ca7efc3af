import { formatCount } from '../ui/format.ts'

/** What was read from pasted text: a row's cells with what is wrong with each, or why it is no row. */
export type PastedRow =
  | {
      readonly ok: true
      readonly cells: readonly string[]
      readonly faults: readonly (string | null)[]
    }
  | { readonly ok: false; readonly fault: string }

/** The cells of one line; quotes hold separators together, and two of them are one. */
function split(line: string, separator: string): string[] {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    if (character === '"' && isQuoted && line[at + 1] === '"') {
      cell += '"'
      at += 1
    } else if (character === '"' && (isQuoted || cell.trim() === '')) isQuoted = !isQuoted
    else if (character === separator && !isQuoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += character
  }
  return [...cells, cell.trim()]
}

/** As spreadsheets copy (tab), as files are written (comma, semicolon), or as printed (spaces). */
function separated(lines: readonly string[]): { rows: string[][]; separator: string } {
  const [first = ''] = lines
  const separator = ['\t', ';', ','].find((one) => first.includes(one)) ?? ' '
  const rows = lines.map((line) =>
    split(separator === ' ' ? line.trim().replace(/\s+/g, ' ') : line, separator),
  )
  return { rows, separator }
}

/** Reads a number as people write it; NaN where it is none. */
export function readNumber(text: string, isCommaDecimal = false): number {
  const plain = text
    .trim()
    .replace('−', '-')
    .replace(/[\u202f\u00a0']/g, '')
  const dotted = isCommaDecimal && !plain.includes('.') ? plain.replace(',', '.') : plain
  return dotted === '' ? Number.NaN : Number(dotted)
}

/** What is wrong with a cell, as a sentence; null where it is a number that a network takes. */
export function faultOf(text: string): string | null {
  if (text.trim() === '') return 'A number is missing.'
  const value = Math.fround(readNumber(text))
  if (Number.isNaN(value)) return 'This is not a number.'
  return Number.isFinite(value) ? null : 'This number is too large.'
}

const isNumber = (text: string, isCommaDecimal: boolean) =>
  text === '' || !Number.isNaN(readNumber(text, isCommaDecimal))

const sameName = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

const refused = (fault: string): PastedRow => ({ ok: false, fault })

/**
 * Reads one row: cells with comma, semicolon, tab or spaces between them, alone or below a header. With a header the
 * cells go where their names say, in any order, and columns the run does not take are left out; of several rows
 * the first is read. `names` are the run's columns.
 */
export function parseRow(text: string, names: readonly string[]): PastedRow {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
  if (lines.length === 0) return refused('There is nothing in it.')
  const { rows, separator } = separated(lines)
  const isCommaDecimal = separator !== ','
  const [first = [], second] = rows
  const namesNumbers = first.filter((cell) => names.some((name) => sameName(name, cell))).length
  const isHeader = namesNumbers > 0 && !first.every((cell) => isNumber(cell, isCommaDecimal))
  if (isHeader && second === undefined) return refused('This is a header without a row below it.')
  let cells: readonly string[] = first
  if (isHeader && second !== undefined) {
    const missing = names.filter((name) => !first.some((cell) => sameName(name, cell)))
    if (missing.length > 0) {
      const [one = ''] = missing
      return refused(
        missing.length === 1
          ? `The column ${one} is missing.`
          : `${formatCount(missing.length)} columns are missing: ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}.`,
      )
    }
    cells = names.map((name) => second[first.findIndex((cell) => sameName(name, cell))] ?? '')
  } else if (first.length !== names.length) {
    const hint = first.length === names.length + 1 ? ' Leave out what is to be predicted.' : ''
    return refused(
      `There ${first.length === 1 ? 'is 1 value' : `are ${formatCount(first.length)} values`}; ` +
        `this run takes ${formatCount(names.length)}.${hint}`,
    )
  }
  const plain = cells.map((cell) => {
    const value = readNumber(cell, isCommaDecimal)
    return Number.isNaN(value) || cell.includes('.')
      ? cell
      : cell.replace(',', isCommaDecimal ? '.' : ',')
  })
  return { ok: true, cells: plain, faults: plain.map(faultOf) }
}
