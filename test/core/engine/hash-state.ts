import { createHash } from 'node:crypto'
import type { EngineState } from '../../../core/engine/engine.ts'

const byName = <T extends { readonly name: string }>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** SHA-256 (hex) of everything in a state: equal exactly when training goes on with the same bits. */
export function hashState(state: EngineState): string {
  const buffers = byName(state.buffers)
  const scalars = byName(Object.entries(state.scalars).map(([name, value]) => ({ name, value })))
  const outline = [buffers.map(({ name, role, shape }) => [name, role, shape]), scalars]
  const hash = createHash('sha256').update(JSON.stringify(outline))
  for (const { values } of buffers) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return hash.digest('hex')
}
