import { checkAnswers, checkModel } from '../../nn/check.ts'
import { countParameters, estimateMemory, planNetwork } from '../../nn/plan.ts'
import { OPTIMIZERS } from '../../optim/optimizers.ts'
import { runConfig } from '../../protocol/config.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type { Hyperparameters } from '../../protocol/hyperparameters.ts'
import type { BranchId } from '../../protocol/run.ts'
import type { StudyConfig } from '../../protocol/study.ts'
import type { Point } from '../../protocol/space.ts'
import { configAt } from '../../search/point-config.ts'
import type { DataFacts } from '../../store/run.ts'
import { startingKnobs } from '../create-run.ts'
import { engineSpecOf } from '../engine-spec.ts'
import { refuseBadConfig } from '../examinations.ts'
import { valueOf } from '../knobs.ts'
import { NO_RAMPS } from '../ramps.ts'
import type { Standing } from '../saved-state.ts'
import type { TrainingState } from '../training-state.ts'

/** The config of the trial at a point: one thread, so that trials run side by side. Throws `config/invalid`. */
export function trialConfigOf(study: StudyConfig, point: Point): RunConfig {
  const config = { ...configAt(study.run, point), threads: 1 }
  refuseBadConfig(config)
  return runConfig.parse(config)
}

/** What is known of a trial before it is built. */
export interface TrialPlan {
  readonly config: RunConfig
  readonly knobs: Hyperparameters
  readonly batchSize: number
  readonly parameters: number
  readonly memoryBytes: number
}

/** A thread with a small engine: 38 MB each, measured with one and with four. The data come on top. */
const THREAD_BYTES = 48 * 2 ** 20
/** As read and as prepared, for a moment; 1.2 copies stay. */
const COPIES_OF_DATA = 2

/**
 * The state that a trial goes on from: what was saved on its branch. A copy that has saved nothing yet has its
 * parent's, with weights, moments, statistics and place in the data, and its own hyperparameters in force
 * from the next step on, as a nudge would set them.
 */
export const stateOf = (
  { branch: savedOn, state }: Pick<Standing, 'branch' | 'state'>,
  branch: BranchId,
  knobs: Hyperparameters,
): TrainingState => (savedOn === branch ? state : { ...state, knobs, ramps: NO_RAMPS })

/** Plans a trial without building it. Throws what a run of its config would be refused for. */
export function planTrial(config: RunConfig, facts: DataFacts): TrialPlan {
  const spec = engineSpecOf(config, facts)
  const plan = planNetwork(spec.network, spec.input)
  checkModel(plan, spec.loss, spec.network, spec.classes)
  checkAnswers(plan, config.loss, facts.targetsPerExample)
  const knobs = startingKnobs(config, facts.trainExamples)
  const batchSize = valueOf(knobs, 'batch_size')
  const numbers = (facts.trainExamples + facts.devExamples) * facts.features
  return {
    config,
    knobs,
    batchSize,
    parameters: countParameters(plan.parameters),
    memoryBytes:
      THREAD_BYTES +
      COPIES_OF_DATA * numbers * Float32Array.BYTES_PER_ELEMENT +
      estimateMemory(plan, {
        optimizerSlots: OPTIMIZERS[config.optimizer].slots.length,
        batchSize,
      }),
  }
}
