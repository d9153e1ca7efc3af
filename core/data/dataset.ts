/** Examples as read: not split, not normalised. Bytes are pixels, 0 to 255; they count as 0 to 1. */
export interface RawDataset {
  readonly count: number
  readonly features: number
  /** How the features of one example are arranged, for instance [28, 28]. */
  readonly featureShape: readonly number[]
  /** Null where the task is a regression. */
  readonly classes: number | null
  /** Null where class ids are their own names. */
  readonly classNames: readonly string[] | null
  readonly x: Uint8Array | Float32Array
  /** Class ids, one per example. */
  readonly labels: Int32Array | null
  /** Numbers to be met, one per example: of a regression, or the 0 and 1 of a binary label. */
  readonly targets: Float32Array | null
}

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

export interface Dataset {
  readonly features: number
  readonly featureShape: readonly number[]
  readonly classes: number | null
  readonly classNames: readonly string[] | null
  readonly normalisation: Normalisation
  readonly train: Split
  readonly dev: Split
}

/** More than this is refused before memory is asked for. */
export const MAX_DATASET_BYTES = 2 ** 30
