import { inventedTrial as trialOf } from '../../fixtures/invented-trial.ts'
import type { StudyConfig, StudySnapshot, TrialSummary } from '../../../core/protocol/study.ts'
export { trialOf }

const CONFIG: StudyConfig = {
  seed: 1,
  run: { data: { sample: 'digits' }, hyperparameters: { batch_size: 50 } },
  space: { 'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 1 } },
  method: 'random',
  trials: 4,
  budget: { steps: 100 },
}

/** A study with so many waiting trials, or with those that are given. */
export function studyOf(
  trials: number | readonly TrialSummary[],
  parts: Partial<StudySnapshot> = {},
  config: Partial<StudyConfig> = {},
): StudySnapshot {
  return {
    study: 'digits',
    file: '/digits.study',
    createdAt: 0,
    config: { ...CONFIG, ...config },
    measure: 'dev_error',
    state: 'running',
    trials:
      typeof trials === 'number'
        ? Array.from({ length: trials }, (_, i) => trialOf(i + 1))
        : trials,
    best: null,
    steps: 0,
    trainExamples: 1_000,
    journal: [],
    failure: null,
    ...parts,
  }
}
