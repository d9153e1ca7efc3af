import type { StudySnapshot, TrialSummary } from '../../core/protocol/study.ts'
import { countTrials, isEnded } from './study-snapshot.ts'

const middleOf = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null

/** How long a step of a trial took, in ms; null where it says nothing. */
function msPerStep({ startedAt, endedAt, step }: TrialSummary, until: number): number | null {
  if (startedAt === null || step === 0) return null
  const ms = (endedAt ?? until) - startedAt
  return ms > 0 ? ms / step : null
}

const MINUTE_MS = 60_000

/** What a study with a budget of time still takes, in ms: each trial as long as those that ended, or its budget. */
function timedLeft({ trials, config }: StudySnapshot, minutes: number, now: number): number {
  const lasted = ({ startedAt, endedAt }: TrialSummary) => (endedAt ?? now) - (startedAt ?? now)
  const ended = trials.filter(isEnded)
  const open = trials.filter((trial) => !isEnded(trial))
  const each = Math.min(middleOf(ended.map(lasted)) ?? Infinity, minutes * MINUTE_MS)
  const left =
    open.reduce((sum, trial) => sum + Math.max(0, each - lasted(trial)), 0) +
    Math.max(0, config.trials - trials.length) * each
  return left / Math.max(1, countTrials(trials).running)
}

const known = (value: number | null): value is number => value !== null

/**
 * How many steps a trial takes, all in all: what those that ended took on average, which is less than the
 * budget where trials are stopped early. Null while no budget is known.
 */
function stepsOfOne(trials: readonly TrialSummary[]): number | null {
  const ended = trials.filter((trial) => isEnded(trial) && trial.step > 0)
  if (ended.length > 0) return ended.reduce((sum, { step }) => sum + step, 0) / ended.length
  return middleOf(trials.map(({ budgetSteps }) => budgetSteps).filter(known))
}

/** Every step that a population takes: a copy goes on from its parent's, so none is taken twice. Null of any other. */
function stepsOfPopulation({ config, trials }: StudySnapshot): number | null {
  if (config.method !== 'population') return null
  const budget = middleOf(trials.map(({ budgetSteps }) => budgetSteps).filter(known))
  return budget === null ? null : budget * config.trials
}

/**
 * About how long a study still takes, in ms, at the pace that its trials have had; null unless it runs and a
 * pace is known. A guess: trials that are stopped early may still climb on, and each has its own pace.
 */
export function timeLeft(snapshot: StudySnapshot, now: number): number | null {
  if (snapshot.state !== 'running') return null
  const { trials, config } = snapshot
  if ('minutes' in config.budget) return timedLeft(snapshot, config.budget.minutes, now)
  // The middle one: a trial that slept through a pause, or waited to climb on, is no measure.
  const ended = trials.filter(isEnded).map((trial) => msPerStep(trial, now))
  const paces = ended.filter(known)
  const under = trials.filter(({ state }) => state === 'running')
  const pace = middleOf(
    paces.length > 0 ? paces : under.map((trial) => msPerStep(trial, now)).filter(known),
  )
  const atOnce = Math.max(1, countTrials(trials).running)
  const whole = stepsOfPopulation(snapshot)
  if (whole !== null)
    return pace === null ? null : (Math.max(0, whole - snapshot.steps) * pace) / atOnce
  const each = stepsOfOne(trials)
  if (pace === null || each === null) return null
  const open = trials.filter((trial) => !isEnded(trial))
  const left =
    open.reduce((sum, { step }) => sum + Math.max(0, each - step), 0) +
    Math.max(0, config.trials - trials.length) * each
  return (left * pace) / atOnce
}

/** How much of a study is done: ended trials, and of running ones what they have of their budget. In [0, 1]. */
export function shareDone(snapshot: StudySnapshot): number {
  const { trials, config } = snapshot
  const whole = stepsOfPopulation(snapshot)
  if (whole !== null) return Math.min(1, snapshot.steps / Math.max(1, whole))
  const done = trials.reduce((sum, trial) => {
    if (isEnded(trial)) return sum + 1
    return sum + (trial.budgetSteps === null ? 0 : Math.min(1, trial.step / trial.budgetSteps))
  }, 0)
  return Math.min(1, done / Math.max(1, config.trials))
}
