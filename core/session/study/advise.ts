import { availableParallelism } from 'node:os'
import type { Dataset, RawDataset } from '../../data/dataset.ts'
import { loadRawDataset } from '../../data/load.ts'
import { runConfig } from '../../protocol/config.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type { Advice } from '../../protocol/study.ts'
import { adviceOn } from '../../search/advice.ts'
import { factsOfData } from '../create-run.ts'
import { engineSpecOf } from '../engine-spec.ts'
import { timeSteps, withFresh } from '../examine/preflight.ts'
import type { RunGate } from '../handshake.ts'
import { prepareFor } from '../run-data.ts'
import { threadsFor } from '../threads.ts'
import type { TaskOf } from '../worker-task.ts'
import { dataOfRun } from './from-run.ts'
import { freeForTrials } from './trial-memory.ts'
import { planTrial } from './trial-plan.ts'
import type { TrialPlan } from './trial-plan.ts'

/**
 * Panda or caviar: measures a step as a run takes it and as a trial does, and says what the time is enough
 * for. Writes nothing. Throws `data/*`, `engine/*` as making such a run would.
 */
export async function advise(
  task: Omit<TaskOf<'search:advise'>, 'task' | 'gate'>,
  gate: RunGate,
): Promise<Advice> {
  const { request } = task
  const config = runConfig.parse(request.config)
  const dataset = prepareFor(await rawFor(config, task), config)
  const plan = planTrial({ ...config, threads: 1 }, factsOfData(dataset))
  const cores = request.cores ?? availableParallelism()
  const times = await stepTimes(config, dataset, plan, { cores, gate })
  return adviceOn({
    ...times,
    stepsPerEpoch: Math.ceil(dataset.train.count / plan.batchSize),
    epochs: request.epochs,
    days: request.days,
    cores,
    trialBytes: plan.memoryBytes,
    memoryBytes: freeForTrials(),
  })
}

async function rawFor(
  config: RunConfig,
  { request, runFile, ...folders }: Omit<TaskOf<'search:advise'>, 'task' | 'gate'>,
): Promise<RawDataset> {
  if (runFile !== null) return (await dataOfRun(runFile, config, folders)).raw
  const places = { base: request.base ?? '.', samplesDir: folders.samplesDir }
  return loadRawDataset(config.data, config.loss, places)
}

/** With as many threads as the run would choose, but no more than the cores it is to have; and with one. */
async function stepTimes(
  config: RunConfig,
  dataset: Dataset,
  { knobs, batchSize }: TrialPlan,
  { cores, gate }: { readonly cores: number; readonly gate: RunGate },
): Promise<{ readonly stepMs: number; readonly trialStepMs: number }> {
  const withoutThreads = engineSpecOf(config, factsOfData(dataset))
  const chosen = config.threads ?? (await threadsFor(withoutThreads, dataset, batchSize, gate))
  const timeWith = (threads: number) => {
    const spec = { ...withoutThreads, threads }
    return withFresh(spec, gate, (engine) => timeSteps(engine, { config, dataset, knobs, spec }))
  }
  const trialStepMs = await timeWith(1)
  const threads = Math.min(chosen, cores)
  return { trialStepMs, stepMs: threads === 1 ? trialStepMs : await timeWith(threads) }
}
