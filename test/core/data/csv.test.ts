import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../../core/data/csv.ts'
import type { LossName } from '../../../core/protocol/config.ts'
import { temporaryFile } from './places.ts'

const SPARSE = 'sparse_categorical_cross_entropy'
const read = (text: string, loss: LossName = SPARSE) =>
  readCsv(temporaryFile('table.csv', text), 'kind', loss)

describe('reading CSV', () => {
  test('numbers come back as they were written, and labels as they were named', async () => {
    const file = temporaryFile('table.csv', '')
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
    // Names that no reader could take for integers, with what CSV has to quote.
    const name = fc.stringMatching(/^[a-z][a-z ,"\n]{0,5}[a-z]$/)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(finite, name, finite), { minLength: 1, maxLength: 20 }),
        async (rows) => {
          const lines = rows.map(([a, kind, b]) => `${a},"${kind.replaceAll('"', '""')}",${b}`)
          writeFileSync(file, ['a,kind,b', ...lines].join('\n'))

          const raw = await readCsv(file, 'kind', SPARSE)

          const unsigned = (value: number) => value + 0 // the text of −0 is "0"
          expect([...raw.x]).toEqual(rows.flatMap(([a, , b]) => [unsigned(a), unsigned(b)]))
          const back = [...raw.labels!].map((id) => raw.classNames![id])
          expect(back).toEqual(rows.map(([, kind]) => kind))
          expect(raw.classNames).toEqual([...new Set(back)].sort())
        },
      ),
      { numRuns: 50 },
    )
  })

  test('integer labels are ordered as numbers', async () => {
    const raw = await read('a,kind\n1,10\n2,9\n3,-1\n4,10\n')

    expect(raw.classNames).toEqual(['-1', '9', '10'])
    expect(raw.labels).toEqual(Int32Array.of(2, 1, 0, 2))
    expect(raw.classes).toBe(3)
  })

  test('a regression takes the label as a number', async () => {
    const raw = await read('kind,a\n1.5,2\n-3e2,4\n', 'mean_squared_error')

    expect(raw).toMatchObject({
      classes: null,
      classNames: null,
      labels: null,
      targets: Float32Array.of(1.5, -300),
      features: 1,
      featureShape: [1],
    })
  })

  test('a byte-order mark, Windows line ends, spaces and blank lines change nothing', async () => {
    const raw = await read('\uFEFFa, kind ,b\r\n 1 ,x, 2\r\n\r\n3,y,4\r\n\r\n')

    expect([...raw.x]).toEqual([1, 2, 3, 4])
    expect(raw.classNames).toEqual(['x', 'y'])
  })

  test.each([
    ['a text', 'a,kind,b\n1,x,2\n3,y,four\n', 'row 3, column "b": "four" is not a finite number'],
    ['a text after a blank line', 'a,kind\n\n1,x\nz,y\n', 'row 4, column "a": "z"'],
    ['an empty value', 'a,kind\n,x\n', 'row 2, column "a": ""'],
    ['NaN', 'a,kind\nNaN,x\n', 'row 2, column "a": "NaN"'],
    ['an infinity', 'a,kind\n-Infinity,x\n', 'row 2, column "a": "-Infinity"'],
    ['more than float32 holds', 'a,kind\n1e39,x\n', 'row 2, column "a": "1e39"'],
    ['hexadecimal', 'a,kind\n0x10,x\n', 'row 2, column "a": "0x10"'],
    ['no label', 'a,kind\n1, \n', 'row 2, column "kind": the label is empty'],
    ['too few values', 'a,kind,b\n1,x\n', 'row 2 has 2 values where the header has 3'],
    ['too many values', 'a,kind\n1,x\n1,x,2\n', 'row 3 has 3 values where the header has 2'],
    ['an open quote', 'a,kind\n1,x\n2,"y\n', 'row 3: Quote Not Closed'],
  ])('%s is refused by row and column', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(
      expect.objectContaining({
        code: 'data/bad-value',
        message: expect.stringContaining(message) as string,
      }),
    )
  })

  test('a text as the label of a regression is refused by row and column', async () => {
    await expect(read('a,kind\n1,cat\n', 'mean_squared_error')).rejects.toThrow(
      /row 2, column "kind": "cat" is not a finite number/,
    )
  })

  test.each([
    ['an empty file', '', /is empty/],
    ['a header alone', 'a,kind\n', /no rows/],
    ['no label column', 'a,b\n1,2\n', /no column "kind"/],
    ['nothing but labels', 'kind\nx\n', /no column but the label/],
    ['a column twice', 'a,a,kind\n1,2,x\n', /two columns named "a"/],
  ])('%s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(
      expect.objectContaining({
        code: 'data/unreadable',
        message: expect.stringMatching(message) as string,
      }),
    )
  })
})
