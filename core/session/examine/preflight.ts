import type { Dataset } from '../../data/dataset.ts'
import { loadRawDataset } from '../../data/load.ts'
import { createEngine } from '../../engine/engine.ts'
import type { Engine, EngineSpec } from '../../engine/engine.ts'
import { checkAnswers } from '../../nn/check.ts'
import { planNetwork } from '../../nn/plan.ts'
import { runConfig } from '../../protocol/config.ts'
import type { RunConfig } from '../../protocol/config.ts'
import type {
  PreflightCheck,
  PreflightProgress,
  PreflightReply,
  PreflightRequest,
} from '../../protocol/examine.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { readRun } from '../../store/run.ts'
import { factsOfData, sizeOf, startingKnobs } from '../create-run.ts'
import { engineSpecOf } from '../engine-spec.ts'
import type { RunGate } from '../handshake.ts'
import { valueOf } from '../knobs.ts'
import { loadPrepared, prepareFor } from '../run-data.ts'
import { threadsFor } from '../threads.ts'
import type { TaskOf } from '../worker-task.ts'
import { firstExamples } from './candidate.ts'
import type { Candidate } from './candidate.ts'
import { checkInitialCost, checkOverfit, checkPenalty, withoutRegularisation } from './checks.ts'

/**
 * Looks at a run before it is started: does it begin where it should, can it learn at all, does its
 * penalty work; and how large and how fast it is. Writes nothing. Throws `data/*`, `engine/*`.
 */
export async function preflight(
  task: TaskOf<'run:preflight'>,
  gate: RunGate,
  onProgress: (progress: PreflightProgress) => void,
): Promise<PreflightReply> {
  const doing = (what: string) => onProgress({ type: 'doing', what })
  doing('loading the data')
  const { config, dataset } = await readCandidate(task.request, task)
  const knobs = startingKnobs(config, dataset.train.count)
  const withoutThreads = engineSpecOf(config, factsOfData(dataset))
  const plan = planNetwork(withoutThreads.network, withoutThreads.input)
  checkAnswers(plan, config.loss, dataset.targetsPerExample)
  const batchSize = valueOf(knobs, 'batch_size')
  if (config.threads === undefined) doing('choosing the number of threads')
  const threads = config.threads ?? (await threadsFor(withoutThreads, dataset, batchSize, gate))
  const candidate = { config, dataset, knobs, spec: { ...withoutThreads, threads } }

  const checks: PreflightCheck[] = []
  const done = (check: PreflightCheck) => {
    checks.push(check)
    onProgress({ type: 'checked', check })
  }
  const measured = await withFresh(candidate.spec, gate, async (engine) => {
    doing('measuring a step')
    const stepMs = await timeSteps(engine, candidate)
    done(await checkInitialCost(engine, candidate))
    done(await checkPenalty(engine, candidate))
    return { ...sizeOf(engine, config, knobs), stepMs }
  })
  doing('overfitting 20 examples')
  const spec = withoutRegularisation(candidate.spec)
  done(await withFresh(spec, gate, (engine) => checkOverfit(engine, candidate)))
  return { checks, ...measured, threads }
}

/** Does some work with an engine of its own, then lets it go. */
export async function withFresh<T>(
  spec: EngineSpec,
  gate: RunGate,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await createEngine(spec, gate)
  try {
    return await work(engine)
  } finally {
    await engine.dispose()
  }
}

async function readCandidate(
  request: PreflightRequest,
  folders: { readonly migrationsDir: string; readonly samplesDir: string },
): Promise<{ config: RunConfig; dataset: Dataset }> {
  if (!('run' in request)) {
    const config = runConfig.parse(request.config)
    const { samplesDir } = folders
    const places = { base: request.base ?? '.', samplesDir }
    const raw = await loadRawDataset(config.data, config.loss, places)
    return { config, dataset: prepareFor(raw, config) }
  }
  const db = openForReading(request.run, folders)
  try {
    const { config } = readRun(db)
    return { config, dataset: await loadPrepared(db, config, folders.samplesDir) }
  } finally {
    closeRun(db)
  }
}

const TIMED_STEPS = 7
/** A network that needs longer is timed by fewer steps. */
const LONGEST_TIMING_MS = 3_000

/** Median time of a step at the run's mini-batch size. The parameters stay as they are. */
export async function timeSteps(engine: Engine, candidate: Candidate): Promise<number> {
  const batch = firstExamples(candidate, valueOf(candidate.knobs, 'batch_size'))
  const { l2 = 0, dropout = 0 } = candidate.knobs
  const before = engine.exportState()
  await engine.prepare([batch.count])
  const times: number[] = []
  const startedAt = performance.now()
  // The first step fills caches and arenas, and does not count.
  for (let step = 0; step <= TIMED_STEPS; step++) {
    const stepAt = performance.now()
    await engine.computeGradients(batch, { step, l2, dropout, vitals: false })
    engine.applyUpdate(candidate.knobs, 0)
    if (step > 0) times.push(performance.now() - stepAt)
    if (times.length > 0 && performance.now() - startedAt > LONGEST_TIMING_MS) break
  }
  engine.importState(before)
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN
}
