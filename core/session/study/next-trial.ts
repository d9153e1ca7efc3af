import type { Point } from '../../protocol/space.ts'
import type { StudyRecord } from '../../store/study.ts'
import type { TrialRecord } from '../../store/trials.ts'
import { exchangesOf, rungsOf } from '../../search/budget.ts'
import { chooseHalving, lastToClimb } from '../../search/halving.ts'
import type { Climber } from '../../search/halving.ts'
import { METHODS } from '../../search/methods/index.ts'
import { choosePopulation } from '../../search/population.ts'
import type { Member } from '../../search/population.ts'
import { pointAt } from '../../search/space.ts'
import { historyOf, seedFor } from '../../search/study-history.ts'
import type { Exchange } from './exchange.ts'

/** What a free place should do. */
export type Next =
  | { readonly kind: 'go-on'; readonly trial: TrialRecord }
  | { readonly kind: 'begin'; readonly point: Point }
  /** Members of a population give way to copies of others, which then wait. */
  | ({ readonly kind: 'exchange' } & Exchange)
  /** It depends on trials that still run. */
  | { readonly kind: 'wait' }
  /** There is nothing left to begin. */
  | { readonly kind: 'none' }

/** What was measured at each rung, as the rules of a method compare it. */
const valuesOf = ({ measured }: TrialRecord) =>
  measured.map((value) => value ?? Number.POSITIVE_INFINITY)

/** A trial as halving sees it. One that was cancelled, or broke, has left the ladder for good. */
const climberOf = (trial: TrialRecord): Climber => ({
  trial: trial.trial,
  measured: valuesOf(trial),
  isRunning: trial.state !== 'stopped-early',
  isGone: trial.state === 'cancelled' || trial.state === 'failed',
})

/** A trial as a population sees it. */
const memberOf = (trial: TrialRecord): Member => ({
  trial: trial.trial,
  point: trial.point,
  measured: valuesOf(trial),
  born: trial.born,
  life: isOpen(trial) || trial.state === 'running' ? 'living' : isLost(trial) ? 'diverged' : 'gone',
  isRunning: trial.state === 'running',
})
const isOpen = ({ state }: TrialRecord) => state === 'paused' || state === 'waiting'
const isLost = ({ state }: TrialRecord) => state === 'diverged'

/**
 * What comes next: trials that were interrupted, then one that has earned to climb on, then a new one. The
 * same question gets the same answer, so a study that was killed goes on as it would have.
 */
export function nextTrial(study: StudyRecord, trials: readonly TrialRecord[]): Next {
  const { method, trials: asked } = study.config
  if (method === 'population') return nextOfPopulation(study, trials)
  const trial = goingOn(study, trials)
  if (trial !== null) return { kind: 'go-on', trial }
  return trials.length < asked ? proposed(study, trials) : { kind: 'none' }
}

/** Is there nothing left to do? As `nextTrial` would say, without working out where a new trial would be. */
export function isOver(study: StudyRecord, trials: readonly TrialRecord[]): boolean {
  const { method, trials: asked } = study.config
  // These ask for little; the others propose as many trials as they may.
  if (method === 'population' || method === 'grid') return nextTrial(study, trials).kind === 'none'
  return goingOn(study, trials) === null && trials.length >= asked
}

/** The trial that was interrupted, or has earned to climb on. */
function goingOn({ config }: StudyRecord, trials: readonly TrialRecord[]): TrialRecord | null {
  const open = trials.find(isOpen)
  if (open !== undefined) return open
  if (config.stop_early === undefined) return null
  const ladder = { eta: config.stop_early.eta, rungs: rungsOf(config).map((_, rung) => rung) }
  const climbers = trials.map(climberOf)
  const choice = chooseHalving(ladder, climbers)
  const isLast = trials.length >= config.trials && trials.every(({ state }) => state !== 'running')
  const last = isLast ? lastToClimb(ladder, climbers) : null
  const climbs = choice.kind === 'promote' ? choice.trial : last
  return trials.find(({ trial }) => trial === climbs) ?? null
}

function nextOfPopulation(study: StudyRecord, trials: readonly TrialRecord[]): Next {
  const { trials: size, space, seed } = study.config
  const { share } = exchangesOf(study.config)
  const choice = choosePopulation({ size, share, space, seed }, trials.map(memberOf))
  const named = (number: number): TrialRecord => {
    const trial = trials.find((one) => one.trial === number)
    if (trial === undefined) throw new Error(`there is no trial ${number}`)
    return trial
  }
  switch (choice.kind) {
    case 'train':
      return { kind: 'go-on', trial: named(choice.trial) }
    case 'found':
      return proposed(study, trials)
    case 'exchange':
      return {
        kind: 'exchange',
        replaced: choice.replaced.map(named),
        children: choice.children.map(({ parent, point }) => ({ parent: named(parent), point })),
      }
    case 'wait':
    case 'none':
      return choice
  }
}

function proposed(study: StudyRecord, trials: readonly TrialRecord[]): Next {
  const { config, space: count } = study
  const { space, method } = config
  const history = historyOf(trials, { space, count, method })
  const left = config.trials - (trials.length - history.length)
  const seed = seedFor(config.seed, count)
  const rungs = rungsOf(config).length
  const unit = METHODS[method]({ space, seed, trials: left, history, rungs })
  if (unit === null) return { kind: 'none' }
  if (unit === 'wait') return { kind: 'wait' }
  return { kind: 'begin', point: pointAt(space, unit) }
}
