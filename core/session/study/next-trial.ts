import type { Point } from '../../protocol/space.ts'
import type { StudyRecord } from '../../store/study.ts'
import type { TrialRecord } from '../../store/trials.ts'
import { rungsOf } from '../../search/budget.ts'
import { chooseHalving } from '../../search/halving.ts'
import type { Climber } from '../../search/halving.ts'
import { METHODS } from '../../search/methods/index.ts'
import { pointAt } from '../../search/space.ts'
import { historyOf, seedFor } from '../../search/study-history.ts'

/** What a free place should do. */
export type Next =
  | { readonly kind: 'go-on'; readonly trial: TrialRecord }
  | { readonly kind: 'begin'; readonly point: Point }
  /** It depends on trials that still run. */
  | { readonly kind: 'wait' }
  /** There is nothing left to begin. */
  | { readonly kind: 'none' }

/** A trial as halving sees it. One that was cancelled has left the ladder for good. */
const climberOf = ({ trial, measured, state }: TrialRecord): Climber => ({
  trial,
  measured: measured.map((value) => value ?? Number.POSITIVE_INFINITY),
  isRunning: state !== 'stopped-early',
})

/**
 * What comes next: trials that were interrupted, then one that has earned to climb on, then a new one. The
 * same question gets the same answer, so a study that was killed goes on as it would have.
 */
export function nextTrial(study: StudyRecord, trials: readonly TrialRecord[]): Next {
  const { config, space: count } = study
  const open = trials.find(({ state }) => state === 'paused' || state === 'waiting')
  if (open !== undefined) return { kind: 'go-on', trial: open }

  const rungs = rungsOf(config)
  if (config.stop_early !== undefined) {
    const ladder = { eta: config.stop_early.eta, rungs: rungs.map((_, rung) => rung) }
    const choice = chooseHalving(ladder, trials.map(climberOf))
    const chosen = choice.kind === 'promote' && trials.find((t) => t.trial === choice.trial)
    if (chosen) return { kind: 'go-on', trial: chosen }
  }

  if (trials.length >= config.trials) return { kind: 'none' }
  const { space, method } = config
  const history = historyOf(trials, { space, count, method })
  const left = config.trials - (trials.length - history.length)
  const seed = seedFor(config.seed, count)
  const unit = METHODS[method]({ space, seed, trials: left, history })
  if (unit === null) return { kind: 'none' }
  if (unit === 'wait') return { kind: 'wait' }
  return { kind: 'begin', point: pointAt(space, unit) }
}
