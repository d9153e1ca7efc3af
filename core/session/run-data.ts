import type { Dataset, RawDataset } from '../data/dataset.ts'
import { prepareDataset } from '../data/prepare.ts'
import { restoreDataset } from '../data/stored.ts'
import type { RunConfig } from '../protocol/config.ts'
import { permutation } from '../random/index.ts'
import type { ReadableDb } from '../store/db.ts'
import { readDataset } from '../store/dataset.ts'

/** Splits and normalises as the run's config and seed say: the same every time. */
export const prepareFor = (raw: RawDataset, config: RunConfig): Dataset =>
  prepareDataset(raw, {
    dev: config.data.dev,
    normalise: config.data.normalise,
    seed: config.seed,
    permute: (n, seed, stream) => permutation(n, seed, stream, 0),
  })

/** The data of a run, ready to train on. Throws `data/changed` where linked files are not what they were. */
export async function loadPrepared(
  db: ReadableDb,
  config: RunConfig,
  samplesDir: string,
): Promise<Dataset> {
  const raw = await restoreDataset(readDataset(db), config.data, config.loss, samplesDir)
  return prepareFor(raw, config)
}
