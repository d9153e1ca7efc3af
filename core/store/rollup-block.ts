import { crc32 } from 'node:zlib'
import { summarise } from '../series/index.ts'
import type { Stretch, ThinnedSeries } from '../series/index.ts'
import { aligned, areFloat32, bytesOf } from './metric-block.ts'

/** Entries in a row of metric_rollups, as there are points in a metric block. */
export const ROLLUP_LENGTH = 512

/** Entries of one level in an entry of the next; it divides a block. A finer ladder would take more room. */
export const ROLLUP_FACTOR = 16

/** One row of metric_rollups, without its id. Its entries cover the steps (fromStep, lastStep]. */
export interface RollupBlock {
  readonly branch: number
  readonly metric: string
  readonly level: number
  readonly fromStep: number
  readonly lastStep: number
  readonly count: number
  readonly crc32: number
  readonly steps: Uint8Array | null
  readonly body: Uint8Array
}

/** Points in an entry of a level. */
export const pointsOf = (level: number): number => ROLLUP_FACTOR ** level

function checksum(block: Omit<RollupBlock, 'crc32'>): number {
  const { branch, metric, level, fromStep, lastStep, count, steps, body } = block
  const head = crc32(
    `${branch} ${metric} ${level} ${fromStep} ${lastStep} ${count} ${steps === null}`,
  )
  return crc32(body, steps === null ? head : crc32(steps, head))
}

/** Packs up to ROLLUP_LENGTH entries of a level, each of `pointsOf(level)` points. They come back exactly. */
export function encodeRollup(
  branch: number,
  metric: string,
  level: number,
  entries: Stretch,
): RollupBlock {
  const { step, min, max, mean } = entries
  const lastStep = step.at(-1)
  if (lastStep === undefined) throw new Error('a rollup of no entries')
  const fromStep = entries.firstStep - 1
  const width = pointsOf(level)
  const isDense = step.every((last, at) => last === fromStep + (at + 1) * width)
  const isFloat32 = areFloat32(min) && areFloat32(max)
  const bounds = isFloat32 ? [new Float32Array(min), new Float32Array(max)] : [min, max]
  const block = {
    branch,
    metric,
    level,
    fromStep,
    lastStep,
    count: step.length,
    steps: isDense ? null : bytesOf(step),
    body: Buffer.concat([mean, ...bounds].map(bytesOf)),
  }
  return { ...block, crc32: checksum(block) }
}

/** The entries of a row; null where it is not as it was written. */
export function decodeRollup(block: RollupBlock): Stretch | null {
  const { level, count, fromStep, steps, body } = block
  const width = (body.length / count - 8) / 2
  if (
    checksum(block) !== block.crc32 ||
    (width !== 4 && width !== 8) ||
    (steps !== null && steps.length !== count * 8)
  ) {
    return null
  }
  const bytes = aligned(body)
  const bound = (which: number) => {
    const offset = count * (8 + which * width)
    return width === 4
      ? new Float64Array(new Float32Array(bytes, offset, count))
      : new Float64Array(bytes, offset, count)
  }
  return {
    count: pointsOf(level),
    firstStep: fromStep + 1,
    step:
      steps === null ? evenly(fromStep, pointsOf(level), count) : new Float64Array(aligned(steps)),
    min: bound(0),
    max: bound(1),
    mean: new Float64Array(bytes, 0, count),
  }
}

function evenly(from: number, width: number, count: number): Float64Array {
  const steps = new Float64Array(count)
  for (let at = 0; at < count; at++) steps[at] = from + (at + 1) * width
  return steps
}

const roomFor = (length: number): ThinnedSeries => ({
  step: new Float64Array(length),
  min: new Float64Array(length),
  max: new Float64Array(length),
  mean: new Float64Array(length),
})

/** The same stretch one level up. Its length is a multiple of ROLLUP_FACTOR. */
export function rolledUp(stretch: Stretch): Stretch {
  const length = stretch.step.length / ROLLUP_FACTOR
  const entries = roomFor(length)
  for (let at = 0; at < length; at++) {
    summarise(stretch, at * ROLLUP_FACTOR, (at + 1) * ROLLUP_FACTOR, entries, at)
  }
  return { ...entries, count: stretch.count * ROLLUP_FACTOR, firstStep: stretch.firstStep }
}

/** Two stretches of the same level, the second following the first without a gap. */
export function chained(first: Stretch, second: Stretch): Stretch {
  const length = first.step.length + second.step.length
  const both = roomFor(length)
  for (const key of ['step', 'min', 'max', 'mean'] as const) {
    both[key].set(first[key])
    both[key].set(second[key], first.step.length)
  }
  return { ...both, count: first.count, firstStep: first.firstStep }
}

/** The entries [from, to) of a stretch. */
export function cut(stretch: Stretch, from: number, to: number): Stretch {
  const { step, min, max, mean, count } = stretch
  return {
    count,
    firstStep: from === 0 ? stretch.firstStep : step[from - 1]! + 1,
    step: step.subarray(from, to),
    min: min.subarray(from, to),
    max: max.subarray(from, to),
    mean: mean.subarray(from, to),
  }
}
