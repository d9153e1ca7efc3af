import { createBuckets } from './buckets.ts'
import type { Bucket, Buckets } from './buckets.ts'
import { firstAt } from './columns.ts'
import type { Range, SeriesSource } from './curve-data.ts'

/** Points asked for per pixel: what is drawn is one column per pixel, so a fourth would do. */
export const POINTS_PER_PIXEL = 4

/** What is fetched beyond each side of the screen, as a share of it: room to pan without asking. */
const MARGIN = 0.5

/** The finer grain of the part of a curve that is looked at. */
export interface Detail {
  /** The overview with the fine points in their place. */
  within(overview: readonly Bucket[]): readonly Bucket[]
  /** Fetches where what is known is too coarse for `points` in the range. True if anything changed. */
  look(range: Range | null, points: number, overview: Buckets): Promise<boolean>
  /** Carries on what reaches the newest step. */
  append(firstStep: number, values: Float32Array): void
  drop(): void
}

interface Fine {
  readonly from: number
  readonly to: number
  /** Did it reach the newest step when it was fetched? Then the newest are added to it. */
  readonly isOpen: boolean
  readonly buckets: Buckets
}

const widthWithin = (points: readonly Bucket[], { from, to }: Range): number => {
  const first = firstAt(points, from)
  const last = Math.min(points.length - 1, firstAt(points, to))
  const span = (points[last]?.step ?? 0) - (points[first]?.step ?? 0)
  return last > first ? span / (last - first) : Infinity
}

export function createDetail(series: SeriesSource): Detail {
  let fine: Fine | null = null
  let looking = 0

  const covers = (known: Fine, { from, to }: Range) =>
    known.from <= Math.max(0, from) && (known.isOpen || known.to >= to)

  return {
    within(overview) {
      if (fine === null || fine.buckets.points.length === 0) return [...overview]
      const last = fine.buckets.lastStep()
      const before = overview.slice(0, firstAt(overview, fine.from + 1))
      return [...before, ...fine.buckets.points, ...overview.slice(firstAt(overview, last + 1))]
    },
    async look(range, points, overview) {
      const mine = ++looking
      if (range === null) {
        const wasFine = fine !== null
        fine = null
        return wasFine
      }
      // One bucket to a pixel is as fine as a screen can show; a step cannot be divided.
      const widest = Math.max(1, ((range.to - range.from) / points) * POINTS_PER_PIXEL)
      const isFine = (known: readonly Bucket[]) => widthWithin(known, range) <= widest * 1.01
      if (isFine(overview.points)) return false
      if (fine !== null && covers(fine, range) && isFine(fine.buckets.points)) return false
      const margin = (range.to - range.from) * MARGIN
      const from = Math.max(0, Math.floor(range.from - margin))
      const to = Math.max(from + 1, Math.ceil(range.to + margin))
      const isOpen = to >= overview.lastStep()
      const answer = await series({ metric: 'cost', from, to, points })
      if (mine !== looking) return false
      const buckets = createBuckets(points * 2)
      buckets.replace(answer)
      fine = { from, to, isOpen, buckets }
      return true
    },
    append(firstStep, values) {
      if (fine?.isOpen !== true || fine.buckets.points.length === 0) return
      if (firstStep <= fine.buckets.lastStep() + 1) fine.buckets.append(firstStep, values)
    },
    drop() {
      looking += 1
      fine = null
    },
  }
}
