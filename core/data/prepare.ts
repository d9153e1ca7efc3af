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

/**
 * Splits off the dev set and normalises both parts by what the training part alone shows. The dev set is
 * drawn with the seed, or is the last part of sequential examples. Ids are never normalised. Throws
 * `data/unreadable` where there are fewer than two examples.
 */
export function prepareDataset(raw: RawDataset, options: PrepareOptions): Dataset {
  if (raw.count < 2) {
    throw new PandaError(
      'data/unreadable',
      'the data holds fewer than two examples',
      'A run needs one to train on and one to check with, at least.',
    )
  }
  const devCount = Math.min(raw.count - 1, Math.max(1, Math.round(raw.count * options.dev)))
  const { devRows, trainRows } = splitRows(raw, devCount, options)
  const by = raw.vocabulary === null ? options.normalise : 'none'
  const normalisation = fitNormalisation(raw, trainRows, by)
  return {
    features: raw.features,
    featureShape: raw.featureShape,
    ...(raw.featureNames !== undefined && { featureNames: raw.featureNames }),
    classes: raw.classes,
    classNames: raw.classNames,
    vocabulary: raw.vocabulary,
    characters: raw.characters,
    targetsPerExample: raw.targetsPerExample,
    order: raw.order,
    normalisation,
    train: splitOf(raw, trainRows, normalisation),
    dev: splitOf(raw, devRows, normalisation),
  }
}

function splitRows({ count, order }: RawDataset, devCount: number, options: PrepareOptions) {
  if (order === 'sequential') {
    const rows = Uint32Array.from({ length: count }, (_, row) => row)
    return {
      trainRows: rows.subarray(0, count - devCount),
      devRows: rows.subarray(count - devCount),
    }
  }
  const rows = options.permute(count, options.seed, SPLIT_STREAM)
  return { devRows: rows.subarray(0, devCount), trainRows: rows.subarray(devCount) }
}

function splitOf(raw: RawDataset, rows: Uint32Array, normalisation: Normalisation): Split {
  const { labels, targets, targetsPerExample } = raw
  const x = new Float32Array(rows.length * raw.features)
  normaliseInto(x, raw, rows, normalisation)
  return {
    count: rows.length,
    x,
    labels: labels && pick(labels, rows, targetsPerExample),
    targets: targets && Float32Array.from(rows, (row) => targets[row] ?? NaN),
  }
}

/** The labels of `rows`, `each` of them a row. */
function pick(labels: Int32Array, rows: Uint32Array, each: number): Int32Array {
  const picked = new Int32Array(rows.length * each)
  rows.forEach((row, at) => picked.set(labels.subarray(row * each, (row + 1) * each), at * each))
  return picked
}
