import { valueAt } from '../../../core/search/space.ts'
import type { SearchablePath } from '../../../core/search/defaults.ts'
import type { Scalar } from '../../../core/protocol/space.ts'
import { writeNumber } from './number-text.ts'
import { dimensionOf, rowOf } from './space-rows.ts'
import type { Kind, SpaceRow } from './space-rows.ts'

const isNumber = (value: Scalar): value is number => typeof value === 'number'

/** Three values of a range that a choice may begin with: its ends and what lies between on its scale. */
function valuesFrom(row: SpaceRow): readonly Scalar[] {
  const dimension = dimensionOf(row)
  if (dimension === null || dimension.type === 'choice') return []
  const values = [0, 0.5, 1].map((place) => valueAt(row.path, dimension, place))
  const tidy = values.filter(isNumber).map((value) => Number(value.toPrecision(2)))
  return [...new Set([dimension.low, tidy[1] ?? dimension.low, dimension.high])]
}

/** The same row as another kind; what was typed before comes back when it is turned back. */
export function withKind(row: SpaceRow, type: Kind): SpaceRow {
  if (type === 'choice') {
    return { ...row, type, values: row.values.length > 0 ? row.values : valuesFrom(row) }
  }
  const numbers = row.values.filter(isNumber)
  const isBlank = row.low === '' && row.high === '' && numbers.length > 0
  const ends = isBlank
    ? { low: writeNumber(Math.min(...numbers)), high: writeNumber(Math.max(...numbers)) }
    : {}
  // Of whole numbers there is no 1 − β.
  const scale = type === 'integer' && row.scale === 'one-minus' ? null : row.scale
  return { ...row, ...ends, type, scale }
}

/** A choice with a value more or less; values that are offered keep the order they are offered in. */
export function withValue(row: SpaceRow, value: Scalar, offered: readonly Scalar[]): SpaceRow {
  if (row.values.includes(value)) {
    return { ...row, values: row.values.filter((one) => one !== value) }
  }
  const place = (one: Scalar) => (offered.includes(one) ? offered.indexOf(one) : offered.length)
  return { ...row, values: [...row.values, value].toSorted((a, b) => place(a) - place(b)) }
}

type WhenOf = (path: string) => SpaceRow['when']
const whenIn =
  (searchable: readonly SearchablePath[]): WhenOf =>
  (path) =>
    searchable.find((one) => one.path === path)?.suggestion.when ?? {}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * Rows after what can be searched has changed, as it does with the optimizers that are tried: a condition
 * that nobody set by hand goes along, so that β₁ is asked for with those that have it.
 */
export function followConditions(
  rows: readonly SpaceRow[],
  before: readonly SearchablePath[],
  after: readonly SearchablePath[],
): readonly SpaceRow[] {
  const [was, is] = [whenIn(before), whenIn(after)]
  return rows.map((row) => {
    const isOffered = after.some(({ path }) => path === row.path)
    if (!isOffered || !isSame(row.when, was(row.path)) || isSame(was(row.path), is(row.path))) {
      return row
    }
    return { ...row, when: is(row.path) }
  })
}

/** Rows with one more at their end, in the range and on the scale that it is usually searched. */
export const withRow = (
  rows: readonly SpaceRow[],
  { path, suggestion }: SearchablePath,
): readonly SpaceRow[] =>
  rows.some((row) => row.path === path) ? rows : [...rows, rowOf(path, suggestion)]
