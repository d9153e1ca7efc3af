import { copyFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { StoredDataset } from '../../../core/data/index.ts'
import { runConfig } from '../../../core/protocol/config.ts'
import type { BranchId, CheckpointSummary } from '../../../core/protocol/run.ts'
import { insertCheckpoint } from '../../../core/store/checkpoints.ts'
import { createRunFile } from '../../../core/store/create.ts'
import { closeRun, openForReading, openForWriting } from '../../../core/store/open.ts'
import type { NewCheckpoint } from '../../../core/store/checkpoints.ts'
import type { ReadableDb, WritableDb } from '../../../core/store/db.ts'
import type { NewRun } from '../../../core/store/run.ts'
import { temporaryFolder } from '../data/places.ts'

export const migrationsDir = fileURLToPath(new URL('../../../migrations', import.meta.url))

export const dataset: StoredDataset = { kind: 'packed', bytes: Uint8Array.of(1, 2, 3) }

export const newRun: NewRun = {
  name: 'digits',
  createdAt: 1_700_000_000_000,
  config: runConfig.parse({
    data: { sample: 'digits' },
    network: { layers: [{ type: 'dense', units: 10 }] },
    loss: 'sparse_categorical_cross_entropy',
  }),
  parameters: 7850,
  facts: {
    trainExamples: 8000,
    devExamples: 2000,
    features: 784,
    featureShape: [28, 28],
    classes: 10,
    classNames: null,
    vocabulary: null,
    characters: null,
    targetsPerExample: 1,
  },
  engine: null,
}

/** A fresh run file in a folder of its own. */
export function newRunFile(folder = temporaryFolder()): string {
  const file = path.join(folder, 'digits.panda')
  createRunFile(file, { ...newRun, dataset }, { migrationsDir })
  return file
}

/** A copy of a closed run, to be spoilt. */
export function copyOf(file: string): string {
  const copy = path.join(temporaryFolder(), path.basename(file))
  copyFileSync(file, copy)
  return copy
}

const closedLater = <Db extends ReadableDb>(db: Db): Db => {
  onTestFinished(() => closeRun(db))
  return db
}

export const reading = (file: string): ReadableDb =>
  closedLater(openForReading(file, { migrationsDir }))
export const writing = (file: string): WritableDb =>
  closedLater(openForWriting(file, { migrationsDir }))

/** A writer on a fresh run. */
export const freshRun = (): WritableDb => writing(newRunFile())

export const checkpointOn = (branch: BranchId, step: number): NewCheckpoint => ({
  branch,
  step,
  kind: 'asked',
  createdAt: 5,
  cost: 0.5,
  devCost: null,
  devAccuracy: 0.9,
  parametersSha256: 'a'.repeat(64),
  meta: { step },
  payload: Uint8Array.of(step % 256),
})

export const takeCheckpoint = (db: WritableDb, branch: BranchId, step: number): CheckpointSummary =>
  insertCheckpoint(db, checkpointOn(branch, step))

/** What lies in the folder of a file. */
export const besides = (file: string): string[] => readdirSync(path.dirname(file)).sort()
