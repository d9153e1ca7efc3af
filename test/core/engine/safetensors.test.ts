import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeSafetensors } from '../../../core/engine/safetensors.ts'

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Reads a file as its description says, byte by byte, and holds it to what that demands. */
function parse(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
  expect(length % 8).toBe(0)
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length))
  expect(text).toMatch(/^\{.*\} *$/s)
  const { __metadata__: metadata, ...header } = JSON.parse(text) as Record<string, Entry> & {
    readonly __metadata__: Readonly<Record<string, string>>
  }
  let next = 0
  const tensors = Object.entries(header).map(([name, { dtype, shape, data_offsets }]) => {
    const [from, to] = data_offsets
    expect(dtype).toBe('F32')
    expect(from).toBe(next) // no holes
    expect(to - from).toBe(4 * shape.reduce((product, n) => product * n, 1))
    next = to
    const values = Array.from({ length: (to - from) / 4 }, (_, i) =>
      view.getFloat32(8 + length + from + 4 * i, true),
    )
    return { name, shape, values }
  })
  expect(bytes.length).toBe(8 + length + next)
  return { metadata, tensors }
}

/** Not a whole number: those come first in a JavaScript object, in order of size. */
const name = fc.string({ minLength: 1 }).map((text) => `t.${text}`)
const tensor = fc
  .tuple(name, fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }))
  .chain(([name, shape]) => {
    const size = shape.reduce((product, n) => product * n, 1)
    return fc
      .array(fc.float(), { minLength: size, maxLength: size })
      .map((values) => ({ name, shape, values: Float32Array.from(values) }))
  })

describe('safetensors', () => {
  test('what is written is read back: tensors in order, bit for bit, and the metadata', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 }),
        fc.dictionary(fc.string(), fc.string()),
        (tensors, metadata) => {
          const read = parse(encodeSafetensors(tensors, metadata))

          expect(read.metadata).toEqual({ ...metadata })
          expect(read.tensors).toEqual(
            tensors.map(({ name, shape, values }) => ({ name, shape, values: [...values] })),
          )
        },
      ),
    )
  })

  test('a view into a larger buffer writes its own numbers', () => {
    const values = Float32Array.of(1, 2, 3, 4).subarray(1, 3)

    const { tensors } = parse(encodeSafetensors([{ name: 'w', shape: [2], values }], {}))

    expect(tensors).toEqual([{ name: 'w', shape: [2], values: [2, 3] }])
  })
})
