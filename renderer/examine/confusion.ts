import type { ClassEvaluation } from '../../core/protocol/examine.ts'
import { formatCount, formatPercent } from '../ui/format.ts'

export type Confusion = readonly (readonly number[])[]

/** A cell of the confusion matrix: the place of the actual class and of the one it was taken for. */
export interface Cell {
  readonly actual: number
  readonly predicted: number
}

export const countAt = (confusion: Confusion, { actual, predicted }: Cell): number =>
  confusion[actual]?.[predicted] ?? 0

export const rowTotal = (confusion: Confusion, actual: number): number =>
  (confusion[actual] ?? []).reduce((sum, count) => sum + count, 0)

/** The share of a class's examples that fell into this cell; 0 where it has none. */
export function shareAt(confusion: Confusion, cell: Cell): number {
  const total = rowTotal(confusion, cell.actual)
  return total === 0 ? 0 : countAt(confusion, cell) / total
}

const UNSEEN: Readonly<Record<string, string>> = {
  ' ': 'space',
  '\n': 'line end',
  '\t': 'tab',
  '\r': 'return',
  '': 'blank',
}

/** A class's name as text that can be seen: characters that are white space have names of their own. */
export const className = (name: string): string => UNSEEN[name] ?? name

/** "7 taken for 1: 12 of 203, 5.9 %", or "7 found: 191 of 203, 94.1 %". */
export function cellWords(confusion: Confusion, names: readonly string[], cell: Cell): string {
  const name = (id: number) => className(names[id] ?? String(id))
  const what =
    cell.actual === cell.predicted
      ? `${name(cell.actual)} found`
      : `${name(cell.actual)} taken for ${name(cell.predicted)}`
  const total = rowTotal(confusion, cell.actual)
  const counts = `${formatCount(countAt(confusion, cell))} of ${formatCount(total)}`
  return `${what}: ${counts}, ${total === 0 ? '—' : formatPercent(shareAt(confusion, cell))}`
}

/** Classes taken for others, the most frequent first; of equal ones the earlier. */
export function topConfusions(confusion: Confusion, count: number): Cell[] {
  const cells = confusion.flatMap((row, actual) =>
    row.flatMap((cases, predicted) =>
      cases > 0 && actual !== predicted ? [{ actual, predicted, cases }] : [],
    ),
  )
  return cells
    .toSorted((a, b) => b.cases - a.cases)
    .slice(0, count)
    .map(({ actual, predicted }) => ({ actual, predicted }))
}

/** The largest share of a class that was taken for one other: what the colours are measured by. */
export function worstShare(confusion: Confusion): number {
  let worst = 0
  confusion.forEach((row, actual) => {
    const total = rowTotal(confusion, actual)
    row.forEach((count, predicted) => {
      if (actual !== predicted && total > 0) worst = Math.max(worst, count / total)
    })
  })
  return worst
}

/** The cell that a key leads to from another: arrows by one, Home and End along the row, with Ctrl to the corners. */
export function cellAfterKey(
  { actual, predicted }: Cell,
  { key, ctrlKey = false }: { readonly key: string; readonly ctrlKey?: boolean },
  classes: number,
): Cell | null {
  const last = classes - 1
  const at = (row: number, column: number): Cell => ({
    actual: Math.min(last, Math.max(0, row)),
    predicted: Math.min(last, Math.max(0, column)),
  })
  switch (key) {
    case 'ArrowUp':
      return at(actual - 1, predicted)
    case 'ArrowDown':
      return at(actual + 1, predicted)
    case 'ArrowLeft':
      return at(actual, predicted - 1)
    case 'ArrowRight':
      return at(actual, predicted + 1)
    case 'Home':
      return at(ctrlKey ? 0 : actual, 0)
    case 'End':
      return at(ctrlKey ? last : actual, last)
    default:
      return null
  }
}

export const CLASS_COLUMNS = ['class', 'precision', 'recall', 'f1', 'count'] as const
export type ClassColumn = (typeof CLASS_COLUMNS)[number]
export type ClassRow = ClassEvaluation & { readonly f1: number | null; readonly place: number }

function f1Of({ precision, recall }: ClassEvaluation): number | null {
  if (precision === null || recall === null) return null
  const sum = precision + recall
  return sum === 0 ? 0 : (2 * precision * recall) / sum
}

/** The classes with F1, the harmonic mean of precision and recall; null where one of them is. */
export const classRows = (perClass: readonly ClassEvaluation[]): ClassRow[] =>
  perClass.map((row, place) => ({ ...row, f1: f1Of(row), place }))

/** Sorted by a column; what has no value stands last either way, and equal ones keep the data's order. */
export function sortedRows(
  rows: readonly ClassRow[],
  column: ClassColumn,
  isDescending: boolean,
): ClassRow[] {
  const sign = isDescending ? -1 : 1
  return rows.toSorted((a, b) => {
    if (column === 'class') return sign * (a.place - b.place)
    const [x, y] = [a[column], b[column]]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return sign * (x - y) || a.place - b.place
  })
}
