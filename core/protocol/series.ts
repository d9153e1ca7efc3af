import type { BranchId } from './run.ts'

export interface SeriesQuery {
  readonly metric: string
  /** Default: the head's. */
  readonly branch?: BranchId | undefined
  /** The whole way from the first step (default), or only what was recorded on the branch itself. */
  readonly scope?: 'lineage' | 'branch' | undefined
  /** Steps in (from, to]. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** At most this many points; all if absent. Each point keeps its bucket's extremes. */
  readonly points?: number | undefined
}

/**
 * One thinned curve: parallel arrays, one entry per bucket, `step` the bucket's last step. A bucket holds what
 * was recorded after the step of the one before. Buckets are of equal width in steps, or up to a quarter of
 * it off where they were put together from summaries.
 */
export interface MetricSeries {
  readonly metric: string
  readonly branch: BranchId
  readonly step: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array
  /** What of the file was found damaged while this was put together without it. */
  readonly damage?: string
}
