import { ENOUGH_TO_COMPARE, USUAL_ETA } from '../../../core/search/usual-study.ts'
import type { StudyDraft } from './study-draft.ts'
import { readNumber } from '../space/number-text.ts'
import { dimensionOf } from '../space/space-rows.ts'

const DEFAULT_SHARE = 0.25
/** A population is compared about this often within its budget. */
const EXCHANGES = 10

/** What an empty field stands for; null where that can't be said yet. */
export interface Defaults {
  readonly eta: number
  readonly least: number | null
  readonly every: number | null
  readonly share: number
}

/** Two comparisons before the whole budget: after a ninth and after a third of it, with eta 3. */
export function defaultsOf({ amount, unit, eta }: StudyDraft): Defaults {
  const budget = readNumber(amount)
  const part = (of: number): number | null => {
    if (budget === null || !(budget > 0)) return null
    const share = budget / of
    return unit === 'steps' ? Math.max(1, Math.round(share)) : Number(share.toPrecision(2))
  }
  // One in one goes on means that nobody stops: while that is being mended the rest stays as it was.
  const by = Math.max(2, readNumber(eta) ?? USUAL_ETA)
  return { eta: USUAL_ETA, least: part(by * by), every: part(EXCHANGES), share: DEFAULT_SHARE }
}

/** Are trials that fall behind stopped? */
export function stopsEarly(draft: StudyDraft): boolean {
  if (draft.method === 'population') return false
  if (draft.stopping !== 'auto') return draft.stopping === 'on'
  const [trials, budget] = [readNumber(draft.trials), readNumber(draft.amount)]
  const { least } = defaultsOf(draft)
  const hasRoom = budget !== null && least !== null && least < budget
  return trials !== null && trials >= ENOUGH_TO_COMPARE && hasRoom
}

/** A number where it is one; else what was typed, for a person to see in the JSON. */
const valueOf = (text: string): number | string => readNumber(text) ?? text

/** The study as JSON, with whatever is wrong in it still there. */
export function studyJsonOf(draft: StudyDraft): Readonly<Record<string, unknown>> {
  const { unit, method } = draft
  const defaults = defaultsOf(draft)
  const amount = (text: string, otherwise: number | null) => ({
    [unit]: text === '' ? otherwise : valueOf(text),
  })
  const space = Object.fromEntries(
    draft.rows.map((row) => [
      row.path,
      dimensionOf(row) ?? {
        type: row.type,
        ...(row.type === 'choice'
          ? { values: row.values }
          : { low: valueOf(row.low), high: valueOf(row.high) }),
      },
    ]),
  )
  return {
    ...(draft.name === '' ? {} : { name: draft.name.trim() }),
    seed: draft.seed === '' ? 1 : valueOf(draft.seed),
    run: draft.run ?? {},
    space,
    method,
    trials: valueOf(draft.trials),
    ...(draft.parallel === '' ? {} : { parallel: valueOf(draft.parallel) }),
    budget: amount(draft.amount, null),
    ...(stopsEarly(draft) && {
      stop_early: {
        eta: draft.eta === '' ? defaults.eta : valueOf(draft.eta),
        least: amount(draft.least, defaults.least),
      },
    }),
    ...(method === 'population' && {
      population: {
        every: amount(draft.every, defaults.every),
        share: draft.share === '' ? defaults.share : valueOf(draft.share),
      },
    }),
    ...(draft.measure === null ? {} : { measure: draft.measure }),
  }
}
