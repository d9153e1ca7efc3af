import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { PandaError } from '../../errors.ts'

const taken = (file: string): PandaError =>
  new PandaError(
    'session/file-exists',
    `${file} exists already`,
    'Choose another name, or replace it: --force does.',
  )

/** Throws `session/file-exists` where writing would replace what may not be replaced. A run never may. */
export function refuseTaken(file: string, overwrite: boolean): void {
  if (!existsSync(file)) return
  if (file.endsWith('.panda')) {
    throw new PandaError('session/file-exists', `${file} is a run`, 'Choose another name.')
  }
  if (!overwrite) throw taken(file)
}

/**
 * Writes a file that appears whole or not at all, and on disk when this returns. Throws
 * `session/file-exists`, or `session/unwritable` where the folder or the disk refuses.
 */
export function writeWhole(file: string, bytes: Uint8Array, overwrite: boolean): void {
  const name = `.${path.basename(file)}-${randomBytes(6).toString('hex')}.tmp`
  const temporary = path.join(path.dirname(file), name)
  try {
    writeSynced(temporary, bytes)
    refuseTaken(file, overwrite)
    if (overwrite) renameSync(temporary, file)
    else publish(temporary, file)
  } catch (error) {
    if (error instanceof PandaError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PandaError(
      'session/unwritable',
      `${file} could not be written: ${reason}`,
      'Check that its folder is there, may be written to and has space.',
      error,
    )
  } finally {
    rmSync(temporary, { force: true })
  }
}

function writeSynced(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'wx')
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A link, unlike a rename, never replaces what has that name. */
function publish(temporary: string, file: string): void {
  try {
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(file)
    // A file system without links (FAT, some network shares): the name is claimed, then replaced.
    closeSync(openSync(file, 'wx'))
    renameSync(temporary, file)
  }
}
