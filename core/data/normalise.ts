import type { Normalisation, RawDataset } from './dataset.ts'

/** Bytes are pixels and count as 0 to 1. */
const scaleOf = (raw: RawDataset) => (raw.x instanceof Uint8Array ? 1 / 255 : 1)

/** Mean and deviation of `rows`, per feature or over all. Sums run in float64. */
export function fitNormalisation(
  raw: RawDataset,
  rows: Uint32Array,
  by: Normalisation['by'],
): Normalisation {
  if (by === 'none') return { by, mean: new Float64Array(0), deviation: new Float64Array(0) }
  const { x, features } = raw
  const scale = scaleOf(raw)
  // Column j of the examples counts towards statistic j % kinds: all its own, or all the same one.
  const kinds = by === 'feature' ? features : 1
  const each = (rows.length * features) / kinds

  const mean = new Float64Array(kinds)
  const low = new Float64Array(kinds).fill(Infinity)
  const high = new Float64Array(kinds).fill(-Infinity)
  for (const row of rows) {
    for (let column = 0; column < features; column++) {
      const value = x[row * features + column]! * scale
      const kind = column % kinds
      mean[kind]! += value
      if (value < low[kind]!) low[kind] = value
      if (value > high[kind]!) high[kind] = value
    }
  }
  for (let kind = 0; kind < kinds; kind++) mean[kind]! /= each

  const deviation = new Float64Array(kinds)
  for (const row of rows) {
    for (let column = 0; column < features; column++) {
      const kind = column % kinds
      const off = x[row * features + column]! * scale - mean[kind]!
      deviation[kind]! += off * off
    }
  }
  for (let kind = 0; kind < kinds; kind++) {
    const spread = Math.sqrt(deviation[kind]! / each)
    // Told by its range: rounding of the mean gives a constant column a tiny variance that is not 0.
    const isConstant = low[kind] === high[kind]
    if (isConstant) mean[kind] = low[kind]!
    deviation[kind] = isConstant || spread === 0 ? 1 : spread
  }
  return { by, mean, deviation }
}

/** Writes `rows` of the raw examples, normalised, into `to`. */
export function normaliseInto(
  to: Float32Array,
  raw: RawDataset,
  rows: Uint32Array,
  { by, mean, deviation }: Normalisation,
): void {
  const { x, features } = raw
  const scale = scaleOf(raw)
  const kinds = by === 'feature' ? features : 1
  let at = 0
  for (const row of rows) {
    for (let column = 0; column < features; column++) {
      const value = x[row * features + column]! * scale
      const kind = column % kinds
      to[at++] = by === 'none' ? value : (value - mean[kind]!) / deviation[kind]!
    }
  }
}
