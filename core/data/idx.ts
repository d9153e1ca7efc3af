import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { PandaError } from '../errors.ts'
import type { LossName } from '../protocol/config.ts'
import { INDEPENDENT, MAX_DATASET_BYTES } from './dataset.ts'
import type { RawDataset } from './dataset.ts'
import { answersFor } from './targets.ts'

/** An IDX file of unsigned bytes: the format of the MNIST family. */
interface IdxArray {
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

const UNSIGNED_BYTE = 0x08
const MAX_DIMENSIONS = 8
/** DEFLATE cannot shrink further than this, so a smaller file that promises more is lying. */
const MAX_DEFLATE_RATIO = 1032

/** Reads IDX images and their labels, gzipped or not. */
export async function readIdx(images: string, labels: string, loss: LossName): Promise<RawDataset> {
  const pictures = await readIdxArray(images)
  const answers = await readIdxArray(labels)
  const [count = 0, ...featureShape] = pictures.shape
  if (featureShape.length === 0) throw broken(images, 'holds a list, not images')
  if (answers.shape.length !== 1) throw broken(labels, 'does not hold a plain list of labels')
  if (answers.shape[0] !== count) {
    throw new PandaError(
      'data/unreadable',
      `${images} holds ${count} images, but ${labels} holds ${answers.shape[0] ?? 0} labels`,
      'Check that both files belong together.',
    )
  }
  const features = featureShape.reduce((product, size) => product * size, 1)
  if (count === 0 || features === 0) throw broken(images, 'holds no images')

  const classes = answers.bytes.reduce((highest, label) => Math.max(highest, label), 0) + 1
  return {
    count,
    features,
    featureShape,
    classNames: null,
    ...INDEPENDENT,
    x: pictures.bytes,
    ...answersFor(loss, Int32Array.from(answers.bytes), classes),
  }
}

export async function readIdxArray(file: string): Promise<IdxArray> {
  const { size, gzipped } = await describe(file)
  const source = createReadStream(file)
  const reader = new IdxReader(file, gzipped ? size * MAX_DEFLATE_RATIO : size)
  const consume = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) reader.push(chunk)
  }
  try {
    if (gzipped) await pipeline(source, createGunzip(), consume)
    else await pipeline(source, consume)
  } catch (error) {
    if (error instanceof PandaError) throw error
    throw broken(file, error instanceof Error ? error.message : String(error))
  }
  return reader.finish()
}

async function describe(file: string): Promise<{ size: number; gzipped: boolean }> {
  const handle = await open(file)
  try {
    const start = new Uint8Array(2)
    await handle.read(start, 0, 2, 0)
    return { size: (await handle.stat()).size, gzipped: start[0] === 0x1f && start[1] === 0x8b }
  } finally {
    await handle.close()
  }
}

/** Takes a file piece by piece; memory is asked for only once the header has been believed. */
class IdxReader {
  readonly #file: string
  readonly #possibleBytes: number
  #header = new Uint8Array(0)
  #array: IdxArray | null = null
  #filled = 0

  constructor(file: string, possibleBytes: number) {
    this.#file = file
    this.#possibleBytes = possibleBytes
  }

  push(chunk: Uint8Array): void {
    let rest = chunk
    if (this.#array === null) {
      this.#header = Buffer.concat([this.#header, chunk])
      const length = this.#headerLength()
      if (length === null || this.#header.length < length) return
      this.#array = this.#allocate()
      rest = this.#header.subarray(length)
    }
    if (this.#filled + rest.length > this.#array.bytes.length) {
      throw broken(this.#file, 'is longer than its header says')
    }
    this.#array.bytes.set(rest, this.#filled)
    this.#filled += rest.length
  }

  finish(): IdxArray {
    if (this.#array === null || this.#filled < this.#array.bytes.length) {
      throw broken(this.#file, 'ends early')
    }
    return this.#array
  }

  #headerLength(): number | null {
    const [zero0, zero1, type, dimensions] = this.#header
    if (dimensions === undefined) return null
    if (zero0 !== 0 || zero1 !== 0) throw broken(this.#file, 'is not an IDX file')
    if (type !== UNSIGNED_BYTE) throw broken(this.#file, 'does not hold unsigned bytes')
    if (dimensions === 0 || dimensions > MAX_DIMENSIONS) {
      throw broken(this.#file, `has ${dimensions} dimensions`)
    }
    return 4 + 4 * dimensions
  }

  #allocate(): IdxArray {
    const view = new DataView(this.#header.buffer, this.#header.byteOffset)
    const shape = Array.from({ length: this.#header[3] ?? 0 }, (_, at) =>
      view.getUint32(4 + 4 * at),
    )
    const bytes = shape.reduce((product, size) => product * size, 1)
    if (bytes > MAX_DATASET_BYTES) throw broken(this.#file, `claims to hold ${bytes} bytes`)
    if (bytes > this.#possibleBytes) throw broken(this.#file, 'ends early')
    return { shape, bytes: new Uint8Array(bytes) }
  }
}

const broken = (file: string, what: string) =>
  new PandaError('data/unreadable', `${file} ${what}`, 'Give an IDX or IDX.gz file of bytes.')
