import type { Dataset } from '../data/dataset.ts'
import { packNormalisation } from '../data/packed-normalisation.ts'
import { loadRawDataset } from '../data/load.ts'
import { storeDataset } from '../data/stored.ts'
import { createEngine } from '../engine/engine.ts'
import type { Engine } from '../engine/engine.ts'
import { checkAnswers } from '../nn/check.ts'
import { estimateMemory } from '../nn/plan.ts'
import { OPTIMIZERS } from '../optim/optimizers.ts'
import { initialHyperparameters, runConfig } from '../protocol/config.ts'
import type { RunConfig } from '../protocol/config.ts'
import type { Hyperparameters } from '../protocol/hyperparameters.ts'
import { createRunFile } from '../store/create.ts'
import type { DataFacts } from '../store/run.ts'
import { engineSpecOf } from './engine-spec.ts'
import type { RunGate } from './handshake.ts'
import { changesOf, valueOf } from './knobs.ts'
import { NO_RAMPS } from './ramps.ts'
import { FIRST_DAY, START } from './position.ts'
import { prepareFor } from './run-data.ts'
import { saveStanding } from './saved-state.ts'

export interface CreateRunOptions {
  readonly file: string
  readonly name: string
  /** The folder that paths in the config are relative to. */
  readonly base: string
  readonly config: unknown
  readonly samplesDir: string
  readonly migrationsDir: string
  readonly gate: RunGate
}

/** How large a run is: trainable numbers, and an estimate of the memory that training takes. */
export interface RunSize {
  readonly parameters: number
  readonly memoryBytes: number
}

/** Makes the file of a new run, with its data and its initial checkpoint: all of it or nothing. */
export async function createRun(options: CreateRunOptions): Promise<RunSize> {
  const config = runConfig.parse(options.config)
  const raw = await loadRawDataset(config.data, config.loss, options)
  const dataset = prepareFor(raw, config)
  const facts = factsOfData(dataset)
  const knobs = startingKnobs(config, dataset.train.count)
  // The first values depend on no number of threads; that is chosen when training starts.
  const threads = config.threads ?? 1
  const engine = await createEngine({ ...engineSpecOf(config, facts), threads }, options.gate)
  try {
    checkAnswers(engine.plan, config.loss, facts.targetsPerExample)
    const createdAt = Date.now()
    createRunFile(
      options.file,
      {
        name: options.name,
        createdAt,
        config,
        parameters: engine.parameterCount,
        facts,
        engine: null,
        dataset: storeDataset(raw, options.base),
      },
      {
        migrationsDir: options.migrationsDir,
        fill: (db) => {
          const state = { position: START, knobs, ramps: NO_RAMPS, engine: engine.exportState() }
          const standing = {
            branch: 'b1',
            state,
            calendar: FIRST_DAY,
            engine: null,
            cost: null,
            evaluation: null,
          } as const
          saveStanding(db, standing, 'initial', createdAt)
        },
      },
    )
    return sizeOf(engine, config, knobs)
  } finally {
    await engine.dispose()
  }
}

/** What a run's own row keeps of its data. */
export const factsOfData = (dataset: Dataset): DataFacts => ({
  trainExamples: dataset.train.count,
  devExamples: dataset.dev.count,
  features: dataset.features,
  featureShape: [...dataset.featureShape],
  ...(dataset.featureNames !== undefined && { featureNames: [...dataset.featureNames] }),
  classes: dataset.classes,
  classNames: dataset.classNames && [...dataset.classNames],
  vocabulary: dataset.vocabulary,
  characters: dataset.characters,
  targetsPerExample: dataset.targetsPerExample,
  normalisation: packNormalisation(dataset.normalisation),
})

export const sizeOf = (engine: Engine, config: RunConfig, knobs: Hyperparameters): RunSize => ({
  parameters: engine.parameterCount,
  memoryBytes: estimateMemory(engine.plan, {
    optimizerSlots: OPTIMIZERS[config.optimizer].slots.length,
    batchSize: valueOf(knobs, 'batch_size'),
  }),
})

/**
 * The hyperparameters of the first step. A default mini-batch is never larger than the data; one that was
 * asked for is refused if it is: throws `session/invalid-value`.
 */
export function startingKnobs(config: RunConfig, trainExamples: number): Hyperparameters {
  const given = initialHyperparameters(config)
  const batchSize = Math.min(valueOf(given, 'batch_size'), trainExamples)
  const isAsked = config.hyperparameters.batch_size !== undefined
  const knobs = isAsked ? given : { ...given, batch_size: batchSize }
  changesOf(knobs, knobs, config, trainExamples)
  return knobs
}
