/**
 * The session's worker on a disk that misbehaves while a file `mishap` lies beside the run and names how:
 * `full` (SQLite may add no more pages: what it says then is what it says of a full disk), `read-only`, or
 * `dead` (the thread ends by an error of its own).
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'

const prototype = Database.prototype as unknown as { exec: (sql: string) => unknown }
const { exec } = prototype

prototype.exec = function (this: Database.Database, sql) {
  const mishap = path.join(path.dirname(this.name), 'mishap')
  const kind = existsSync(mishap) ? readFileSync(mishap, 'utf8') : null
  if (sql.startsWith('BEGIN')) {
    const pages = Number(this.pragma('page_count', { simple: true }))
    this.pragma(`max_page_count = ${kind === 'full' ? pages : 0x7fff_fffe}`)
    this.pragma(`query_only = ${kind === 'read-only' ? 'ON' : 'OFF'}`)
    if (kind === 'dead') setImmediate(() => fail())
  }
  return exec.call(this, sql)
}

function fail(): never {
  throw new Error('a fault of its own')
}

await import('../../../core/session/worker.ts')
