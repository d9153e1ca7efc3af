import { PandaError } from '../../errors.ts'
import type { SearchSpace } from '../../protocol/space.ts'
import type { StudyConfig, StudySnapshot, TrialState, TrialSummary } from '../../protocol/study.ts'
import { checkedStudy } from './create-study.ts'
import { refuseExtinct, refuseLatecomers } from './exchange.ts'

/** Nothing is left to do for a trial in one of these. */
const OVER: ReadonlySet<TrialState> = new Set([
  'done',
  'diverged',
  'failed',
  'cancelled',
  'replaced',
])

/**
 * A study's config with more trials. Throws `config/invalid` where there can't be as many, and
 * `session/not-possible-now` where a population takes no more members.
 */
export function withMoreTrials(
  { config, trials }: Pick<StudySnapshot, 'config' | 'trials'>,
  count: number,
): StudyConfig {
  refuseLatecomers(config, trials)
  return checkedStudy({ ...config, trials: config.trials + count }).config
}

/**
 * A study's config with another space. Throws `config/invalid` where that makes no sense, and
 * `session/not-possible-now` where no trial will be proposed in it.
 */
export function withSpace(
  { config, trials }: Pick<StudySnapshot, 'config' | 'trials'>,
  space: SearchSpace,
): StudyConfig {
  refuseExtinct(config, trials)
  return checkedStudy({ ...config, space }).config
}

/** The trial to be cancelled. Throws `session/no-such-target`, or `session/not-possible-now` where it has ended. */
export function cancellable<T extends Pick<TrialSummary, 'trial' | 'state'>>(
  trials: readonly T[],
  number: number,
): T {
  const trial = trials.find((one) => one.trial === number)
  if (trial === undefined) {
    throw new PandaError(
      'session/no-such-target',
      `there is no trial ${number}`,
      `This study has ${trials.length}.`,
    )
  }
  if (!OVER.has(trial.state)) return trial
  throw new PandaError(
    'session/not-possible-now',
    `trial ${number} is ${trial.state}`,
    'Only a trial that has something left to do can be cancelled.',
  )
}
