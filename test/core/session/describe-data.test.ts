import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from '../../../core/data/csv.ts'
import { describeTable } from '../../../core/data/describe-table.ts'
import { loadRawDataset } from '../../../core/data/load.ts'
import { toWireError } from '../../../core/errors.ts'
import type { WireError } from '../../../core/errors.ts'
import { runConfig } from '../../../core/protocol/config.ts'
import { describeData } from '../../../core/session/describe-data.ts'
import { idxBytes, temporaryFile, temporaryFolder } from '../data/places.ts'
import { newBench } from './harness.ts'

const SPARSE = 'sparse_categorical_cross_entropy'
const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples')

/** Describes a table of this text, through a job's thread as a window asks for it. */
async function describeCsv(text: string, label?: string) {
  const { host, folder } = newBench()
  writeFileSync(path.join(folder, 't.csv'), text)
  const data = { csv: 't.csv', ...(label !== undefined && { label }) }
  return host.handlers['data:describe']({ data, base: folder })
}

describe('a table', () => {
  test('tells its columns as written, and its first rows', async () => {
    const rows = Array.from(
      { length: 10 },
      (_, i) => `${i / 4},${i % 2 ? 'cat' : ' dog '},${i ? i : ''}`,
    )

    const described = await describeCsv(['size,animal,"age, years"', ...rows].join('\n'))

    expect(described).toMatchObject({
      kind: 'table',
      examples: 10,
      featureShape: [2],
      vocabulary: null,
      pictures: null,
    })
    expect(described.columns).toEqual([
      { name: 'size', kind: 'numbers', distinct: 10, blank: 0, least: 0, greatest: 2.25 },
      { name: 'animal', kind: 'words', distinct: 2, blank: 0, least: null, greatest: null },
      { name: 'age, years', kind: 'numbers', distinct: 9, blank: 1, least: 1, greatest: 9 },
    ])
    expect(described.rows).toHaveLength(8)
    expect(described.rows?.[1]).toEqual(['0.25', 'cat', '1'])
  })

  test('of two moons suggests the moon, not the coordinate y', async () => {
    const { host } = newBench()

    const described = await host.handlers['data:describe']({
      data: { csv: 'two-moons.csv' },
      base: EXAMPLES,
    })

    expect(described).toMatchObject({ label: 'moon', task: 'classes', classNames: ['0', '1'] })
  })

  test.each([
    ['the column called label', 'a,label,b\n1,3,0\n2,4,1\n', 'label'],
    ['whatever its case', 'a,Target,b\n1,3,0\n2,4,1\n', 'Target'],
    ['y as the last column', 'x,kind,y\n1,p,0.5\n2,q,0.25\n', 'y'],
    ['not y in the middle', 'x,y,kind\n1,0.5,p\n2,0.25,q\n', 'kind'],
    ['not a label that never varies', 'a,label,b\n1.5,3,0\n2.5,3,1\n', 'b'],
    ['else the last with few values', 'kind,a,b\np,1.5,2.5\nq,2.5,1.5\n', 'kind'],
    ['else the last number', 'a,b\n1.5,2.5\n2.5,1.5\n', 'b'],
  ])('suggests %s', async (_, text, label) => {
    const described = await describeTable(temporaryFile('t.csv', text), undefined)

    expect(described.label).toBe(label)
  })

  test('in which nothing varies has nothing to predict', async () => {
    const described = await describeTable(temporaryFile('t.csv', 'a,b\n1,x\n1,x\n'), undefined)

    expect(described).toMatchObject({ label: null, task: null, classNames: null })
  })

  test.each([
    ['50 whole numbers are classes', 50, (i: number) => `${i}`, 'classes'],
    ['51 are a quantity', 51, (i: number) => `${i}`, 'number'],
    ['two fractions are a quantity', 2, (i: number) => `${i}.5`, 'number'],
    ['any words are classes', 1_500, (i: number) => `w${i}`, 'classes'],
    ['a number beyond float32 is a word', 2, (i: number) => `1e4${i}`, 'classes'],
  ])('%s', async (_, count, word, task) => {
    const text = ['a,b', ...Array.from({ length: count }, (_, i) => `${i},${word(i)}`)].join('\n')

    const described = await describeTable(temporaryFile('t.csv', text), 'b')

    expect(described).toMatchObject({ label: 'b', task })
    expect(described.columns?.[1]?.distinct).toBe(Math.min(count, 1_001))
    expect(described.classNames?.length ?? null).toBe(
      task === 'classes' && count < 1_001 ? count : null,
    )
  })

  test('names the classes in the order that training gives their ids', async () => {
    const label = fc.oneof(
      fc.integer({ min: -30, max: 30 }).map(String),
      fc.constantFrom('a', 'B', 'é'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(label, { minLength: 2, maxLength: 30 }), async (labels) => {
        const text = ['a,b', ...labels.map((name, i) => `${i},${name}`)].join('\n')
        const file = temporaryFile('t.csv', text)

        const described = await describeTable(file, 'b')
        const trained = await readCsv(file, 'b', SPARSE)

        if (described.task === 'classes') expect(described.classNames).toEqual(trained.classNames)
        else expect(new Set(labels).size).toBeGreaterThan(50)
      }),
      { numRuns: 40 },
    )
  })
})

describe('what is no table', () => {
  test('images show their classes, one of each first', async () => {
    const { host, folder } = newBench()
    const labels = Uint8Array.from([2, 2, 2, 0, 1, ...new Uint8Array(20)])
    const pixels = Uint8Array.from({ length: labels.length * 6 }, (_, at) => at % 256)
    writeFileSync(path.join(folder, 'i'), idxBytes([labels.length, 2, 3], pixels))
    writeFileSync(path.join(folder, 'l'), idxBytes([labels.length], labels))

    const described = await host.handlers['data:describe']({
      data: { idx: { images: 'i', labels: 'l' } },
      base: folder,
    })

    const [first] = described.pictures ?? []
    expect(described).toMatchObject({
      kind: 'images',
      examples: 25,
      featureShape: [2, 3],
      task: 'classes',
      classNames: ['0', '1', '2'],
      columns: null,
      label: null,
    })
    expect(described.pictures).toHaveLength(12)
    expect(described.pictures?.slice(0, 4).map(({ label }) => label)).toEqual(['0', '1', '2', '2'])
    expect(first?.pixels).toEqual(Float32Array.from([18, 19, 20, 21, 22, 23], (v) => v / 255))
  })

  test('a text tells its characters', async () => {
    const { host, folder } = newBench()
    writeFileSync(path.join(folder, 't.txt'), 'abca😀')

    const described = await host.handlers['data:describe']({
      data: { text: 't.txt' },
      base: folder,
    })

    expect(described).toMatchObject({ kind: 'text', examples: 5, vocabulary: 4, task: null })
  })

  test.each([
    ['digits', { kind: 'images', examples: 10_000, featureShape: [28, 28] }],
    ['sonnets', { kind: 'text', vocabulary: 61 }],
  ] as const)('the sample %s is known', async (sample, known) => {
    const { host } = newBench()

    expect(await host.handlers['data:describe']({ data: { sample } })).toMatchObject(known)
  })
})

/** What `work` is refused with. */
const refusal = (work: () => Promise<unknown>): Promise<WireError> =>
  work().then(() => {
    throw new Error('it was not refused')
  }, toWireError)

describe('refused as creating a run is', () => {
  const files = {
    'empty.csv': '',
    'bare.csv': 'a,b\n',
    'twice.csv': 'a,a\n1,2\n',
    'ragged.csv': 'a,b\n1,2\n1\n',
    'good.csv': 'a,b\n1,2\n',
    'binary.txt': Uint8Array.of(0xff, 0xfe, 0xff),
  }

  test.each([
    ['a missing table', { csv: 'none.csv', label: 'b' }, /^there is no file .*none\.csv$/],
    ['a folder', { csv: 'folder', label: 'b' }, /folder/],
    ['an empty table', { csv: 'empty.csv', label: 'b' }, /is empty/],
    ['a header alone', { csv: 'bare.csv', label: 'b' }, /a header but no rows/],
    ['two columns of one name', { csv: 'twice.csv', label: 'a' }, /two columns named "a"/],
    ['rows of different lengths', { csv: 'ragged.csv', label: 'b' }, /row 3 has 1 values/],
    ['a label that is not there', { csv: 'good.csv', label: 'c' }, /no column "c"/],
    ['missing images', { idx: { images: 'none', labels: 'l' } }, /^there is no file .*none$/],
    ['a missing text', { text: 'none.txt' }, /^there is no file .*none\.txt$/],
    ['what is no text', { text: 'binary.txt' }, /not a UTF-8 text/],
  ])('%s', async (_, data, message) => {
    const base = temporaryFolder()
    mkdirSync(path.join(base, 'folder'))
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(base, name), content)
    }
    const asTrained = runConfig.shape.data.parse(data)
    const places = { base, samplesDir: base }

    const told = await refusal(() => describeData({ samplesDir: base, request: { data, base } }))
    const creating = await refusal(() => loadRawDataset(asTrained, SPARSE, places))

    expect(told.message).toMatch(message)
    expect(told.remedy).not.toBeNull()
    expect(told).toEqual(creating)
  })
})
