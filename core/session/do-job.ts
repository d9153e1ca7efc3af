import { describeData } from './describe-data.ts'
import { duplicateRun } from './duplicate.ts'
import { inputsOfRun } from './examine/inputs.ts'
import type { PreflightProgress } from '../protocol/examine.ts'
import { createRun } from './create-run.ts'
import { evaluateRun } from './examine/evaluate.ts'
import { exportRun } from './examine/export.ts'
import { predictWithRun } from './examine/predict.ts'
import { preflight } from './examine/preflight.ts'
import type { RunGate } from './handshake.ts'
import type { JobReplies } from './jobs.ts'
import { adoptTrial } from './study/adopt.ts'
import { advise } from './study/advise.ts'
import { createStudy } from './study/create-study.ts'
import { insightOf } from './study/insight.ts'
import type { WorkerTask } from './worker-task.ts'

/** Does what a thread was started for. */
export function doJob(
  task: Exclude<WorkerTask, { readonly task: 'session' | 'study' | 'trial' }>,
  gate: RunGate,
  onProgress: (progress: PreflightProgress) => void,
): Promise<JobReplies[keyof JobReplies]> {
  switch (task.task) {
    case 'create':
      return createRun({ ...task, gate })
    case 'run:evaluate':
      return evaluateRun(task, gate)
    case 'run:predict':
      return predictWithRun(task, gate)
    case 'run:export':
      return exportRun(task)
    case 'run:inputs':
      return inputsOfRun(task)
    case 'data:describe':
      return describeData(task)
    case 'run:duplicate':
      return duplicateRun(task)
    case 'run:preflight':
      return preflight(task, gate, onProgress)
    case 'study:create':
      return createStudy(task)
    case 'study:adopt':
      return adoptTrial(task, gate)
    case 'study:insight':
      return insightOf(task)
    case 'search:advise':
      return advise(task, gate)
  }
}
