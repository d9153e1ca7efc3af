import type { StateBuffer } from './engine.ts'

const LENGTH_BYTES = 8
const ALIGNMENT = 8

/** Float32Array → its bytes, little-endian as every machine we run on keeps them. */
const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/**
 * Tensors → the bytes of a .safetensors file: the header's length (unsigned 64 bits, little-endian), the
 * header in JSON, padded with spaces to a multiple of 8, and the tensors one after the other in float32.
 * Source: the format's description, github.com/huggingface/safetensors.
 */
export function encodeSafetensors(
  tensors: readonly Pick<StateBuffer, 'name' | 'shape' | 'values'>[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0
  const rows = tensors.map(({ name, shape, values }) => {
    const from = at
    at += values.byteLength
    return [name, { dtype: 'F32', shape, data_offsets: [from, at] }] as const
  })
  // Not by assignment: a tensor of any name, `__proto__` too, is to be a key of its own.
  const header = JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...rows]))
  const text = new TextEncoder().encode(header)
  const padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT
  const bytes = new Uint8Array(LENGTH_BYTES + padded + at)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true)
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded)
  bytes.set(text, LENGTH_BYTES)
  let offset = LENGTH_BYTES + padded
  for (const { values } of tensors) {
    bytes.set(bytesOf(values), offset)
    offset += values.byteLength
  }
  return bytes
}
