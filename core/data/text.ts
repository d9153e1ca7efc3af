import { readFile, stat } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { PandaError } from '../errors.ts'
import type { LossName } from '../protocol/config.ts'
import { MAX_DATASET_BYTES } from './dataset.ts'
import type { RawDataset } from './dataset.ts'

/** A character has an id of four bytes, so what is read may be a quarter of the largest dataset. */
const MAX_TEXT_BYTES = MAX_DATASET_BYTES / Float32Array.BYTES_PER_ELEMENT
const MAX_CHARACTERS = 65_536
const CODE_POINTS = 0x11_0000

const LOSSES: readonly LossName[] = [
  'sparse_categorical_cross_entropy',
  'categorical_cross_entropy',
]

/**
 * Reads a UTF-8 text, gzipped or not, as examples for a network that learns each next character. Example
 * i is the characters from i · context on, `context` of them, and its labels are the same shifted by one.
 * The id of a character is its rank among the text's distinct code points. Throws `data/bad-value` for a
 * loss that cannot judge classes and for more than 65 536 distinct characters, `data/unreadable` for a
 * file that is no UTF-8, too large, or too short for two examples.
 */
export async function readText(file: string, context: number, loss: LossName): Promise<RawDataset> {
  if (!LOSSES.includes(loss)) {
    throw new PandaError(
      'data/bad-value',
      `a text is learnt character by character, which ${loss} cannot judge`,
      `Use ${LOSSES.join(' or ')}.`,
    )
  }
  const { ids, characters, vocabulary } = await readCharacters(file)
  const count = Math.floor((ids.length - 1) / context)
  if (count < 2) {
    throw new PandaError(
      'data/unreadable',
      `${file} has ${ids.length} characters, too few for two examples of ${context}`,
      `Give a text of at least ${2 * context + 1} characters, or a smaller "context".`,
    )
  }
  return {
    count,
    features: context,
    featureShape: [context],
    classes: vocabulary,
    classNames: null,
    vocabulary,
    characters,
    targetsPerExample: context,
    order: 'sequential',
    x: Float32Array.from(ids.subarray(0, count * context)),
    labels: ids.slice(1, count * context + 1),
    targets: null,
  }
}

/**
 * Every character of a UTF-8 text, gzipped or not, as its id; the distinct ones in the order of their ids.
 * Throws `data/*` as `readText` does.
 */
export async function readCharacters(file: string) {
  return identify(codePointsOf(decodeUtf8(await readBytes(file), file)), file)
}

async function readBytes(file: string): Promise<Uint8Array> {
  if ((await stat(file)).size > MAX_TEXT_BYTES) throw tooLarge(file)
  const bytes = await readFile(file)
  // No UTF-8 text begins like this.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(file)
    const what = error instanceof Error ? error.message : String(error)
    throw new PandaError('data/unreadable', `${file}: ${what}`, 'Give a whole file.', error)
  }
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const remedy = 'Save it as UTF-8.'
    throw new PandaError('data/unreadable', `${file} is not a UTF-8 text`, remedy, error)
  }
}

function codePointsOf(text: string): Uint32Array {
  const points = new Uint32Array(text.length)
  let count = 0
  for (let at = 0; at < text.length; count++) {
    const point = text.codePointAt(at) ?? 0
    points[count] = point
    at += point > 0xffff ? 2 : 1
  }
  return points.subarray(0, count)
}

/** Ids by code point, so that they depend on the text's characters alone and on no locale. */
function identify(points: Uint32Array, file: string) {
  const idOf = new Int32Array(CODE_POINTS).fill(-1)
  for (const point of points) idOf[point] = 0
  const characters: string[] = []
  idOf.forEach((seen, point) => {
    if (seen === 0) idOf[point] = characters.push(String.fromCodePoint(point)) - 1
  })
  const vocabulary = characters.length
  if (vocabulary > MAX_CHARACTERS) {
    throw new PandaError(
      'data/bad-value',
      `${file} has ${vocabulary} distinct characters, more than ${MAX_CHARACTERS}`,
      'Give a text in one or a few languages.',
    )
  }
  return {
    ids: Int32Array.from(points, (point) => idOf[point] ?? 0),
    characters: characters.join(''),
    vocabulary,
  }
}

const tooLarge = (file: string) =>
  new PandaError(
    'data/unreadable',
    `${file} is larger than ${MAX_TEXT_BYTES / 2 ** 20} MiB`,
    'Give a part of the text.',
  )
