import { realpathSync, statSync, unlinkSync } from 'node:fs'
import Database from 'better-sqlite3'
import { explained, unreadable } from './failures.ts'

/** The right to train a run. Held by the operating system, so that it ends with its process, however that dies. */
export interface Lock {
  release(): void
}

const MAX_TRIES = 100

/** Takes the lock of a run, or answers null where somebody else has it, in this process or another. */
export function acquireLock(file: string): Lock | null {
  const lockFile = `${realPath(file)}-lock`
  let failure: unknown = null
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const before = identityOf(lockFile)
    const isStillThere = () => before !== null && identityOf(lockFile) === before
    let connection: Database.Database | null
    try {
      connection = tryToHold(lockFile)
    } catch (error) {
      if (isStillThere()) throw explained(error, file)
      failure = error // SQLite fails to read a file that was unlinked under its hands: try again
      continue
    }
    if (connection === null) return null
    // Its last holder may have unlinked it between our opening and our locking: then what we hold is a
    // file without a name, and the next one would hold another.
    if (isStillThere()) return lockOn(lockFile, connection)
    connection.close()
  }
  throw failure === null ? unreadable(file, `${lockFile} keeps changing`) : explained(failure, file)
}

/** Has anybody the lock of a run, in this process or another? Takes nothing, and leaves a stale one where it is. */
export function isLocked(file: string): boolean {
  const lockFile = `${realPath(file)}-lock`
  if (identityOf(lockFile) === null) return false
  let connection: Database.Database | null = null
  try {
    connection = new Database(lockFile, { readonly: true, fileMustExist: true, timeout: 0 })
    connection.prepare('SELECT 1 FROM sqlite_master').all() // waits for whoever is exclusive
    return false
  } catch (error) {
    if (identityOf(lockFile) === null) return false // let go of meanwhile
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true
    throw explained(error, file)
  } finally {
    connection?.close()
  }
}

/** An empty SQLite database in an exclusive transaction: the one portable lock that a crash lets go of. */
function tryToHold(lockFile: string): Database.Database | null {
  let connection: Database.Database | null = null
  try {
    connection = new Database(lockFile, { timeout: 0 })
    connection.exec('BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection?.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
}

function lockOn(lockFile: string, connection: Database.Database): Lock {
  return {
    release() {
      if (!connection.open) return
      const unlinked = tryToUnlink(lockFile) // while it is held, so it is nobody else's
      connection.close()
      // Windows unlinks no open file: by now it can be, or it is the next holder's and still cannot.
      if (!unlinked && process.platform === 'win32') tryToUnlink(lockFile)
    },
  }
}

function tryToUnlink(lockFile: string): boolean {
  try {
    unlinkSync(lockFile)
    return true
  } catch {
    return false // a lock file that stays behind is taken over by the next
  }
}

/** Inode numbers are used again at once; together with the time of birth they are not. */
function identityOf(lockFile: string): string | null {
  const stats = statSync(lockFile, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? null : `${stats.dev} ${stats.ino} ${stats.birthtimeNs}`
}

function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error), error)
  }
}
