import { writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeDataset,
  encodeDataset,
  fingerprintOf,
  loadRawDataset,
  restoreDataset,
  storeDataset,
} from '../../../core/data/index.ts'
import type { RawDataset } from '../../../core/data/index.ts'
import { INDEPENDENT } from '../../../core/data/dataset.ts'
import { PandaError } from '../../../core/errors.ts'
import type { DataConfig } from '../../../core/protocol/config.ts'
import { temporaryFile, temporaryFolder } from './places.ts'

const SPARSE = 'sparse_categorical_cross_entropy'

const sequence = (places: number) =>
  fc.record<Pick<RawDataset, keyof typeof INDEPENDENT>>({
    vocabulary: fc.option(fc.integer({ min: 1, max: 9 })),
    characters: fc.option(fc.string({ unit: 'binary' })),
    targetsPerExample: fc.constant(places),
    order: fc.constantFrom('exchangeable', 'sequential'),
  })

const anyDataset = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }))
  .chain(([count, features]) =>
    fc.tuple(
      fc.constant(count),
      fc.constant(features),
      fc.oneof(fc.constant(INDEPENDENT), sequence(features)),
    ),
  )
  .chain(([count, features, kind]) => {
    const size = { minLength: count * features, maxLength: count * features }
    const each = { minLength: count, maxLength: count }
    const answers = count * kind.targetsPerExample
    const x: fc.Arbitrary<RawDataset['x']> = fc.oneof(fc.uint8Array(size), fc.float32Array(size))
    return fc.record<RawDataset>({
      count: fc.constant(count),
      features: fc.constant(features),
      featureShape: fc.constant([features]),
      classes: fc.option(fc.integer({ min: 1, max: 9 })),
      classNames: fc.option(fc.array(fc.string())),
      x,
      vocabulary: fc.constant(kind.vocabulary),
      characters: fc.constant(kind.characters),
      targetsPerExample: fc.constant(kind.targetsPerExample),
      order: fc.constant(kind.order),
      labels: fc.option(fc.int32Array({ minLength: answers, maxLength: answers })),
      targets: fc.option(fc.float32Array(each)),
    })
  })

describe('packing data', () => {
  test('any dataset comes back exactly, wherever its bytes lie in memory', () => {
    fc.assert(
      fc.property(anyDataset, (raw) => {
        const bytes = encodeDataset(raw)
        const shifted = new Uint8Array(bytes.length + 1)
        shifted.set(bytes, 1)

        expect(decodeDataset(bytes)).toEqual({ ...raw })
        expect(decodeDataset(shifted.subarray(1))).toEqual({ ...raw })
      }),
    )
  })

  test('what was packed before there were sequences is still read, under the same fingerprint', () => {
    // A table of two rows of one feature, as written by the first version of the format.
    const packed = Buffer.from(
      'UE5EUwEAAAB6AAAAzaCyIRLKmBqdNOBQb+w6fV98rf+iAldrQtxq8xgWGXl7ImNvdW50IjoyLCJmZWF0' +
        'dXJlcyI6MSwiZmVhdHVyZVNoYXBlIjpbMV0sImNsYXNzZXMiOjIsImNsYXNzTmFtZXMiOlsieCIsInki' +
        'XSwieCI6ImZsb2F0MzIiLCJsYWJlbHMiOnRydWUsInRhcmdldHMiOmZhbHNlfXicY2BosGdgYHBgYGBg' +
        'YAQSAAyHAQE=',
      'base64',
    )

    const raw = decodeDataset(packed)

    expect(raw).toEqual({
      count: 2,
      features: 1,
      featureShape: [1],
      classes: 2,
      classNames: ['x', 'y'],
      ...INDEPENDENT,
      x: Float32Array.of(1, 2),
      labels: Int32Array.of(0, 1),
      targets: null,
    })
    expect(fingerprintOf(raw)).toBe(
      'cda0b22112ca981a9d34e0506fec3a7d5f7cadffa202576b42dc6af318161979',
    )
  })

  test('a flipped bit or a missing end is an error of ours, never another dataset', () => {
    fc.assert(
      fc.property(anyDataset, fc.nat(), fc.nat(7), fc.boolean(), (raw, where, bit, cut) => {
        const bytes = Uint8Array.from(encodeDataset(raw))
        const at = where % bytes.length
        bytes[at]! ^= 1 << bit

        let back: RawDataset | null = null
        try {
          back = decodeDataset(cut ? bytes.subarray(0, at) : bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(PandaError)
        }

        // DEFLATE has a few bits that mean nothing; the data itself is never another.
        if (back !== null) expect(back).toEqual({ ...raw })
      }),
      { numRuns: 300 },
    )
  })

  test('the fingerprint tells datasets apart', () => {
    fc.assert(
      fc.property(anyDataset, fc.nat(), (raw, where) => {
        const x = raw.x.slice()
        const at = where % x.length
        x[at] = x[at] === 1 ? 2 : 1

        expect(fingerprintOf({ ...raw, x })).not.toBe(fingerprintOf(raw))
        expect(fingerprintOf({ ...raw })).toBe(fingerprintOf(raw))
      }),
    )
  })
})

describe('keeping data with its run', () => {
  const config = {
    csv: 'table.csv',
    label: 'kind',
    dev: 0.2,
    normalise: 'none',
  } satisfies DataConfig
  const places = (base: string) => ({ base, samplesDir: '/nowhere' })
  const csv = 'a,kind\n1,x\n2,y\n'

  test('small data is packed, and needs its file no more', async () => {
    const base = path.dirname(temporaryFile('table.csv', csv))
    const raw = await loadRawDataset(config, SPARSE, places(base))

    const stored = storeDataset(raw, base)

    const { featureNames: _, ...kept } = raw // the run's own row keeps the names of its columns
    expect(stored.kind).toBe('packed')
    expect(await restoreDataset(stored, config, SPARSE, '/nowhere')).toEqual(kept)
  })

  test('large data is linked, and refused once it has changed', async () => {
    const base = path.dirname(temporaryFile('table.csv', csv))
    const raw = await loadRawDataset(config, SPARSE, places(base))
    const stored = storeDataset(raw, base, 10)

    expect(stored).toEqual({ kind: 'linked', base, fingerprint: fingerprintOf(raw) })
    expect(await restoreDataset(stored, config, SPARSE, '/nowhere')).toEqual(raw)

    writeFileSync(path.join(base, 'table.csv'), csv.replace('2', '3'))
    await expect(restoreDataset(stored, config, SPARSE, '/nowhere')).rejects.toThrow(
      expect.objectContaining({ code: 'data/changed' }),
    )
  })

  test('a file that is not there is named, with what its path is relative to', async () => {
    const base = temporaryFolder()

    await expect(loadRawDataset(config, SPARSE, places(base))).rejects.toThrow(
      expect.objectContaining({
        code: 'data/unreadable',
        message: expect.stringContaining('table.csv') as string,
        remedy: expect.stringContaining(base) as string,
      }),
    )
  })

  test('sample data that is missing is a fault of the installation', async () => {
    const sample = { sample: 'digits', context: 64, dev: 0.2, normalise: 'feature' } as const

    await expect(loadRawDataset(sample, SPARSE, places('.'))).rejects.toThrow(
      expect.objectContaining({
        code: 'data/unreadable',
        remedy: expect.stringContaining('install') as string,
      }),
    )
  })
})
