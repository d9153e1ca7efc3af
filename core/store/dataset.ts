import { createHash } from 'node:crypto'
import type { StoredDataset } from '../data/stored.ts'
import { chunksOf, joinChunks } from './chunks.ts'
import { all, durably, one, run } from './db.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { corrupt } from './failures.ts'

interface Row {
  readonly kind: 'packed' | 'linked'
  readonly bytes: number
  readonly sha256: string
  readonly base: string | null
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export function insertDataset(db: WritableDb, stored: StoredDataset): void {
  durably(db, () => {
    const insert = 'INSERT INTO dataset (id, kind, bytes, sha256, base) VALUES (1, ?, ?, ?, ?)'
    if (stored.kind === 'linked') {
      run(db, insert, 'linked', 0, stored.fingerprint, stored.base)
      return
    }
    run(db, insert, 'packed', stored.bytes.length, digest(stored.bytes), null)
    let ordinal = 0
    for (const chunk of chunksOf(stored.bytes)) {
      run(db, 'INSERT INTO dataset_chunks (ordinal, body) VALUES (?, ?)', ordinal++, chunk)
    }
  })
}

/** The data as it was put in, checked against its SHA-256. */
export function readDataset(db: ReadableDb): StoredDataset {
  const row = one<Row>(db, 'SELECT kind, bytes, sha256, base FROM dataset')
  if (row === undefined) throw corrupt(db.file, 'it holds no data')
  if (row.kind === 'linked') {
    return { kind: 'linked', base: row.base ?? '', fingerprint: row.sha256 }
  }
  const chunks = all<{ body: Uint8Array }>(db, 'SELECT body FROM dataset_chunks ORDER BY ordinal')
  const bytes = joinChunks(
    chunks.map(({ body }) => body),
    row.bytes,
  )
  if (bytes === null || digest(bytes) !== row.sha256) {
    throw corrupt(db.file, 'its data is not what was saved')
  }
  return { kind: 'packed', bytes }
}
