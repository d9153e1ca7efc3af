import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PandaError } from '../errors.ts'

/** Where an uploaded file lies now. */
export interface Uploaded {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

export interface Uploads {
  /** Keeps a file under its name. Leaves nothing behind where it does not come whole. Throws `data/*`. */
  receive(name: string, body: AsyncIterable<Uint8Array>): Promise<Uploaded>
}

const MOST_BYTES = 4 * 2 ** 30
/** Data up to 64 MB is packed into its run. Larger data is linked, so what a run may need stays this long. */
const KEPT_MS = 7 * 24 * 3_600_000

/** A name that can't leave its folder, on any system. */
export const safeName = (name: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
    .replace(/^\.+/, '')
    .slice(-120)
    .trim() || 'data'

/**
 * Files that windows send, each in a folder of its own under `folder`. `isNeeded` tells whether a run refers
 * to one; others are removed when they are a week old.
 */
export function createUploads(folder: string, isNeeded: (dir: string) => boolean): Uploads {
  void tidy(folder, isNeeded).catch((error: unknown) => {
    console.error(`panda: old uploads in ${folder} could not be removed: ${String(error)}`)
  })
  return {
    async receive(name, body) {
      const own = path.join(folder, randomBytes(8).toString('hex'))
      const file = path.join(own, safeName(name))
      await mkdir(own, { recursive: true })
      const hash = createHash('sha256')
      let bytes = 0
      const measure = new Transform({
        transform(chunk: Uint8Array, _, done) {
          bytes += chunk.length
          hash.update(chunk)
          done(bytes > MOST_BYTES ? tooLarge(name) : null, chunk)
        },
      })
      try {
        await pipeline(Readable.from(body), measure, createWriteStream(file, { flags: 'wx' }))
        return { path: file, bytes, sha256: hash.digest('hex') }
      } catch (error) {
        await rm(own, { recursive: true, force: true })
        if (error instanceof PandaError) throw error
        const what = error instanceof Error ? error.message : String(error)
        throw new PandaError(
          'data/unreadable',
          `${safeName(name)} did not arrive whole: ${what}`,
          'Send it again.',
          error,
        )
      }
    },
  }
}

const tooLarge = (name: string) =>
  new PandaError(
    'data/unreadable',
    `${safeName(name)} is larger than 4 GiB`,
    'Put it on the machine that trains, and name its path.',
  )

async function tidy(folder: string, isNeeded: (dir: string) => boolean): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [] // nothing was ever sent
    throw error
  })
  for (const entry of entries) {
    const own = path.join(folder, entry.name)
    const { mtimeMs } = await stat(own)
    if (Date.now() - mtimeMs > KEPT_MS && !isNeeded(own)) await rm(own, { recursive: true })
  }
}
