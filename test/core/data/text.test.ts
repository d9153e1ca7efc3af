import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadRawDataset } from '../../../core/data/index.ts'
import type { LossName } from '../../../core/protocol/config.ts'
import { temporaryFile } from './places.ts'

const SPARSE = 'sparse_categorical_cross_entropy'

const read = (content: string | Uint8Array, context: number, loss: LossName = SPARSE) => {
  const text = temporaryFile('text.txt', content)
  const config = { text, context, dev: 0.2, normalise: 'feature' } as const
  return loadRawDataset(config, loss, { base: '/', samplesDir: '/nowhere' })
}

const refused = (code: string, message: string) =>
  expect.objectContaining({
    code,
    message: expect.stringContaining(message) as string,
    remedy: expect.any(String) as string,
  })

describe('a text', () => {
  test('is cut into windows, each with the same characters shifted by one as its labels', async () => {
    const raw = await read('abcabcab', 3)

    expect(raw).toEqual({
      count: 2,
      features: 3,
      featureShape: [3],
      classes: 3,
      classNames: null,
      vocabulary: 3,
      characters: 'abc',
      targetsPerExample: 3,
      order: 'sequential',
      x: Float32Array.of(0, 1, 2, 0, 1, 2),
      labels: Int32Array.of(1, 2, 0, 1, 2, 0),
      targets: null,
    })
  })

  test('can be read back from its ids, whatever its characters', async () => {
    const texts = fc.string({ unit: 'binary', minLength: 3, maxLength: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, context) => {
        const points = [...text.replace(/^\uFEFF/, '')]
        const count = Math.floor((points.length - 1) / context)
        fc.pre(count >= 2)

        const { x, labels, characters, vocabulary, ...rest } = await read(text, context)

        const names = [...characters!]
        expect(rest.count).toBe(count)
        expect(names).toHaveLength(vocabulary!)
        const order = names.map((name) => name.codePointAt(0)!)
        expect(order).toEqual(order.toSorted((a, b) => a - b))
        expect([...x].map((id) => names[id])).toEqual(points.slice(0, count * context))
        expect([...labels!].map((id) => names[id])).toEqual(points.slice(1, count * context + 1))
      }),
      { numRuns: 50 },
    )
  })

  test('may be gzipped, and says the same then', async () => {
    const text = 'To be, or not to be: that is the question.\n'

    expect(await read(gzipSync(text), 8)).toEqual(await read(text, 8))
  })

  test('counts characters beyond the basic plane as one, and a byte order mark as none', async () => {
    const raw = await read('\uFEFF🐼🎋🐼🎋🐼', 2)

    expect(raw).toMatchObject({ count: 2, characters: '🎋🐼', vocabulary: 2 })
    expect(raw.x).toEqual(Float32Array.of(1, 0, 1, 0))
  })

  test('of one character less than two windows and a label take is refused, and says what it takes', async () => {
    await expect(read('abcd', 2)).rejects.toThrow(refused('data/unreadable', '4 characters'))
    expect(await read('abcde', 2)).toMatchObject({ count: 2 })
  })

  test('that is not UTF-8, or cut off in its compression, is refused', async () => {
    const latin = Buffer.from('Les mots à l’école', 'utf16le')
    const cut = gzipSync('a text of some length').subarray(0, 20)

    await expect(read(Buffer.concat([latin, Buffer.of(0xff)]), 2)).rejects.toThrow(
      refused('data/unreadable', 'is not a UTF-8 text'),
    )
    await expect(read(cut, 2)).rejects.toThrow(refused('data/unreadable', 'text.txt'))
  })

  test('with more than 65 536 distinct characters is refused, with as many it is read', async () => {
    const points = (count: number) =>
      Array.from({ length: count }, (_, at) => String.fromCodePoint(0x1_0000 + at)).join('')

    await expect(read(points(65_537), 4)).rejects.toThrow(
      refused('data/bad-value', '65537 distinct characters'),
    )
    expect(await read(points(65_536), 4)).toMatchObject({ vocabulary: 65_536 })
  })

  test.each(['mean_squared_error', 'huber', 'binary_cross_entropy'] as const)(
    'cannot be learnt with %s, and says what it can be learnt with',
    async (loss) => {
      await expect(read('abcabc', 2, loss)).rejects.toThrow(
        expect.objectContaining({
          code: 'data/bad-value',
          remedy: expect.stringContaining(SPARSE) as string,
        }),
      )
    },
  )
})
