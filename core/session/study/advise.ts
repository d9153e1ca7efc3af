import { availableParallelism } from 'node:os'
import type { Dataset, RawDataset } from '../../data/dataset.ts'
import { loadRawDataset } from '../../data/load.ts'
import { runConfig } from '../../protocol/config.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type { Advice } from '../../protocol/study.ts'
import { adviceOn } from '../../search/advice.ts'
import { batchesOf } from '../batches.ts'
import { factsOfData } from '../create-run.ts'
import { engineSpecOf } from '../engine-spec.ts'
import { firstExamples } from '../examine/candidate.ts'
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
  const stepsPerEpoch = Math.ceil(dataset.train.count / plan.batchSize)
  const { evaluate_every: every } = config
  return adviceOn({
    ...times,
    ...(await trialTimes(config, dataset, plan, gate)),
    stepsPerEpoch,
    stepsPerEvaluation: 'steps' in every ? every.steps : every.epochs * stepsPerEpoch,
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

/**
 * What a trial takes beside its steps: to build its network, for training, vital signs and evaluations, and to go
 * through the dev set. Timed after `stepTimes`, as the first engine of a thread loads the runtime too.
 */
async function trialTimes(
  config: RunConfig,
  dataset: Dataset,
  { knobs, batchSize }: TrialPlan,
  gate: RunGate,
): Promise<{ readonly startMs: number; readonly evaluateMs: number }> {
  const spec = { ...engineSpecOf(config, factsOfData(dataset)), threads: 1 }
  const startedAt = performance.now()
  return await withFresh(spec, gate, async (engine) => {
    // The first step takes vital signs, which come of a graph of their own.
    const { l2 = 0, dropout = 0 } = knobs
    const first = firstExamples({ config, spec, dataset, knobs }, batchSize)
    await engine.computeGradients(first, { step: 0, l2, dropout, vitals: true })
    const builtMs = performance.now() - startedAt
    // A large dev set is timed by its first batch.
    const [batch] = batchesOf(dataset.dev)
    if (batch === undefined) return { startMs: builtMs, evaluateMs: 0 }
    const timed = async () => {
      const at = performance.now()
      await engine.evaluate([batch], l2)
      return performance.now() - at
    }
    const coldMs = await timed()
    const batchMs = Math.min(await timed(), coldMs)
    return {
      startMs: builtMs + coldMs - batchMs,
      evaluateMs: (batchMs * dataset.dev.count) / batch.count,
    }
  })
}
