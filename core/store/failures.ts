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

/** What SQLite says about a file, as an error that a person can act on. Anything else passes through. */
export function explained(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const primary = error.code.split('_').slice(0, 2).join('_')
  switch (primary) {
    case 'SQLITE_NOTADB':
      return notARun(file, 'it is no SQLite database', error)
    case 'SQLITE_CORRUPT':
      return corrupt(file, error.message, error)
    case 'SQLITE_FULL':
      return new PandaError(
        'store/disk-full',
        `there is no space left to write ${file}`,
        'Nothing saved before is lost. Make room on its disk, then go on.',
        error,
      )
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new PandaError(
        'session/locked',
        `${file} is in use by somebody else`,
        'Wait until it is free, or close the other program.',
        error,
      )
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_IOERR':
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return unreadable(file, error.message, error)
    default:
      return error // a constraint or a wrong query is our bug
  }
}
