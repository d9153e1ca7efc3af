import { word } from '../random/index.ts'
import type { Kernels } from './kernels.ts'

/** What a dropout mask is a function of, and of nothing else: so there is nothing of it to save. */
export interface MaskOrigin {
  readonly seed: number
  /** Steps completed before the one that the mask is for. */
  readonly step: number
  /** Keeps the masks of different layers apart. */
  readonly stream: number
}

const TWO_32 = 2 ** 32

/**
 * Fills `count` places with the mask of inverted dropout: 0 with probability `rate`, in [0, 1), else
 * 1 / (1 − rate). A rate of 0 gives all ones.
 */
export function fillDropoutMask(
  kernels: Kernels,
  into: number,
  count: number,
  rate: number,
  { seed, step, stream }: MaskOrigin,
): void {
  // A rate that rounds up to 1 keeps one in 2³²: an unsigned threshold goes no further.
  const threshold = Math.min(Math.round(rate * TWO_32), TWO_32 - 1)
  kernels.mask(into, count, word(seed, stream, step), threshold, Math.fround(1 / (1 - rate)))
}
