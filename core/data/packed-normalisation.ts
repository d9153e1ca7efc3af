import type { Normalisation } from './dataset.ts'

/** A normalisation as text: its numbers as base64 of little-endian float64, so that they come back bit for bit. */
export interface PackedNormalisation {
  readonly by: Normalisation['by']
  readonly mean: string
  readonly deviation: string
}

const pack = (numbers: Float64Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64')

// Copied: a view on what Buffer decodes may start anywhere, and float64 may not.
const unpack = (text: string): Float64Array =>
  new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer)

export const packNormalisation = ({ by, mean, deviation }: Normalisation): PackedNormalisation => ({
  by,
  mean: pack(mean),
  deviation: pack(deviation),
})

/** The normalisation that was packed. */
export const unpackNormalisation = ({
  by,
  mean,
  deviation,
}: PackedNormalisation): Normalisation => ({
  by,
  mean: unpack(mean),
  deviation: unpack(deviation),
})
