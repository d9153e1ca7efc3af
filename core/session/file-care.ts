import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { PandaError, settle, toWireError } from '../errors.ts'
import { runName } from '../protocol/config.ts'
import type { FileKind } from '../store/inspect.ts'
import { acquireLock } from '../store/lock.ts'
import { closeRun, openForWriting } from '../store/open.ts'
import type { NamedFile } from './in-care.ts'

/** Moves a file to where a person can have it back from. Rejects where the system has no such place. */
export type Trash = (file: string) => Promise<void>

interface FileCareParts {
  readonly kind: FileKind
  readonly migrationsDir: string
  readonly trash: Trash
  /** Lets go of a file that stands still here. Throws `session/locked` where it does not. */
  readonly release: (place: NamedFile) => Promise<void>
}

export interface FileCare {
  /** Gives a file another name. Throws `store/exists` where that is taken, `session/locked` where it is in use. */
  rename(place: NamedFile, to: NamedFile): Promise<void>
  /** Into the trash. Throws `session/no-trash` where it can't be moved there, and leaves it where it is. */
  discard(place: NamedFile): Promise<void>
}

/** What is done with the file of a run or of a study as a whole. */
export function createFileCare({ kind, migrationsDir, trash, release }: FileCareParts): FileCare {
  /** Does `work` while nobody, here or elsewhere, has the file in care. */
  async function alone(place: NamedFile, work: () => void | Promise<void>): Promise<void> {
    await release(place)
    const lock = acquireLock(place.file)
    if (lock === null) {
      throw new PandaError(
        'session/locked',
        `${place.name} is in use by another process`,
        'Pause it there and end that process first.',
      )
    }
    try {
      await work()
    } finally {
      lock.release()
    }
  }

  /** What a crash left in the -wal belongs to the file, and would stay behind. */
  function foldWal({ file }: NamedFile): void {
    if (existsSync(`${file}-wal`)) closeRun(openForWriting(file, { migrationsDir, kind }))
  }

  return {
    async rename(place, to) {
      if (isAnother(to.file, place.file)) throw taken(kind, to.name)
      await alone(place, () => {
        foldWal(place)
        if (isAnother(to.file, place.file)) throw taken(kind, to.name)
        renameSync(place.file, to.file)
      })
    },
    async discard(place) {
      await alone(place, async () => {
        // A file that can't be opened is thrown away in the pieces it is in.
        await settle(() => foldWal(place))
        try {
          for (const rest of ['', '-wal', '-journal']) {
            if (existsSync(place.file + rest)) await trash(place.file + rest)
          }
          rmSync(`${place.file}-shm`, { force: true }) // an index of the -wal, made anew where it is missing
        } catch (error) {
          throw new PandaError(
            'session/no-trash',
            `${place.name} could not be moved to the trash: ${toWireError(error).message}`,
            `It is still there. To delete it for good, delete ${place.file} yourself.`,
            error,
          )
        }
      })
    },
  }
}

export const taken = (kind: FileKind, name: string) =>
  new PandaError('store/exists', `there is a ${kind} "${name}" already`, 'Choose another name.')

/** A name without the extension that a person may have typed after it. Throws `config/invalid`. */
export function checkedName(name: string, extension: string): string {
  const bare = name.endsWith(extension) ? name.slice(0, -extension.length) : name
  const parsed = runName.safeParse(bare)
  if (parsed.success) return parsed.data
  throw new PandaError(
    'config/invalid',
    `the name "${name}" ${parsed.error.issues[0]?.message ?? 'cannot be used'}`,
    'Choose another name.',
  )
}

/** Is there a file of this name that is not ours? Where names tell no capitals, ours has them all. */
function isAnother(file: string, ours: string): boolean {
  if (!existsSync(file)) return false
  if (file.toLowerCase() !== ours.toLowerCase()) return true
  const [there, here] = [file, ours].map((one) => statSync(one, { bigint: true }))
  return there?.ino !== here?.ino || there?.dev !== here?.dev
}
