import type { MetricSeries } from '../../core/protocol/run.ts'

/** Mean and deviation as one band: one deviation either side of the mean. */
export function bandOf([mean, deviation]: readonly (MetricSeries | null)[]): MetricSeries | null {
  if (mean === null || mean === undefined || deviation === null || deviation === undefined) {
    return null
  }
  const spread = (at: number) => deviation.mean[at] ?? 0
  return {
    ...mean,
    min: mean.mean.map((value, at) => value - spread(at)),
    max: mean.mean.map((value, at) => value + spread(at)),
  }
}

/** One range that holds every peer; null while there is none. On a log axis only what is above 0 counts. */
export function rangeOf(
  peers: readonly (MetricSeries | null)[],
  isBand: boolean,
  isLog: boolean,
): { readonly min: number; readonly max: number } | null {
  let [min, max] = [Infinity, -Infinity]
  const take = (value: number) => {
    if (!Number.isFinite(value) || (isLog && value <= 0)) return
    if (value < min) min = value
    if (value > max) max = value
  }
  for (let i = 0; i < peers.length; i += isBand ? 2 : 1) {
    const one = isBand ? bandOf(peers.slice(i, i + 2)) : (peers[i] ?? null)
    one?.min.forEach(take)
    one?.max.forEach(take)
  }
  return min <= max ? { min, max } : null
}
