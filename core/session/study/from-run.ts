import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { RawDataset } from '../../data/dataset.ts'
import { restoreDataset } from '../../data/stored.ts'
import type { StoredDataset } from '../../data/stored.ts'
import { aimsAtNumbers } from '../../data/targets.ts'
import { PandaError } from '../../errors.ts'
import { isRecord } from '../../protocol/config-schema.ts'
import type { RunConfig } from '../../protocol/config.ts'
import { readDataset } from '../../store/dataset.ts'
import { closeRun, openForReading } from '../../store/open.ts'
import { readRun } from '../../store/run.ts'
import { EXTENSION } from '../runs-folder.ts'

interface Folders {
  readonly migrationsDir: string
  readonly samplesDir: string
}

/** A run's config as it was made, without what a study has of its own: its name, and one thread for each trial. */
export function configOfRun(file: string, folders: Pick<Folders, 'migrationsDir'>) {
  const db = openForReading(file, folders)
  try {
    const { name: _name, threads: _threads, ...config } = readRun(db).config
    return config
  } finally {
    closeRun(db)
  }
}

/** A study's config as somebody wrote it, with `base` for what its trials train, unless it says that itself. */
export const withBase = (given: unknown, base: object): unknown =>
  isRecord(given) && !Array.isArray(given) && given['run'] === undefined
    ? { ...given, run: base }
    : given

/** A study of a run is called so, where nobody says otherwise; names have at most 80 characters. */
export const searchOf = (run: string): string => `${run.slice(0, 73).trimEnd()}-search`

/** The data of a run, as its file keeps them, and ready to be prepared. */
export interface DataOfRun {
  readonly stored: StoredDataset
  readonly raw: RawDataset
}

/**
 * The data of a run, for trials of `wanted`. Throws `config/invalid` where that names other data, or wants
 * other answers from them; `data/*` where data that the run is linked to are not what they were.
 */
export async function dataOfRun(
  file: string,
  wanted: Pick<RunConfig, 'data' | 'loss'>,
  folders: Folders,
): Promise<DataOfRun> {
  const db = openForReading(file, folders)
  try {
    const { config, facts } = readRun(db)
    refuseOther(path.basename(file, EXTENSION), config, wanted)
    const stored = readDataset(db)
    const raw = await restoreDataset(stored, config.data, wanted.loss, folders.samplesDir)
    // Packed data don't say what their columns are called: the run's own row does.
    return { stored, raw: facts.featureNames ? { ...raw, featureNames: facts.featureNames } : raw }
  } finally {
    closeRun(db)
  }
}

/** Which data: split and normalisation are made of them anew for each trial. */
const sourceOf = ({ dev: _dev, normalise: _normalise, ...source }: RunConfig['data']): object =>
  source

function refuseOther(
  run: string,
  own: Pick<RunConfig, 'data' | 'loss'>,
  wanted: Pick<RunConfig, 'data' | 'loss'>,
): void {
  const remedy = 'Leave them as the run has them, or search without the run.'
  if (!isDeepStrictEqual(sourceOf(own.data), sourceOf(wanted.data))) {
    const message = `the data are to be those of the run ${run}, but the config names others`
    throw new PandaError('config/invalid', message, remedy)
  }
  const isAlike = aimsAtNumbers(own.loss) && aimsAtNumbers(wanted.loss)
  if (own.loss === wanted.loss || isAlike) return
  throw new PandaError(
    'config/invalid',
    `the run ${run} keeps its data for the loss ${own.loss}, and ${wanted.loss} wants other answers`,
    remedy,
  )
}
