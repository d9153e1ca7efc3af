import { PandaError } from '../errors.ts'
import type { DataConfig, LossName } from '../protocol/config.ts'
import type { RawDataset } from './dataset.ts'
import { loadRawDataset } from './load.ts'
import { decodeDataset, encodeDataset, fingerprintOf, sizeOf } from './packed.ts'

/** How a run keeps its data: whole, or as where it lies and what it must be. */
export type StoredDataset =
  | { readonly kind: 'packed'; readonly bytes: Uint8Array }
  | { readonly kind: 'linked'; readonly base: string; readonly fingerprint: string }

/** Larger data stays where it is, and the run keeps its fingerprint. */
export const MAX_PACKED_BYTES = 64 * 2 ** 20

/** Data this many times larger is not even tried: packing it would take long and hardly ever fit. */
const HOPELESS_RATIO = 8

/** Packs a dataset for its run file, or links to it where it is too large. */
export function storeDataset(
  raw: RawDataset,
  base: string,
  maxBytes = MAX_PACKED_BYTES,
): StoredDataset {
  if (sizeOf(raw) <= maxBytes * HOPELESS_RATIO) {
    const bytes = encodeDataset(raw)
    if (bytes.length <= maxBytes) return { kind: 'packed', bytes }
  }
  return { kind: 'linked', base, fingerprint: fingerprintOf(raw) }
}

/** The dataset of a run, from its file or from where it lies. Data that changed meanwhile is refused. */
export async function restoreDataset(
  stored: StoredDataset,
  data: DataConfig,
  loss: LossName,
  samplesDir: string,
): Promise<RawDataset> {
  if (stored.kind === 'packed') return decodeDataset(stored.bytes)
  const raw = await loadRawDataset(data, loss, { base: stored.base, samplesDir })
  if (fingerprintOf(raw) === stored.fingerprint) return raw
  throw new PandaError(
    'data/changed',
    'the data is not what this run was started with',
    `Put the original files back under ${stored.base}, or start a new run.`,
  )
}
