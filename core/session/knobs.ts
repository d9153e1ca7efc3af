import { PandaError } from '../errors.ts'
import type { OptimizerName } from '../protocol/hyperparameters.ts'
import { faultOf, hyperparametersOf } from '../protocol/hyperparameters.ts'
import type { HyperparameterName, Hyperparameters, Readings } from '../protocol/hyperparameters.ts'
import type { Change, JournalEntry, NudgeChanges } from '../protocol/run.ts'
import { scheduledLearningRate } from '../optim/schedule.ts'

/** The value a run surely has. A missing one is a bug, not bad input: names are checked at the door. */
export function valueOf(knobs: Hyperparameters, name: HyperparameterName): number {
  const value = knobs[name]
  if (value === undefined) throw new Error(`this run has no ${name}`)
  return value
}

/** α as the next step uses it. `epoch`: samples seen ÷ training-set size. */
export const learningRateAt = (knobs: Hyperparameters, epoch: number): number =>
  scheduledLearningRate(valueOf(knobs, 'learning_rate'), knobs.learning_rate_decay ?? 0, epoch)

/** The three readings of every knob. A nudge takes force at once, so requested = in force. */
export function readingsOf(knobs: Hyperparameters, epoch: number): Readings {
  const entries = Object.entries(knobs) as [HyperparameterName, number][]
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      {
        requested: value,
        inForce: value,
        scheduled: name === 'learning_rate' ? learningRateAt(knobs, epoch) : value,
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
  optimizer: OptimizerName,
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
  const available = hyperparametersOf(optimizer)
  return entries.map(([name, to]) => {
    if (!available.includes(name)) {
      throw new PandaError(
        'session/unknown-hyperparameter',
        `${optimizer} has no ${name}`,
        `This run can nudge ${available.join(', ')}.`,
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
    return { name, from: valueOf(knobs, name), to }
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

/** The changes a journal entry stands for; none if it is no nudge. */
export const changesIn = (entry: JournalEntry): readonly Change[] =>
  entry.kind === 'nudge' ? entry.changes : []
