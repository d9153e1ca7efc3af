import { availableParallelism } from 'node:os'
import { loadRawDataset } from '../data/load.ts'
import { storeDataset } from '../data/stored.ts'
import { createEngine } from '../engine/engine.ts'
import { initialHyperparameters, runConfig } from '../protocol/config.ts'
import type { RunConfig } from '../protocol/config.ts'
import type { Hyperparameters } from '../protocol/hyperparameters.ts'
import { createRunFile } from '../store/create.ts'
import { changesOf, valueOf } from './knobs.ts'
import { FIRST_DAY, START } from './position.ts'
import type { RunGate } from './handshake.ts'
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

/** Makes the file of a new run, with its data and its initial checkpoint: all of it or nothing. */
export async function createRun(options: CreateRunOptions): Promise<void> {
  const config = runConfig.parse(options.config)
  const raw = await loadRawDataset(config.data, config.loss, options)
  const dataset = prepareFor(raw, config)
  const knobs = startingKnobs(config, dataset.train.count)
  changesOf(knobs, knobs, config.optimizer, dataset.train.count)
  const { network, loss, optimizer, seed } = config
  const { features, classes } = dataset
  const threads = config.threads ?? availableParallelism()
  const engine = await createEngine(
    { network, loss, optimizer, features, classes, seed, threads },
    options.gate,
  )
  try {
    const createdAt = Date.now()
    createRunFile(
      options.file,
      {
        name: options.name,
        createdAt,
        config,
        parameters: engine.parameterCount,
        facts: {
          trainExamples: dataset.train.count,
          devExamples: dataset.dev.count,
          features,
          featureShape: [...dataset.featureShape],
          classes,
          classNames: dataset.classNames && [...dataset.classNames],
        },
        engine: null,
        dataset: storeDataset(raw, options.base),
      },
      {
        migrationsDir: options.migrationsDir,
        fill: (db) => {
          const state = { position: START, knobs, engine: engine.exportState() }
          const standing = {
            branch: 'b1',
            state,
            calendar: FIRST_DAY,
            cost: null,
            evaluation: null,
          } as const
          saveStanding(db, standing, 'initial', createdAt)
        },
      },
    )
  } finally {
    await engine.dispose()
  }
}

/** A default mini-batch is never larger than the data; one that was asked for is refused if it is. */
function startingKnobs(config: RunConfig, trainExamples: number): Hyperparameters {
  const knobs = initialHyperparameters(config)
  if (config.hyperparameters.batch_size !== undefined) return knobs
  return { ...knobs, batch_size: Math.min(valueOf(knobs, 'batch_size'), trainExamples) }
}
