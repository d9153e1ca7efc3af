import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PandaError, toWireError } from '../errors.ts'
import { explained } from '../store/failures.ts'

/** Where an uploaded file lies now. */
export interface Uploaded {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

export interface Uploads {
  /** Keeps a file under its name. Leaves nothing behind where it does not come whole. Throws `data/*`, `store/*`. */
  receive(name: string, body: AsyncIterable<Uint8Array>): Promise<Uploaded>
  /** The largest file that is taken. */
  readonly mostBytes: number
}

/** A file that somebody sends over HTTP, before any of it is read. */
interface Upload {
  readonly name: string | null
  /** The Content-Length header, where there is one. */
  readonly length: string | null | undefined
  readonly body: AsyncIterable<Uint8Array>
}

const MOST_BYTES = 4 * 2 ** 30
/** Data up to 64 MB is packed into its run. Larger data is linked, so what a run may need stays this long. */
const KEPT_MS = 7 * 24 * 3_600_000
/** File systems take names of 255 bytes, and a character may have four. */
const MOST_NAME_CHARACTERS = 60

/** A name that can't leave its folder, on any system. */
const safeName = (name: string): string =>
  [...name.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')]
    .slice(-MOST_NAME_CHARACTERS)
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '') || 'data'

class TooLarge extends PandaError {
  constructor(name: string, mostBytes: number) {
    super(
      'data/unreadable',
      `${safeName(name)} is larger than ${mostBytes / 2 ** 30} GiB`,
      'Put it on the machine that trains, and name its path.',
    )
  }
}

/** Files that windows send, each in a folder of its own under `folder`. */
export function createUploads(folder: string, mostBytes = MOST_BYTES): Uploads {
  return {
    mostBytes,
    async receive(name, body) {
      const own = path.join(folder, randomBytes(8).toString('hex'))
      const file = path.join(own, safeName(name))
      const hash = createHash('sha256')
      let bytes = 0
      const measure = new Transform({
        transform(chunk: Uint8Array, _, done) {
          bytes += chunk.length
          hash.update(chunk)
          done(bytes > mostBytes ? new TooLarge(name, mostBytes) : null, chunk)
        },
      })
      try {
        await mkdir(own, { recursive: true })
        await pipeline(Readable.from(body), measure, createWriteStream(file, { flags: 'wx' }))
        return { path: file, bytes, sha256: hash.digest('hex') }
      } catch (error) {
        await rm(own, { recursive: true, force: true })
        throw broken(name, explained(error, file))
      }
    },
  }
}

function broken(name: string, error: unknown): PandaError {
  if (error instanceof PandaError) return error
  const what = error instanceof Error ? error.message : String(error)
  const message = `${safeName(name)} did not arrive whole: ${what}`
  return new PandaError('data/unreadable', message, 'Send it again.', error)
}

/**
 * Takes a file that was sent over HTTP and says what to answer: status 200 with where it lies, 413 where it
 * is too large, 400 where it could not be kept; the errors as plain data, for the window to show.
 */
export async function answerUpload(
  uploads: Uploads,
  { name, length, body }: Upload,
): Promise<{ readonly status: number; readonly answer: object }> {
  const given = name ?? 'data'
  try {
    // Told before a byte of it is read: a sender that is cut off in the middle would not hear why.
    if (Number(length ?? 0) > uploads.mostBytes) throw new TooLarge(given, uploads.mostBytes)
    return { status: 200, answer: await uploads.receive(given, body) }
  } catch (error) {
    return { status: error instanceof TooLarge ? 413 : 400, answer: toWireError(error) }
  }
}

/** Removes what was sent more than a week before `now` (ms) and is needed by no run. */
export async function removeOldUploads(
  folder: string,
  isNeeded: (dir: string) => boolean,
  now: number,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [] // nothing was ever sent
    throw error
  })
  for (const entry of entries) {
    const own = path.join(folder, entry.name)
    const { mtimeMs } = await stat(own)
    if (now - mtimeMs > KEPT_MS && !isNeeded(own)) await rm(own, { recursive: true })
  }
}
