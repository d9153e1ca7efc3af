import { toWireError } from '../../../core/errors.ts'
import type { WireError } from '../../../core/errors.ts'
import { findConfigFaults } from '../../../core/protocol/config-fault.ts'
import { studyConfig } from '../../../core/protocol/study.ts'
import type { StudyConfig, TrialBudget } from '../../../core/protocol/study.ts'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import { rungsOf } from '../../../core/search/budget.ts'
import { gridShape } from '../../../core/search/methods/grid.ts'
import { configAt } from '../../../core/search/point-config.ts'
import { pathsOf, placeOf, pointAt } from '../../../core/search/space.ts'
import { taskOf } from '../../new/draft.ts'
import { sentenceOf } from '../../new/steps.ts'
import { formatCount } from '../../ui/format.ts'
import { readNumber, writeNumber } from '../space/number-text.ts'
import { locateRefusal, readRows } from '../space/space-rows.ts'
import type { RowFault } from '../space/space-rows.ts'
import type { StudyDraft, Typed } from './study-draft.ts'
import { stopsEarly, studyJsonOf } from './study-json.ts'

export const SEARCH_STEPS = ['trained', 'searched', 'how', 'start'] as const
export type SearchStep = (typeof SEARCH_STEPS)[number]

/** Something to put right before a search can begin, and where. */
export interface StudyFault {
  readonly step: SearchStep
  /** A field of the form, a row of the space by its path, or null for the step as a whole. */
  readonly field: keyof Typed | 'measure' | RowFault | null
  readonly message: string
}

interface Rule {
  readonly least: number
  readonly most: number
  readonly isWhole: boolean
  /** May the least itself not be taken? */
  readonly isAbove?: boolean
  readonly canBeEmpty?: boolean
}

const bound = (value: number): string =>
  Number.isInteger(value) ? formatCount(value) : writeNumber(value)

function numberFault(text: string, { least, most, isWhole, ...rule }: Rule): string | null {
  const value = readNumber(text)
  if (text.trim() === '') return rule.canBeEmpty === true ? null : 'This is missing.'
  if (value === null) return `“${text.trim()}” is not a number.`
  if (isWhole && !Number.isSafeInteger(value)) return `“${text.trim()}” is not a whole number.`
  if (rule.isAbove === true ? value <= least : value < least) {
    return `It must be ${rule.isAbove === true ? 'above' : 'at least'} ${bound(least)}.`
  }
  return value > most ? `It must be at most ${bound(most)}.` : null
}

const whole = (least: number, most: number, canBeEmpty = false): Rule => ({
  least,
  most,
  isWhole: true,
  canBeEmpty,
})

/** What may stand in each field that is in use. */
function rulesOf(draft: StudyDraft): readonly (readonly [keyof Typed, Rule])[] {
  const amount: Rule =
    draft.unit === 'steps'
      ? whole(1, Number.MAX_SAFE_INTEGER)
      : { least: 0, most: Number.MAX_VALUE, isWhole: false, isAbove: true }
  const part: Rule = { ...amount, canBeEmpty: true }
  return [
    ['trials', whole(1, 100_000)],
    ['amount', amount],
    ['parallel', whole(1, 256, true)],
    ['seed', whole(0, 0xffff_ffff, true)],
    ...(stopsEarly(draft)
      ? ([
          ['eta', whole(2, 10, true)],
          ['least', part],
        ] as const)
      : []),
    ...(draft.method === 'population'
      ? ([
          ['every', part],
          ['share', { least: 0, most: 0.5, isWhole: false, isAbove: true, canBeEmpty: true }],
        ] as const)
      : []),
  ]
}

/** What `work` throws, as it would cross a wire; null if it goes well. */
function refusalOf(work: () => void): WireError | null {
  try {
    work()
    return null
  } catch (error) {
    return toWireError(error)
  }
}

const searched = (fault: RowFault): StudyFault => ({
  step: 'searched',
  field: fault,
  message: fault.message,
})

/** Points at which a trial's config is tried out: the middle, with each optimizer and schedule in turn. */
function* samplePoints(space: SearchSpace) {
  const paths = pathsOf(space)
  const middle = paths.map(() => 0.5)
  yield pointAt(space, middle)
  for (const path of ['optimizer', 'schedule']) {
    const dimension = space[path]
    if (dimension?.type !== 'choice') continue
    for (const value of dimension.values) {
      const at = paths.map((one) => (one === path ? placeOf(path, dimension, value) : 0.5))
      yield pointAt(space, at)
    }
  }
}

/** What is wrong with the config that trials get: at the row that brings it, else with what is trained. */
function configFaults(draft: StudyDraft, space: SearchSpace): readonly StudyFault[] {
  const { run, rows } = draft
  if (run === null) return []
  for (const point of samplePoints(space)) {
    let config: unknown
    const refusal = refusalOf(() => (config = configAt(run, point)))
    if (refusal !== null) return [searched(locateRefusal(refusal, rows))]
    const [fault] = findConfigFaults(config)
    if (fault === undefined) continue
    const row = rows.find(({ path }) => path === fault.path.join('.'))
    const message = sentenceOf(fault)
    return [row ? searched({ path: row.path, field: null, message }) : trained(message)]
  }
  return []
}

const trained = (message: string): StudyFault => ({ step: 'trained', field: null, message })
const how = (field: StudyFault['field'], message: string): StudyFault => ({
  step: 'how',
  field,
  message,
})

function nameFault({ name }: StudyDraft, taken: readonly string[]): StudyFault | null {
  const say = (message: string): StudyFault => ({ step: 'start', field: 'name', message })
  const trimmed = name.trim()
  if (trimmed === '') return say('It needs a name.')
  if (taken.includes(trimmed)) return say(`There is already a search called ${trimmed}.`)
  const parsed = studyConfig.shape.name.safeParse(trimmed)
  return parsed.success ? null : say(`It ${parsed.error.issues[0]?.message ?? 'is not a name'}.`)
}

/** The config that a draft makes, or what is wrong with it, in the order of the steps: never both, never neither. */
export function readStudy(
  draft: StudyDraft,
  taken: readonly string[] = [],
): { readonly config: StudyConfig | null; readonly faults: readonly StudyFault[] } {
  const faults: StudyFault[] = []
  if (draft.run === null) {
    return { config: null, faults: [trained('Choose what is trained.')] }
  }
  const read = readRows(draft.rows)
  faults.push(...read.faults.map(searched))
  if (read.faults.length === 0) faults.push(...configFaults(draft, read.space))
  for (const [field, rule] of rulesOf(draft)) {
    const message = numberFault(draft[field], rule)
    if (message !== null) faults.push(how(field, message))
  }
  if (draft.measure === 'dev_error' && taskOf(draft.run) === 'number') {
    faults.push(how('measure', 'A number is predicted: there is no error to count.'))
  }
  const name = nameFault(draft, taken)
  if (name !== null) faults.push(name)

  const parsed = studyConfig.safeParse(studyJsonOf(draft))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const message = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be understood'}.`
    return { config: null, faults: sorted(faults.length > 0 ? faults : [how(null, message)]) }
  }
  const { data } = parsed
  const rungs = refusalOf(() => rungsOf(data))
  if (rungs !== null && !faults.some(({ field }) => field === 'amount')) {
    const message = 'It must be less than what each trial trains.'
    faults.push(how('least', message))
  }
  if (data.population !== undefined && !isWithin(data.population.every, data.budget)) {
    faults.push(how('every', 'It must be less than what each trains.'))
  }
  if (read.faults.length === 0 && data.method === 'grid') {
    const refusal = refusalOf(() => gridShape(data.space, data.trials))
    if (refusal !== null) faults.push(searched(locateRefusal(refusal, [])))
  }
  return faults.length > 0 ? { config: null, faults: sorted(faults) } : { config: data, faults }
}

/** Both are in the unit of the form. */
const isWithin = (part: TrialBudget, budget: TrialBudget): boolean =>
  Object.values(part).every((amount: number) => Object.values(budget).some((all) => amount < all))

const sorted = (faults: readonly StudyFault[]): readonly StudyFault[] =>
  faults.toSorted((a, b) => SEARCH_STEPS.indexOf(a.step) - SEARCH_STEPS.indexOf(b.step))

/** What is wrong with a field, as a sentence; null if nothing. */
export const faultAt = (
  faults: readonly StudyFault[],
  field: keyof Typed | 'measure',
): string | null => faults.find((one) => one.field === field)?.message ?? null

/** The faults of the space, as its rows show them. */
export const rowFaultsOf = (faults: readonly StudyFault[]): readonly RowFault[] =>
  faults.flatMap(({ field }) => (typeof field === 'object' && field !== null ? [field] : []))
