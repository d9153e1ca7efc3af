import type { MetricSeries, RunSnapshot } from '../../core/protocol/run.ts'
import type { Bucket } from './buckets.ts'
import { bucketsOf } from './columns.ts'
import type { Range, SeriesSource } from './curve-data.ts'
import { MULTIPLES } from './multiples.ts'
import type { Multiple, MultipleKey } from './multiples.ts'

/** One line of a small plot. */
export interface Line {
  readonly label: string
  readonly points: readonly Bucket[]
}

export interface MultiplesData {
  linesOf(key: MultipleKey): readonly Line[]
  /** Fetches what is shown, over the range in view or the whole. The last call wins. */
  load(
    snapshot: RunSnapshot,
    keys: readonly MultipleKey[],
    range: Range | null,
    points: number,
  ): Promise<void>
  clear(): void
}

/** What is fetched beyond each side of the screen, as a share of it. */
export const MARGIN = 0.25

/** What is shown of what was recorded; a falling map swaps the extremes. */
function mapped(series: MetricSeries, { map }: Multiple): readonly Bucket[] {
  const points = bucketsOf(series)
  if (map === undefined) return points
  return points.map(({ step, min, max, mean, count }) => {
    const [a, b] = [map(min), map(max)]
    return { step, min: a < b ? a : b, max: a < b ? b : a, mean: map(mean), count }
  })
}

/** The series of the small plots. Lives outside reactivity. */
export function createMultiplesData(
  series: SeriesSource,
  onChange: () => void,
  onFailure: (error: unknown) => void,
): MultiplesData {
  let lines = new Map<MultipleKey, readonly Line[]>()
  let loading = 0

  async function linesFor(
    multiple: Multiple,
    snapshot: RunSnapshot,
    range: Range | null,
    points: number,
  ): Promise<readonly Line[]> {
    const { branch } = snapshot
    const width = range === null ? 0 : range.to - range.from
    const part =
      range === null
        ? {}
        : {
            from: Math.max(0, Math.floor(range.from - width * MARGIN)),
            to: Math.ceil(range.to + width * MARGIN),
          }
    return Promise.all(
      multiple.series(snapshot).map(async ({ metric, label }) => {
        // What holds until it is changed may have been set long before what is in view.
        const [seen, before] = await Promise.all([
          series({ metric, branch, ...part, points }),
          multiple.isStep && range !== null ? series({ metric, branch, points }) : null,
        ])
        const found = mapped(seen, multiple)
        if (before === null) return { label, points: found }
        const first = found[0]?.step ?? part.to ?? Infinity
        const earlier = mapped(before, multiple).filter(({ step }) => step < first)
        return { label, points: [...earlier.slice(-1), ...found] }
      }),
    )
  }

  return {
    linesOf: (key) => lines.get(key) ?? [],
    async load(snapshot, keys, range, points) {
      const mine = ++loading
      try {
        const found = await Promise.all(
          keys.map(
            async (key) => [key, await linesFor(MULTIPLES[key], snapshot, range, points)] as const,
          ),
        )
        if (mine !== loading) return
        lines = new Map(found)
        onChange()
      } catch (error) {
        if (mine === loading) onFailure(error)
      }
    },
    clear() {
      loading += 1
      lines = new Map()
    },
  }
}

/** The value in force at a step: that of the last point at or before it. */
export function heldAt(points: readonly Bucket[], step: number): number | null {
  return points.findLast((point) => point.step <= step)?.mean ?? null
}
