import { PandaError } from '../errors.ts'
import { scheduledLearningRate } from '../optim/schedule.ts'
import { recipeOf } from '../protocol/config.ts'
import type { RunConfig } from '../protocol/config.ts'
import { faultOf } from '../protocol/hyperparameters.ts'
import { defaultHyperparameters } from '../protocol/recipe.ts'
import type { HyperparameterName, Hyperparameters, Readings } from '../protocol/hyperparameters.ts'
import type { Change, NudgeChanges } from '../protocol/run.ts'
import { NO_RAMPS, knobsAt } from './ramps.ts'
import type { Ramps } from './ramps.ts'

/** The value a run surely has. A missing one is a bug, not bad input: names are checked at the door. */
export function valueOf(knobs: Hyperparameters, name: HyperparameterName): number {
  const value = knobs[name]
  if (value === undefined) throw new Error(`this run has no ${name}`)
  return value
}

/**
 * Every hyperparameter of a run. A checkpoint from before there was one lacks it: its default stands in,
 * which then changes nothing (no clipping, no warm-up). The checkpoint itself stays as it was hashed.
 */
export const completed = (
  knobs: Hyperparameters,
  config: Parameters<typeof recipeOf>[0],
): Hyperparameters => ({ ...defaultHyperparameters(recipeOf(config)), ...knobs })

/** How far training is, as schedules count: samples seen ÷ training-set size, and steps completed. */
export interface Progress {
  readonly epoch: number
  readonly step: number
}

/**
 * The three readings of every knob: the end of its ramp, the base value for the next step, and what the
 * schedule makes of that. Without a ramp the first two are the same.
 */
export function readingsOf(
  config: RunConfig,
  knobs: Hyperparameters,
  at: Progress,
  ramps: Ramps = NO_RAMPS,
): Readings {
  const targets = completed(knobs, config)
  const all = knobsAt({ knobs: targets, ramps }, at.step + 1)
  const entries = Object.entries(all) as [HyperparameterName, number][]
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      {
        requested: targets[name] ?? value,
        inForce: value,
        scheduled:
          name === 'learning_rate' ? scheduledLearningRate(config.schedule, all, at) : value,
      },
    ]),
  )
}

/** The base values behind readings. */
export const inForce = (readings: Readings): Hyperparameters =>
  Object.fromEntries(Object.entries(readings).map(([name, reading]) => [name, reading.inForce]))

/** The targets behind readings. */
export const requestedOf = (readings: Readings): Hyperparameters =>
  Object.fromEntries(Object.entries(readings).map(([name, reading]) => [name, reading.requested]))

/**
 * What a nudge changes, of knobs `inForce` that head for `targets`. A knob that has the value already, and
 * keeps it, is left out. Throws as `changesOf` does, and `session/invalid-value` where nothing is left.
 */
export function effectiveChanges(
  requested: NudgeChanges,
  { inForce, targets }: { readonly inForce: Hyperparameters; readonly targets: Hyperparameters },
  config: Parameters<typeof recipeOf>[0],
  trainExamples: number,
): readonly Change[] {
  const changes = changesOf(requested, inForce, config, trainExamples)
  const effective = changes.filter(
    ({ name, from, to }) => from !== to || (targets[name] ?? from) !== from,
  )
  if (effective.length > 0) return effective
  const values = changes.map(({ name, to }) => `${name} is ${to}`).join(', ')
  throw new PandaError(
    'session/invalid-value',
    `the nudge changes nothing: ${values} already`,
    'Name another value.',
  )
}

/**
 * Checks a nudge against what the run has, and says what it changes.
 * Throws `session/unknown-hyperparameter` or `session/invalid-value`; nothing is changed then.
 */
export function changesOf(
  requested: NudgeChanges,
  knobs: Hyperparameters,
  config: Parameters<typeof recipeOf>[0],
  trainExamples: number,
): readonly Change[] {
  const entries = Object.entries(requested) as [HyperparameterName, number][]
  if (entries.length === 0) {
    throw new PandaError(
      'session/invalid-value',
      'the nudge names no hyperparameter',
      'Name at least one, as in learning_rate=3e-4.',
    )
  }
  const all = completed(knobs, config)
  return entries.map(([name, to]) => {
    if (!Object.hasOwn(all, name)) {
      throw new PandaError(
        'session/unknown-hyperparameter',
        `this run (${config.optimizer}, schedule ${config.schedule}) has no ${name}`,
        `It can nudge ${Object.keys(all).join(', ')}.`,
      )
    }
    const fault = faultOf(name, to)
    if (fault !== null) {
      throw new PandaError('session/invalid-value', `${name} ${fault}`, 'Nothing was changed.')
    }
    if (name === 'batch_size' && to > trainExamples) {
      throw new PandaError(
        'session/invalid-value',
        `batch_size is ${to}, but the training set has ${trainExamples} examples`,
        'Nothing was changed.',
      )
    }
    return { name, from: valueOf(all, name), to }
  })
}

/** The knobs after these changes. */
export const applyChanges = (
  knobs: Hyperparameters,
  changes: readonly Change[],
): Hyperparameters => ({
  ...knobs,
  ...Object.fromEntries(changes.map(({ name, to }) => [name, to])),
})

/**
 * The changes that hold today's values at an earlier point: what differs, and what was on a ramp there, which
 * would move on by itself. A ramp of today's is not carried over: its knob keeps the value it has reached.
 */
export function changesToKeep(
  then: Hyperparameters,
  now: Hyperparameters,
  rampsThen: Ramps,
): readonly Change[] {
  const names = Object.keys(now) as HyperparameterName[]
  return names
    .map((name) => ({ name, from: valueOf(then, name), to: valueOf(now, name) }))
    .filter(({ name, from, to }) => from !== to || rampsThen[name] !== undefined)
}
