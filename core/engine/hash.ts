import { createHash } from 'node:crypto'
import type { EngineState, StateBuffer } from './engine.ts'

/** Every platform that ONNX Runtime is built for is little-endian, so memory is what is hashed. */
const bytesOf = ({ values }: StateBuffer): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/** Names are ASCII, where the order of UTF-16 units is that of code points. */
const byName = <T extends { readonly name: string }>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** SHA-256 (hex) of the trainable tensors: float32, little-endian, in code-point order of their names. */
export function hashParameters(state: EngineState): string {
  const hash = createHash('sha256')
  for (const buffer of byName(state.buffers)) {
    if (buffer.role === 'parameter') hash.update(bytesOf(buffer))
  }
  return hash.digest('hex')
}
