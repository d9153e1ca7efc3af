/** Examples as read: not split, not normalised. Bytes are pixels, 0 to 255; they count as 0 to 1. */
export interface RawDataset {
  readonly count: number
  readonly features: number
  /** How the features of one example are arranged, for instance [28, 28]. */
  readonly featureShape: readonly number[]
  /** What the columns of a table are called. Not packed with the examples: a run keeps it in its facts. */
  readonly featureNames?: readonly string[]
  /** Null where the task is a regression. */
  readonly classes: number | null
  /** Null where class ids are their own names. */
  readonly classNames: readonly string[] | null
  /** Where examples are ids and no measurements: how many ids there are. They stand in `x` as float32. */
  readonly vocabulary: number | null
  /** Of a text: its distinct characters by code point. The id of a character is its place here. */
  readonly characters: string | null
  /** Answers per example: 1, or one for each place of a sequence. */
  readonly targetsPerExample: number
  /** Sequential examples are one after another in time: the dev set is their last part. */
  readonly order: 'exchangeable' | 'sequential'
  readonly x: Uint8Array | Float32Array
  /** Class ids, count × targetsPerExample. */
  readonly labels: Int32Array | null
  /** Numbers to be met, one per example: of a regression, or the 0 and 1 of a binary label. */
  readonly targets: Float32Array | null
}

/** What a dataset of independent examples has in common: no ids in it, and one answer each. */
export const INDEPENDENT = {
  vocabulary: null,
  characters: null,
  targetsPerExample: 1,
  order: 'exchangeable',
} as const satisfies Partial<RawDataset>

/** One part of a prepared dataset. */
export interface Split {
  readonly count: number
  readonly x: Float32Array
  readonly labels: Int32Array | null
  readonly targets: Float32Array | null
}

/** What turns a raw value into what the network sees: (value − mean) / deviation. */
export interface Normalisation {
  readonly by: 'feature' | 'global' | 'none'
  /** One per feature, a single one, or none. */
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

/** Examples as a network sees them, in two parts. The facts about them are those of the raw dataset. */
export interface Dataset extends Pick<
  RawDataset,
  | 'features'
  | 'featureShape'
  | 'featureNames'
  | 'classes'
  | 'classNames'
  | 'vocabulary'
  | 'characters'
  | 'targetsPerExample'
  | 'order'
> {
  readonly normalisation: Normalisation
  readonly train: Split
  readonly dev: Split
}

/** More than this is refused before memory is asked for. */
export const MAX_DATASET_BYTES = 2 ** 30
