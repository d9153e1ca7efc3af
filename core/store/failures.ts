import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { PandaError } from '../errors.ts'

export const notARun = (file: string, what: string, cause?: unknown) =>
  new PandaError(
    'store/not-a-run',
    `${file} is not a Panda run: ${what}`,
    'It was left as it is. Choose a .panda file.',
    cause,
  )

const notAStudy = (file: string, what: string) =>
  new PandaError(
    'store/not-a-study',
    `${file} is not a study: ${what}`,
    'It was left as it is. Choose a .study file.',
  )

/** A file that is not of the kind it was taken for. */
export const notA = (kind: 'run' | 'study', file: string, what: string) =>
  kind === 'run' ? notARun(file, what) : notAStudy(file, what)

export const corrupt = (file: string, what: string, cause?: unknown) =>
  new PandaError(
    'store/corrupt',
    `${file} is damaged: ${what}`,
    'It was left as it is. Restore it from a copy.',
    cause,
  )

export const unreadable = (file: string, what: string, cause?: unknown) =>
  new PandaError(
    'store/unreadable',
    `${file} cannot be used: ${what}`,
    'Check that it is there, that you may write to it and its folder, and that its disk works.',
    cause,
  )

const readOnly = (file: string, cause: unknown) =>
  new PandaError(
    'store/read-only',
    `${file} cannot be written: it is read-only, or its folder is`,
    'Nothing saved before is lost, and a run can still be looked at. Allow writing to the file and its folder, then open it again; or copy it elsewhere.',
    cause,
  )

const diskFull = (file: string, cause: unknown) =>
  new PandaError(
    'store/disk-full',
    `the disk is full: there is no space left to write ${file}`,
    'Nothing saved before is lost. Make room on its disk, then open the run again.',
    cause,
  )

/** What the system says when it refuses to write; anything else passes through. */
function explainedBySystem(error: unknown, file: string): unknown {
  switch ((error as Partial<NodeJS.ErrnoException> | null)?.code ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(file, error)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return readOnly(file, error)
    default:
      return error
  }
}

/** SQLite can't open what is not there; that a new file was not allowed it does not say. */
function isFolderReadOnly(file: string): boolean {
  try {
    accessSync(path.dirname(file), constants.W_OK)
    return false
  } catch (error) {
    return explainedBySystem(error, file) !== error
  }
}

/** What SQLite or the system says about a file, as an error that a person can act on. Anything else passes through. */
export function explained(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return explainedBySystem(error, file)
  const primary = error.code.split('_').slice(0, 2).join('_')
  switch (primary) {
    case 'SQLITE_NOTADB':
      return notARun(file, 'it is no SQLite database', error)
    case 'SQLITE_CORRUPT':
      return corrupt(file, error.message, error)
    case 'SQLITE_FULL':
      return diskFull(file, error)
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new PandaError(
        'session/locked',
        `${file} is in use by somebody else`,
        'Wait until it is free, or close the other program.',
        error,
      )
    case 'SQLITE_READONLY':
      return readOnly(file, error)
    case 'SQLITE_CANTOPEN':
      if (isFolderReadOnly(file)) return readOnly(file, error)
      return unreadable(file, error.message, error)
    case 'SQLITE_IOERR':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return unreadable(file, error.message, error)
    default:
      return error // a constraint or a wrong query is our bug
  }
}
