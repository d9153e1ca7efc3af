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
  return readingData(data, base, async () => {
    if ('sample' in data) return readSample(data, samplesDir, loss)
    if ('idx' in data) return readIdx(at(data.idx.images), at(data.idx.labels), loss)
    if ('text' in data) return readText(at(data.text), data.context, loss)
    return readCsv(at(data.csv), data.label, loss)
  })
}

/** Does `work`; what the system says about a file of `data` becomes `data/unreadable`, with what to do. */
export async function readingData<T>(
  data: object,
  base: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PandaError) throw error
    throw new PandaError(
      'data/unreadable',
      whatIsWrong(error),
      'sample' in data
        ? 'The sample data is missing from this installation: install or build Panda again.'
        : `Check the path; it is relative to ${base}.`,
      error,
    )
  }
}

function whatIsWrong(error: unknown): string {
  const { code, path: file } = error as NodeJS.ErrnoException
  if (code === 'EISDIR') return 'a folder was named where a file is needed'
  if (file !== undefined && (code === 'ENOENT' || code === 'ENOTDIR')) {
    return `there is no file ${file}`
  }
  if (file !== undefined && (code === 'EACCES' || code === 'EPERM')) {
    return `you may not read the file ${file}`
  }
  return `the data could not be read: ${error instanceof Error ? error.message : String(error)}`
}
