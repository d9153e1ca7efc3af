import { stepsOf, rungsOf } from '../../../core/search/budget.ts'
import { defaultHyperparameters } from '../../../core/protocol/recipe.ts'
import type { StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
import { formatCount } from '../../ui/format.ts'

export const ALONG_KINDS = ['step', 'epoch'] as const
export type AlongKind = (typeof ALONG_KINDS)[number]

/** A place at which trials are compared, in the axis's own unit. */
export interface Rung {
  readonly at: number
  readonly label: string
}

/** The way along: where each trial's steps lie, how far the axis goes, and the rungs on it. */
export interface Along {
  readonly kind: AlongKind
  /** In the axis's own unit. */
  at(trial: number, step: number): number
  readonly end: number
  readonly rungs: readonly Rung[]
}

const BATCH = 'hyperparameters.batch_size'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The mini-batch size of a study's own config; where it is searched, a point has its own. */
function batchOf({ config }: StudySnapshot): number {
  const settings = config.run['hyperparameters']
  const own = isRecord(settings) ? settings['batch_size'] : undefined
  return typeof own === 'number' && own >= 1 ? own : DEFAULT_BATCH
}

const DEFAULT_BATCH =
  defaultHyperparameters({ optimizer: 'adam', schedule: 'inverse_time', hasLiveDropout: false })
    .batch_size ?? 1

/** Steps to epochs, for each trial with its own mini-batch size; a copy goes on where it was copied. */
function epochsOf(snapshot: StudySnapshot): (trial: number, step: number) => number {
  const { trainExamples, trials } = snapshot
  const usual = batchOf(snapshot)
  const byNumber = new Map(trials.map((summary) => [summary.trial, summary]))
  const lengths = new Map<number, { readonly length: number; readonly shift: number }>()

  function paceOf(trial: number): { readonly length: number; readonly shift: number } {
    const known = lengths.get(trial)
    if (known !== undefined) return known
    const summary = byNumber.get(trial)
    const own = summary?.point[BATCH]
    const batch = typeof own === 'number' && own >= 1 ? own : usual
    const length = Math.max(1, Math.ceil(trainExamples / batch))
    // A copy has a greater number than what it was copied from, so this comes to an end.
    const parent = summary?.parent ?? null
    const from =
      parent === null || parent.trial >= trial ? null : { ...parent, pace: paceOf(parent.trial) }
    const shift =
      from === null ? 0 : from.step / from.pace.length + from.pace.shift - from.step / length
    const pace = { length, shift }
    lengths.set(trial, pace)
    return pace
  }

  return (trial, step) => {
    const { length, shift } = paceOf(trial)
    return step / length + shift
  }
}

/** All rungs, the whole budget among them; none where each trial has them elsewhere. */
function rungsAlong(snapshot: StudySnapshot, kind: AlongKind): readonly Rung[] {
  const { config, trainExamples } = snapshot
  const isSearched = Object.hasOwn(config.space, BATCH)
  const batch = batchOf(snapshot)
  const length = Math.max(1, Math.ceil(trainExamples / batch))
  return rungsOf(config).flatMap((rung) => {
    if (kind === 'epoch' && 'epochs' in rung) return [labelled(rung.epochs)]
    if (kind === 'step' && 'steps' in rung) return [labelled(rung.steps)]
    if ('minutes' in rung || isSearched || trainExamples === 0) return []
    const steps = stepsOf(rung, trainExamples, batch)
    return [labelled(kind === 'step' ? steps : steps / length)]
  })
}

const labelled = (at: number): Rung => ({
  at,
  label: Number.isInteger(at) ? formatCount(at) : String(Number(at.toPrecision(3))),
})

/** Half, a quarter, … of the whole: the axis grows in few leaps, as each paints all curves anew. */
const MOST_HALVINGS = 12
const AIR = 1.02

function endOf(whole: number, furthest: number, rungs: readonly Rung[]): number {
  if (!(whole > 0)) return Math.max(1, 2 ** Math.ceil(Math.log2(Math.max(1, furthest * AIR))))
  const rung = rungs.length > 1 ? rungs.find(({ at }) => at >= furthest * 0.999) : undefined
  if (rung !== undefined && furthest > 0) return rung.at
  let end = whole
  for (let i = 0; i < MOST_HALVINGS && end / 2 >= furthest * AIR && furthest > 0; i++) end /= 2
  return Math.max(end, furthest)
}

/** `reached`: the last step that is held of a trial. */
export function alongOf(
  snapshot: StudySnapshot,
  kind: AlongKind,
  reached: (trial: TrialSummary) => number,
): Along {
  const at = kind === 'step' ? (_: number, step: number) => step : epochsOf(snapshot)
  const rungs = rungsAlong(snapshot, kind)
  let [whole, furthest] = [rungs.at(-1)?.at ?? 0, 0]
  for (const summary of snapshot.trials) {
    const { trial, budgetSteps } = summary
    const step = reached(summary)
    if (step > 0) furthest = Math.max(furthest, at(trial, step))
    if (budgetSteps !== null) whole = Math.max(whole, at(trial, budgetSteps))
  }
  const end = endOf(whole, furthest, rungs)
  // Where trials are not stopped early the only rung is the end of all.
  return { kind, at, end, rungs: rungs.length > 1 ? rungs : [] }
}
