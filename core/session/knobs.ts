import { PandaError } from '../errors.ts'
import { scheduledLearningRate } from '../optim/schedule.ts'
import { recipeOf } from '../protocol/config.ts'
import type { RunConfig } from '../protocol/config.ts'
import { faultOf } from '../protocol/hyperparameters.ts'
import { defaultHyperparameters } from '../protocol/recipe.ts'
import type { HyperparameterName, Hyperparameters, Readings } from '../protocol/hyperparameters.ts'
import type { Change, JournalEntry, NudgeChanges } from '../protocol/run.ts'

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

/** The three readings of every knob. A nudge takes force at once, so requested = in force. */
export function readingsOf(config: RunConfig, knobs: Hyperparameters, at: Progress): Readings {
  const all = completed(knobs, config)
  const entries = Object.entries(all) as [HyperparameterName, number][]
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      {
        requested: value,
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

/** The changes that lead from one run's complete set of knobs to another; only what differs. */
export function differences(from: Hyperparameters, to: Hyperparameters): readonly Change[] {
  const names = Object.keys(to) as HyperparameterName[]
  return names
    .map((name) => ({ name, from: valueOf(from, name), to: valueOf(to, name) }))
    .filter((change) => change.from !== change.to)
}

/** The changes a journal entry stands for; none if it is no nudge. */
export const changesIn = (entry: JournalEntry): readonly Change[] =>
  entry.kind === 'nudge' ? entry.changes : []
