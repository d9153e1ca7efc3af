import { assertNever } from '../../../core/errors.ts'
import type { MethodName } from '../../../core/protocol/space.ts'
import type { Measure, StudyConfig, TrialBudget } from '../../../core/protocol/study.ts'
import { amountOf } from '../../../core/search/budget.ts'
import type { BudgetUnit } from '../../../core/search/budget.ts'
import { usualSpace } from '../../../core/search/usual-study.ts'
import { objectAt } from '../../new/config-path.ts'
import type { ConfigDraft } from '../../new/config-path.ts'
import { nameOf } from '../../new/data-source.ts'
import { stepsPerEpoch } from '../../new/forecast.ts'
import { readNumber, writeNumber } from '../space/number-text.ts'
import { rowsOf } from '../space/space-rows.ts'
import type { SpaceRow } from '../space/space-rows.ts'
import { searchableIn } from '../space/space-words.ts'

/** Where the config of the trials comes from. */
export type Origin =
  | { readonly kind: 'sample'; readonly sample: string; readonly preset: string }
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'file'; readonly file: string }

export type Unit = BudgetUnit

/** What is typed in the fields of the form. An empty one takes its default, which stands in grey. */
export interface Typed {
  readonly trials: string
  readonly parallel: string
  /** Of training, for each trial; `least` and `every` are in the same unit. */
  readonly amount: string
  readonly eta: string
  readonly least: string
  readonly every: string
  readonly share: string
  readonly seed: string
  readonly name: string
  /** The folder that paths in the config are relative to, on the machine that trains. */
  readonly base: string
}

/** A search on its way. */
export interface StudyDraft extends Typed {
  readonly origin: Origin | null
  /** The config that values are put into; null until there is one. */
  readonly run: ConfigDraft | null
  /** How many examples a trial trains on; null while nobody knows. */
  readonly trainExamples: number | null
  readonly rows: readonly SpaceRow[]
  readonly isSpaceMine: boolean
  readonly method: MethodName
  readonly unit: Unit
  /** `auto`: on where there are enough trials for it. */
  readonly stopping: 'auto' | 'on' | 'off'
  readonly measure: Measure | null
  readonly isNameMine: boolean
}

export type StudyDraftEvent =
  | {
      readonly type: 'base-chosen'
      readonly origin: Origin
      readonly run: ConfigDraft
      readonly trainExamples: number | null
    }
  /** A whole study, from a file or written by hand. */
  | { readonly type: 'study-given'; readonly origin: Origin | null; readonly config: StudyConfig }
  | { readonly type: 'examples-known'; readonly trainExamples: number | null }
  | { readonly type: 'rows-changed'; readonly rows: readonly SpaceRow[] }
  | { readonly type: 'method-chosen'; readonly method: MethodName }
  | { readonly type: 'typed'; readonly field: keyof Typed; readonly text: string }
  | { readonly type: 'unit-chosen'; readonly unit: Unit }
  | { readonly type: 'stopping-switched'; readonly isOn: boolean }
  | { readonly type: 'measure-chosen'; readonly measure: Measure | null }
  /** What Panda advised: so many trials, each this long, those that fall behind stopped or not. */
  | {
      readonly type: 'plan-used'
      readonly trials: number
      readonly epochs: number
      readonly stopsEarly: boolean
      /** How many at once, where somebody said for how many cores; null leaves it as it is. */
      readonly parallel: number | null
    }

export const EMPTY_STUDY: StudyDraft = {
  origin: null,
  run: null,
  trainExamples: null,
  rows: [],
  isSpaceMine: false,
  method: 'random',
  unit: 'epochs',
  stopping: 'auto',
  measure: null,
  isNameMine: false,
  trials: '20',
  parallel: '',
  amount: '3',
  eta: '',
  least: '',
  every: '',
  share: '',
  seed: '',
  name: '',
  base: '',
}

/** A space that makes sense for a config, to begin with. */
const suggestedRows = (run: ConfigDraft, trainExamples: number | null): readonly SpaceRow[] =>
  rowsOf(usualSpace(run, trainExamples))

/** Rows that a person made stay, as far as the new config has their paths. */
function rowsFor(
  { rows, isSpaceMine }: StudyDraft,
  run: ConfigDraft,
  trainExamples: number | null,
): Pick<StudyDraft, 'rows' | 'isSpaceMine'> {
  const searched = Object.fromEntries(
    rows.map(({ path, values }) => [path, { type: 'choice' as const, values: [...values] }]),
  )
  const paths = searchableIn(run, searched, trainExamples).map(({ path }) => path)
  const kept = isSpaceMine ? rows.filter(({ path }) => paths.includes(path)) : []
  if (kept.length > 0) return { rows: kept, isSpaceMine: true }
  return { rows: suggestedRows(run, trainExamples), isSpaceMine: false }
}

const textOf = (value: number | undefined): string =>
  value === undefined ? '' : writeNumber(value)

/** A budget in the unit of the form; null where it is in the other one, and belongs to another time. */
const amountIn = (unit: Unit, budget: TrialBudget | undefined): string =>
  budget === undefined || !(unit in budget) ? '' : writeNumber(amountOf(budget).amount)

/** Which data a config names, whatever is made of them. */
function sourceOf(run: ConfigDraft): string {
  const { dev: _dev, normalise: _normalise, ...source } = objectAt(run, 'data')
  return JSON.stringify(source)
}

/** How many examples are held back is part of it. */
const isSameData = (one: ConfigDraft, other: ConfigDraft): boolean =>
  sourceOf(one) === sourceOf(other) &&
  objectAt(one, 'data')['dev'] === objectAt(other, 'data')['dev']

/** Written by hand, a config is still one of the run that it began with as long as its data are. */
function originOf({ origin, run }: StudyDraft, config: StudyConfig): Origin | null {
  const isOfRun = origin?.kind === 'run' && run !== null
  return isOfRun && sourceOf(run) !== sourceOf(config.run) ? null : origin
}

function withStudy(draft: StudyDraft, given: Origin | null, config: StudyConfig): StudyDraft {
  const { unit, amount } = amountOf(config.budget)
  const origin = given ?? originOf(draft, config)
  const isSame = given === null && draft.run !== null && isSameData(config.run, draft.run)
  return {
    origin,
    run: config.run,
    trainExamples: isSame ? draft.trainExamples : null,
    rows: rowsOf(config.space),
    isSpaceMine: true,
    method: config.method,
    unit,
    stopping: config.stop_early === undefined ? 'off' : 'on',
    measure: config.measure ?? null,
    isNameMine: config.name !== undefined,
    trials: textOf(config.trials),
    parallel: textOf(config.parallel),
    amount: writeNumber(amount),
    eta: textOf(config.stop_early?.eta),
    least: amountIn(unit, config.stop_early?.least),
    every: amountIn(unit, config.population?.every),
    share: textOf(config.population?.share),
    seed: textOf(config.seed),
    name: config.name ?? draft.name,
    base: draft.base,
  }
}

/** The same amount of training in the other unit, as near as whole steps come. */
function converted(text: string, draft: StudyDraft, to: Unit): string {
  const value = readNumber(text)
  if (value === null || draft.run === null || draft.trainExamples === null) return text
  const perEpoch = stepsPerEpoch(draft.run, draft.trainExamples)
  if (!(perEpoch > 0) || !Number.isFinite(perEpoch)) return text
  if (to === 'steps') return writeNumber(Math.max(1, Math.round(value * perEpoch)))
  return writeNumber(Number((value / perEpoch).toPrecision(3)))
}

/** The only way a draft changes. */
export function reduceStudy(draft: StudyDraft, event: StudyDraftEvent): StudyDraft {
  switch (event.type) {
    case 'base-chosen': {
      const { origin, trainExamples } = event
      // The study has its own name; each trial has a number.
      const { name: _, ...run } = event.run
      const name = draft.isNameMine ? draft.name : suggestedName(origin, run)
      return { ...draft, origin, run, trainExamples, name, ...rowsFor(draft, run, trainExamples) }
    }
    case 'study-given': {
      const given = withStudy(draft, event.origin, event.config)
      if (given.name !== '') return given
      return { ...given, name: suggestedName(given.origin, event.config.run) }
    }
    case 'examples-known': {
      const { trainExamples } = event
      if (draft.isSpaceMine || draft.run === null) return { ...draft, trainExamples }
      return { ...draft, trainExamples, rows: suggestedRows(draft.run, trainExamples) }
    }
    case 'rows-changed':
      return { ...draft, rows: event.rows, isSpaceMine: true }
    case 'method-chosen':
      return { ...draft, method: event.method }
    case 'typed': {
      const isNameMine = event.field === 'name' ? event.text !== '' : draft.isNameMine
      return { ...draft, isNameMine, [event.field]: event.text }
    }
    case 'unit-chosen': {
      const { unit } = event
      if (unit === draft.unit) return draft
      // Time and work say nothing of each other before a step was measured.
      if (unit === 'minutes') return { ...draft, unit, amount: '1', least: '', every: '' }
      if (draft.unit === 'minutes') {
        const { unit: usual, amount } = EMPTY_STUDY
        return reduceStudy({ ...draft, unit: usual, amount, least: '', every: '' }, event)
      }
      const to = (text: string) => converted(text, draft, unit)
      const { amount, least, every } = draft
      return { ...draft, unit, amount: to(amount), least: to(least), every: to(every) }
    }
    case 'stopping-switched':
      return { ...draft, stopping: event.isOn ? 'on' : 'off' }
    case 'measure-chosen':
      return { ...draft, measure: event.measure }
    case 'plan-used': {
      const amount = writeNumber(Number(event.epochs.toPrecision(3)))
      // Amounts in steps would mean something else beside a budget in epochs.
      const rest = draft.unit === 'epochs' ? {} : { least: '', every: '' }
      const parallel = event.parallel === null ? draft.parallel : String(event.parallel)
      const stopping = event.stopsEarly ? 'on' : 'off'
      const trials = String(event.trials)
      return { ...draft, ...rest, trials, parallel, unit: 'epochs', amount, stopping }
    }
    default:
      return assertNever(event)
  }
}

/** `digits-search`: after the run, or after the data. */
function suggestedName(origin: Origin | null, run: ConfigDraft): string {
  const base = origin?.kind === 'run' ? origin.run : nameOf(run)
  return `${base.slice(0, 60).trimEnd()}-search`
}
