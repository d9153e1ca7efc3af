import { PandaError } from '../../../core/errors.ts'
import { stepsOf } from '../../../core/search/budget.ts'
import { gridShape } from '../../../core/search/methods/grid.ts'
import { pathsOf } from '../../../core/search/space.ts'
import { stepsPerEpoch } from '../../new/forecast.ts'
import { formatCount, formatDuration, formatSetting } from '../../ui/format.ts'
import { readNumber } from '../space/number-text.ts'
import { readRows } from '../space/space-rows.ts'
import type { StudyDraft } from './study-draft.ts'
import { stopsEarly } from './study-json.ts'

const MINUTE_MS = 60_000

const plural = (count: number, word: string) =>
  `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`

/** Steps of one epoch of the base config; null while that is not known. */
function perEpoch({ run, trainExamples }: StudyDraft): number | null {
  if (run === null || trainExamples === null) return null
  const steps = stepsPerEpoch(run, trainExamples)
  return Number.isFinite(steps) && steps > 0 ? steps : null
}

/** How many steps a whole trial takes, at the base config's mini-batch; null where that is not known, or is time. */
export function trialSteps(draft: StudyDraft): number | null {
  const amount = readNumber(draft.amount)
  if (amount === null || !(amount > 0)) return null
  if (draft.unit === 'steps') return amount
  if (draft.unit === 'minutes') return null
  const steps = perEpoch(draft)
  if (steps === null || draft.trainExamples === null) return null
  return stepsOf({ epochs: amount }, draft.trainExamples, Math.ceil(draft.trainExamples / steps))
}

/** What the budget of a trial means in the other unit: `≈ 375 steps, with mini-batches as they are`. */
export function budgetWords(draft: StudyDraft): string {
  const amount = readNumber(draft.amount)
  const steps = perEpoch(draft)
  if (draft.unit === 'minutes')
    return 'How far it comes depends on the machine: no such search can be repeated.'
  const isBatchSearched = draft.rows.some(({ path }) => path === 'hyperparameters.batch_size')
  if (amount === null || !(amount > 0) || steps === null)
    return 'Trials are compared after equal work.'
  const proviso = isBatchSearched ? ' at the mini-batch size of what is trained' : ''
  if (draft.unit === 'epochs') {
    return `≈ ${plural(trialSteps(draft) ?? 0, 'step')}${proviso}.`
  }
  const epochs = Number((amount / steps).toPrecision(2))
  return `≈ ${formatSetting(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}${proviso}.`
}

/** How large the grid is, or that it is too large, with its number; null where the method is another. */
export function gridWords(draft: StudyDraft, nameIn: (path: string) => string): string | null {
  if (draft.method !== 'grid') return null
  const { space, faults } = readRows(draft.rows)
  const trials = readNumber(draft.trials)
  if (faults.length > 0 || trials === null || !(trials >= 1)) return null
  try {
    const shape = gridShape(space, trials)
    const points = shape.reduce((product, count) => product * count, 1)
    const sides = pathsOf(space).map((path, i) => `${shape[i] ?? 1} of ${nameIn(path)}`)
    const grid = `The grid has ${plural(points, 'point')}: ${sides.join(' × ')}.`
    if (points === trials) return grid
    return points > trials
      ? `${grid} ${plural(trials, 'trial')} will see only the first of them.`
      : `${grid} The other ${formatCount(trials - points)} of ${formatCount(trials)} trials are left out.`
  } catch (error) {
    if (error instanceof PandaError) return null // it stands among the faults, with its number
    throw error
  }
}

/** What all trials together come to: their number, steps, and the time where a step was measured. */
export function totalWords(
  draft: StudyDraft,
  measured: { readonly stepMs: number; readonly parallel: number } | null,
): string {
  const [trials, steps] = [readNumber(draft.trials), trialSteps(draft)]
  if (trials === null || !Number.isInteger(trials) || trials < 1) return ''
  const word = draft.method === 'population' ? 'member' : 'trial'
  const most = stopsEarly(draft) ? 'at most ' : ''
  const wanted = readNumber(draft.parallel) ?? measured?.parallel ?? null
  const parallel = wanted === null ? null : Math.max(1, Math.min(trials, wanted))
  const lasting = (ms: number, atOnce: number) =>
    `${most}${formatDuration(ms / atOnce)}, ${atOnce} at once.`
  const minutes = draft.unit === 'minutes' ? readNumber(draft.amount) : null
  if (minutes !== null && minutes > 0) {
    const ms = trials * minutes * MINUTE_MS
    if (parallel !== null) return `${plural(trials, word)}: ${lasting(ms, parallel)}`
    return `${plural(trials, word)}, ${most}${formatDuration(ms)} of training in all.`
  }
  if (steps === null) return `${plural(trials, word)}.`
  const sum = `${plural(trials, word)}, ${most}${plural(trials * steps, 'step')} in all`
  if (measured === null || parallel === null) return `${sum}.`
  return `${sum}: ${lasting(trials * steps * measured.stepMs, parallel)}`
}
