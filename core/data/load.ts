import path from 'node:path'
import { PandaError } from '../errors.ts'
import type { DataConfig, LossName } from '../protocol/config.ts'
import { readCsv } from './csv.ts'
import type { RawDataset } from './dataset.ts'
import { readIdx } from './idx.ts'
import { readSample } from './sample.ts'
import { readText } from './text.ts'

export interface DataPlaces {
  /** The folder that paths in the config are relative to. */
  readonly base: string
  readonly samplesDir: string
}

/** Reads the examples that a config names, as the loss needs them. */
export async function loadRawDataset(
  data: DataConfig,
  loss: LossName,
  { base, samplesDir }: DataPlaces,
): Promise<RawDataset> {
  const at = (file: string) => path.resolve(base, file)
  try {
    if ('sample' in data) return await readSample(data, samplesDir, loss)
    if ('idx' in data) return await readIdx(at(data.idx.images), at(data.idx.labels), loss)
    if ('text' in data) return await readText(at(data.text), data.context, loss)
    return await readCsv(at(data.csv), data.label, loss)
  } catch (error) {
    if (error instanceof PandaError) throw error
    throw new PandaError(
      'data/unreadable',
      `the data could not be read: ${error instanceof Error ? error.message : String(error)}`,
      'sample' in data
        ? 'The sample data is missing from this installation: install or build Panda again.'
        : `Check the path; it is relative to ${base}.`,
      error,
    )
  }
}
