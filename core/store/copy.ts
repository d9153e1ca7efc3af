import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { publish, refuseTaken } from './create.ts'
import type { ReadableDb, WritableDb } from './db.ts'
import { explained } from './failures.ts'
import { closeRun, openForWriting } from './open.ts'
import type { OpenOptions } from './open.ts'

/** Pages per step of a copy: all of them, so that a run that is trained meanwhile is copied as it was at one moment. */
const ALL_PAGES = 0x7fff_ffff

/**
 * Copies a run into a file of another name, which appears whole or not at all and never in the place of
 * another. `change` is made to the copy before anyone can see it. Throws `store/exists` and `store/*`.
 */
export async function copyRunFile(
  from: ReadableDb,
  file: string,
  options: OpenOptions,
  change: (copy: WritableDb) => void,
): Promise<void> {
  refuseTaken(file)
  const name = `.${path.basename(file)}-${randomBytes(6).toString('hex')}.tmp`
  const temporary = path.join(path.dirname(file), name)
  try {
    await from.connection.backup(temporary, { progress: () => ALL_PAGES })
    const copy = openForWriting(temporary, options)
    try {
      change(copy)
    } finally {
      closeRun(copy)
    }
    publish(temporary, file)
  } catch (error) {
    throw explained(error, file)
  } finally {
    for (const rest of ['', '-journal', '-wal', '-shm']) rmSync(temporary + rest, { force: true })
  }
}
