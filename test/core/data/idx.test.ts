import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readIdx } from '../../../core/data/idx.ts'
import { PandaError } from '../../../core/errors.ts'
import { idxBytes, temporaryFile, temporaryFolder } from './places.ts'

const SPARSE = 'sparse_categorical_cross_entropy'
const labelsOf = (...labels: number[]) =>
  temporaryFile('labels', idxBytes([labels.length], Uint8Array.from(labels)))
const imagesOf = (content: Uint8Array) => temporaryFile('images', content)
const two = idxBytes([2, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 255))

describe('reading IDX', () => {
  test('images and labels of any shape come back, gzipped or not', async () => {
    const folder = temporaryFolder()
    const [images, labels] = [path.join(folder, 'images'), path.join(folder, 'labels')]
    const anyImages = fc
      .tuple(fc.nat(5), fc.nat(4), fc.nat(4), fc.boolean())
      .chain(([count, height, width, gzipped]) => {
        const shape = [count + 1, height + 1, width + 1]
        const size = (count + 1) * (height + 1) * (width + 1)
        return fc.record({
          shape: fc.constant(shape),
          pixels: fc.uint8Array({ minLength: size, maxLength: size }),
          labels: fc.uint8Array({ minLength: count + 1, maxLength: count + 1 }),
          gzipped: fc.constant(gzipped),
        })
      })
    await fc.assert(
      fc.asyncProperty(anyImages, async (given) => {
        const pack = given.gzipped ? gzipSync : Buffer.from
        writeFileSync(images, pack(idxBytes(given.shape, given.pixels)))
        writeFileSync(labels, pack(idxBytes([given.labels.length], given.labels)))

        const raw = await readIdx(images, labels, SPARSE)

        expect([raw.count, ...raw.featureShape]).toEqual(given.shape)
        expect(raw.x).toEqual(given.pixels)
        expect(raw.labels).toEqual(Int32Array.from(given.labels))
        expect(raw.classes).toBe(Math.max(...given.labels) + 1)
      }),
      { numRuns: 50 },
    )
  })

  test('labels become numbers to be met where the loss asks for those', async () => {
    const raw = await readIdx(imagesOf(two), labelsOf(0, 7), 'mean_squared_error')

    expect(raw).toMatchObject({ classes: null, labels: null, targets: Float32Array.of(0, 7) })
  })

  test('binary labels come both as classes and as numbers, and a third class is refused', async () => {
    const raw = await readIdx(imagesOf(two), labelsOf(1, 0), 'binary_cross_entropy')

    expect(raw).toMatchObject({
      classes: 2,
      labels: Int32Array.of(1, 0),
      targets: Float32Array.of(1, 0),
    })
    await expect(readIdx(imagesOf(two), labelsOf(0, 2), 'binary_cross_entropy')).rejects.toThrow(
      expect.objectContaining({ code: 'data/bad-value' }),
    )
  })

  test.each([
    ['an empty file', Buffer.alloc(0), /ends early/],
    ['something else', Buffer.from('P5 28 28 255'), /not an IDX file/],
    ['floats', Buffer.from([0, 0, 0x0d, 3, 0, 0, 0, 1]), /unsigned bytes/],
    ['no dimensions', Buffer.from([0, 0, 8, 0]), /0 dimensions/],
    ['a list', idxBytes([2], Uint8Array.of(1, 2)), /a list, not images/],
    ['no images', idxBytes([0, 28, 28], new Uint8Array(0)), /no images|0 images/],
    ['a file cut off', two.subarray(0, -1), /ends early/],
    ['a gzipped file cut off', gzipSync(two).subarray(0, -9), /end of file/],
    ['more than the header says', Buffer.concat([two, Buffer.of(1)]), /longer than its header/],
    [
      'a header that claims terabytes',
      idxBytes([2, 2 ** 20, 2 ** 20], new Uint8Array(9)),
      /claims/,
    ],
    ['a header that claims what is not there', idxBytes([2, 9999, 9999], two), /ends early/],
  ])('refuses %s as images', async (_, content, message) => {
    await expect(readIdx(imagesOf(content), labelsOf(1, 2), SPARSE)).rejects.toThrow(
      expect.objectContaining({
        code: 'data/unreadable',
        message: expect.stringMatching(message) as string,
      }),
    )
  })

  test('refuses labels that do not belong to the images', async () => {
    await expect(readIdx(imagesOf(two), labelsOf(1, 2, 3), SPARSE)).rejects.toThrow(
      /2 images, but .* 3 labels/,
    )
  })

  test('no bytes at all make it fail with anything but an error of ours', async () => {
    const labels = labelsOf(1, 2)
    const images = imagesOf(two)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.boolean(), async (noise, headed) => {
        writeFileSync(images, headed ? Buffer.concat([Buffer.of(0, 0, 8), noise]) : noise)

        await readIdx(images, labels, SPARSE).then(
          (raw) => expect(raw.count).toBe(2),
          (error: unknown) => expect(error).toBeInstanceOf(PandaError),
        )
      }),
    )
  })
})
