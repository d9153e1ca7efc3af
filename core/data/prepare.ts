import { PandaError } from '../errors.ts'
import type { DataConfig } from '../protocol/config.ts'
import type { Dataset, Normalisation, RawDataset, Split } from './dataset.ts'
import { fitNormalisation, normaliseInto } from './normalise.ts'

/** A seeded permutation of 0 … n − 1; each stream is independent of the others. */
export type Permute = (n: number, seed: number, stream: number) => Uint32Array

/** The epochs' orders draw from stream 0; the split from the other end. */
export const SPLIT_STREAM = 0xffff_ffff

export interface PrepareOptions extends Pick<DataConfig, 'dev' | 'normalise'> {
  readonly seed: number
  readonly permute: Permute
}

/** Splits off the dev set and normalises both parts by what the training part alone shows. */
export function prepareDataset(raw: RawDataset, options: PrepareOptions): Dataset {
  if (raw.count < 2) {
    throw new PandaError(
      'data/unreadable',
      'the data holds fewer than two examples',
      'A run needs one to train on and one to check with, at least.',
    )
  }
  const order = options.permute(raw.count, options.seed, SPLIT_STREAM)
  const devCount = Math.min(raw.count - 1, Math.max(1, Math.round(raw.count * options.dev)))
  const devRows = order.subarray(0, devCount)
  const trainRows = order.subarray(devCount)
  const normalisation = fitNormalisation(raw, trainRows, options.normalise)
  return {
    features: raw.features,
    featureShape: raw.featureShape,
    classes: raw.classes,
    classNames: raw.classNames,
    normalisation,
    train: splitOf(raw, trainRows, normalisation),
    dev: splitOf(raw, devRows, normalisation),
  }
}

function splitOf(raw: RawDataset, rows: Uint32Array, normalisation: Normalisation): Split {
  const { labels, targets } = raw
  const x = new Float32Array(rows.length * raw.features)
  normaliseInto(x, raw, rows, normalisation)
  return {
    count: rows.length,
    x,
    labels: labels && Int32Array.from(rows, (row) => labels[row] ?? -1),
    targets: targets && Float32Array.from(rows, (row) => targets[row] ?? NaN),
  }
}
