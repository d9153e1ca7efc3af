import {
  HYPERPARAMETERS,
  OPTIMIZER_NAMES,
  SCHEDULE_NAMES,
} from '../../../core/protocol/hyperparameters.ts'
import { searchablePaths } from '../../../core/search/defaults.ts'
import { suggestDimension } from '../../../core/search/ranges.ts'
import type { SearchablePath } from '../../../core/search/defaults.ts'
import type {
  Dimension,
  DimensionScale,
  Scalar,
  SearchSpace,
} from '../../../core/protocol/space.ts'
import { OPTIMIZER_WORDS, SCHEDULE_WORDS } from '../../new/words.ts'
import type { Kind, SpaceRow } from './space-rows.ts'
import { writeNumber, writeScalar } from './number-text.ts'

export const SCALE_WORDS: {
  readonly [S in DimensionScale]: { readonly label: string; readonly axis: string }
} = {
  linear: { label: 'Linear', axis: 'On a linear axis' },
  logarithmic: { label: 'Logarithmic', axis: 'On a log axis' },
  'one-minus': { label: '1 − β', axis: 'On 1 − β' },
}

export const KIND_WORDS: { readonly [K in Kind]: string } = {
  real: 'Number',
  integer: 'Whole number',
  choice: 'Choice',
}

/** `Learning rate α`: a hyperparameter's label, with its symbol where it has a short one. */
export function nameOf({ path, label }: Pick<SearchablePath, 'path' | 'label'>): string {
  const name = /^hyperparameters\.(\w+)$/.exec(path)?.[1] ?? ''
  if (!Object.hasOwn(HYPERPARAMETERS, name)) return label
  const { symbol } = HYPERPARAMETERS[name as keyof typeof HYPERPARAMETERS]
  return symbol.length <= 2 ? `${label} ${symbol}` : label
}

/** A name for a path that the config does not offer any more: its last two parts. */
const bareName = (path: string): string => path.split('.').slice(-2).join(' ').replaceAll('_', ' ')

/** What can be searched in a run's config, by path. */
export function searchableIn(
  run: Readonly<Record<string, unknown>>,
  space: SearchSpace,
  trainExamples: number | null,
): readonly SearchablePath[] {
  return searchablePaths(run, { space, ...(trainExamples !== null && { trainExamples }) })
}

export const pathName = (path: string, searchable: readonly SearchablePath[]): string => {
  const held = searchable.find((one) => one.path === path)
  return held === undefined ? bareName(path) : nameOf(held)
}

/** A value of a choice as a person says it. */
export function valueWords(path: string, value: Scalar): string {
  if (path === 'optimizer') {
    const name = OPTIMIZER_NAMES.find((one) => one === value)
    if (name !== undefined) return OPTIMIZER_WORDS[name].label
  }
  if (path === 'schedule') {
    const name = SCHEDULE_NAMES.find((one) => one === value)
    if (name !== undefined) return SCHEDULE_WORDS[name].label
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value.replaceAll('_', ' ') : writeScalar(value)
}

/** The values worth offering for a choice: those of the path, then what the row has besides. */
export function offeredValues(row: SpaceRow): readonly Scalar[] {
  const usual = suggestDimension(row.path, null)
  const known = usual?.type === 'choice' ? usual.values : []
  return [...new Set([...known, ...row.values])]
}

/** May other values be typed? Of words, only those that Panda knows mean anything. */
export const takesOtherValues = (row: SpaceRow): boolean => {
  const usual = suggestDimension(row.path, null)
  return usual?.type !== 'choice' || usual.values.every((value) => typeof value === 'number')
}

/** The kinds that fit a path, with what the row is now among them. */
export function kindsFor(row: SpaceRow): readonly Kind[] {
  const usual = suggestDimension(row.path, null)
  const fitting: readonly Kind[] =
    usual === null || usual.type === 'choice' ? ['choice'] : [usual.type, 'choice']
  return fitting.includes(row.type) ? fitting : [row.type, ...fitting]
}

/** `1e-5 – 1, logarithmic`; `6 values`. */
export function rangeWords(dimension: Dimension): string {
  if (dimension.type === 'choice') return `${dimension.values.length} values`
  const { low, high, scale } = dimension
  const range = `${writeNumber(low)} – ${writeNumber(high)}`
  return scale === undefined || scale === 'linear'
    ? range
    : `${range}, ${SCALE_WORDS[scale].label.toLowerCase()}`
}
