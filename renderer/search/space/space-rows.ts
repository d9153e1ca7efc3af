import { toWireError } from '../../../core/errors.ts'
import type { WireError } from '../../../core/errors.ts'
import { checkSpace, scaleOf } from '../../../core/search/space.ts'
import { unsearchable } from '../../../core/search/study-history.ts'
import type {
  Dimension,
  DimensionScale,
  Scalar,
  SearchSpace,
} from '../../../core/protocol/space.ts'
import { sentence } from '../../ui/sentence.ts'
import { readNumber, writeNumber } from './number-text.ts'

export type Kind = Dimension['type']
type When = NonNullable<Dimension['when']>

/** A dimension as it is being typed: what is not a number yet stays as it was written. */
export interface SpaceRow {
  readonly path: string
  readonly type: Kind
  readonly low: string
  readonly high: string
  /** Of a choice. A range keeps them, to be a choice again. */
  readonly values: readonly Scalar[]
  /** Null: the one that the path has by itself. */
  readonly scale: DimensionScale | null
  readonly when: When
}

/** Something wrong with a row, or with all of them together. */
export interface RowFault {
  /** Null where no single row is to blame. */
  readonly path: string | null
  /** The field to mend, where one alone is wrong. */
  readonly field: 'low' | 'high' | 'values' | 'when' | null
  readonly message: string
}

export function rowOf(path: string, dimension: Dimension): SpaceRow {
  const { type, when = {} } = dimension
  const base = { path, type, when, low: '', high: '', values: [], scale: null }
  if (dimension.type === 'choice') return { ...base, values: dimension.values }
  return {
    ...base,
    low: writeNumber(dimension.low),
    high: writeNumber(dimension.high),
    scale: dimension.scale ?? null,
  }
}

export const rowsOf = (space: SearchSpace): readonly SpaceRow[] =>
  Object.entries(space).map(([path, dimension]) => rowOf(path, dimension))

/** What a row says, number by number; null where it can't be read. Whether it makes sense is another question. */
export function dimensionOf(row: SpaceRow): Dimension | null {
  const when = Object.keys(row.when).length > 0 ? { when: row.when } : {}
  if (row.type === 'choice') {
    return row.values.length === 0 ? null : { type: 'choice', values: [...row.values], ...when }
  }
  const [low, high] = [readNumber(row.low), readNumber(row.high)]
  if (low === null || high === null) return null
  if (row.type === 'integer') {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high)) return null
    const scale = row.scale === 'one-minus' ? null : row.scale
    return { type: 'integer', low, high, ...(scale && { scale }), ...when }
  }
  return { type: 'real', low, high, ...(row.scale && { scale: row.scale }), ...when }
}

/** The scale in force, as far as the row can be read. */
export const scaleIn = (row: SpaceRow): DimensionScale => {
  const dimension = dimensionOf(row)
  return row.scale ?? (dimension === null ? 'linear' : scaleOf(row.path, dimension))
}

/** `"a.b" has the empty range 1 to 1`, remedy → `Has the empty range 1 to 1. Low must be below high.` */
export function rowSentence({ message, remedy }: Pick<WireError, 'message' | 'remedy'>): string {
  const plain = message.replace(/^"[^"]+" /, '')
  return [plain, ...(remedy === null ? [] : [remedy])].map(sentence).join(' ')
}

const END_WORDS = { low: 'The lowest value', high: 'The highest value' } as const

function endFault(row: SpaceRow, field: 'low' | 'high'): RowFault | null {
  const text = row[field].trim()
  const value = readNumber(text)
  const say = (message: string): RowFault => ({ path: row.path, field, message })
  if (text === '') return say(`${END_WORDS[field]} is missing.`)
  if (value === null) return say(`“${text}” is not a number. Write it as 0.001 or 1e-3.`)
  if (row.type === 'integer' && !Number.isSafeInteger(value)) {
    return say(`“${text}” is not a whole number.`)
  }
  return null
}

function whenFault(row: SpaceRow, rows: readonly SpaceRow[]): RowFault | null {
  for (const [parent, values] of Object.entries(row.when)) {
    const say = (message: string): RowFault => ({ path: row.path, field: 'when', message })
    const held = rows.find(({ path }) => path === parent)
    if (held === undefined) return say(`It depends on ${parent}, which is not searched.`)
    if (values.length === 0) return say('Say with which values it is asked for.')
    if (held.type === 'choice' && !values.some((value) => held.values.includes(value))) {
      return say(`${parent} is never ${values.map(String).join(' or ')}: this is never asked for.`)
    }
  }
  return null
}

/** What is wrong with one row by itself. */
function rowFault(row: SpaceRow, rows: readonly SpaceRow[]): RowFault | null {
  const { path } = row
  if (row.type === 'choice') {
    if (row.values.length === 0) {
      return { path, field: 'values', message: 'It has no values. Choose some to try.' }
    }
  } else {
    const end = endFault(row, 'low') ?? endFault(row, 'high')
    if (end !== null) return end
  }
  const when = whenFault(row, rows)
  if (when !== null) return when
  const dimension = dimensionOf(row)
  if (dimension === null) return null
  const { when: _, ...alone } = dimension
  const error = refusalOf({ [path]: alone })
  return error && { path, field: null, message: rowSentence(error) }
}

function refusalOf(space: SearchSpace): WireError | null {
  try {
    checkSpace(space)
    return null
  } catch (error) {
    return toWireError(error)
  }
}

/** The space that rows say, in their order; rows that can't be read are left out and stand among the faults. */
export function readRows(rows: readonly SpaceRow[]): {
  readonly space: SearchSpace
  readonly faults: readonly RowFault[]
} {
  const read = rows.flatMap((row) => {
    const dimension = dimensionOf(row)
    return dimension === null ? [] : [[row.path, dimension] as const]
  })
  const space = Object.fromEntries(read)
  const faults = rows.flatMap((row) => rowFault(row, rows) ?? [])
  if (rows.length === 0) {
    const message = 'Nothing is searched yet. Add what is to be tried.'
    return { space, faults: [{ path: null, field: null, message }] }
  }
  if (faults.length > 0) return { space, faults }
  // Each alone is right; together they may still depend on each other in a ring.
  const error = refusalOf(space)
  if (error !== null) return { space, faults: [locateRefusal(error, rows)] }
  const fixed = unsearchable(space)
  if (fixed === null) return { space, faults: [] }
  return { space, faults: [locateRefusal({ message: fixed, remedy: 'Remove it.' }, rows)] }
}

/** A refusal that names a dimension belongs to its row. */
export function locateRefusal(
  error: Pick<WireError, 'message' | 'remedy'>,
  rows: readonly Pick<SpaceRow, 'path'>[],
): RowFault {
  const named = [...error.message.matchAll(/"([^"]+)"/g)].map(([, path]) => dotted(path ?? ''))
  const path = rows.find((row) => named.includes(row.path))?.path ?? null
  return { path, field: null, message: rowSentence(error) }
}

/** `network.layers[0].units` → `network.layers.0.units`: a config's faults write lists otherwise. */
const dotted = (path: string): string => path.replace(/\[(\d+)\]/g, '.$1')
