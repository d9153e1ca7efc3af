import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wasmKernels } from '../../../core/optim/kernels.ts'
import type { Kernels } from '../../../core/optim/kernels.ts'
import { KERNELS, allocate, kernelsOf } from './flat.ts'

type Kernel = Exclude<keyof Kernels, 'name'>

/** fast-check draws floats by their exponent, so nearly all would be tiny: most of ours are usual ones. */
const usual = fc.integer({ min: -(2 ** 24), max: 2 ** 24 }).map((n) => n / 2 ** 22)
const unit = fc.integer({ min: 0, max: 2 ** 30 - 1 }).map((n) => n / 2 ** 30)

/** Numbers of every size: usual ones, those of a gradient that explodes or vanishes, denormals, ±0. */
const anyFloat = fc.oneof(
  { arbitrary: usual, weight: 4 },
  fc.float({ min: Math.fround(-1e30), max: Math.fround(1e30), noNaN: true }),
  fc.float({ min: Math.fround(-1e-37), max: Math.fround(1e-37), noNaN: true }),
  fc.constantFrom(0, -0, 2 ** -149, -(2 ** -149), 2 ** -126, -(2 ** -126), 3.4e38, -3.4e38),
)
const size = anyFloat.map(Math.abs)
const beta = fc.oneof(unit, fc.constantFrom(0, 0.9, 0.999, 1 - 2 ** -24))
const coefficient = fc.oneof(unit, fc.double({ min: 0, max: 1e3, noNaN: true }), fc.constant(0))
const unsigned = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 1))

/** How many arrays each kernel takes, and the arguments after their length. */
const ARGUMENTS: {
  readonly [K in Kernel]: { arrays: number; rest: fc.Arbitrary<readonly number[]> }
} = {
  gradientDescent: { arrays: 2, rest: fc.tuple(coefficient, coefficient) },
  momentum: { arrays: 3, rest: fc.tuple(coefficient, beta, coefficient, coefficient) },
  rmsprop: { arrays: 3, rest: fc.tuple(coefficient, coefficient, beta, coefficient) },
  adam: {
    arrays: 4,
    rest: fc.tuple(coefficient, coefficient, coefficient, beta, beta, coefficient, coefficient),
  },
  lerp: { arrays: 2, rest: fc.tuple(beta) },
  mask: { arrays: 1, rest: fc.tuple(unsigned, unsigned, coefficient) },
}

/** The last array holds squares where there are any. */
const HAS_SQUARES: readonly Kernel[] = ['rmsprop', 'adam']

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): readonly number[] =>
  Array.from(new Uint32Array(buffer, byteOffset, length))

/** What a kernel leaves behind in memory that began as `contents`, with NaNs all alike. */
function resultOf(
  name: Kernels['name'],
  kernel: Kernel,
  contents: readonly number[],
  places: readonly number[],
  count: number,
  rest: readonly number[],
): readonly number[] {
  const memory = allocate(contents.length)
  memory.floats.set(contents)
  const run = kernelsOf(name, memory)[kernel] as (...numbers: readonly number[]) => void
  run(...places, count, ...rest)
  return bitsOf(memory.floats.slice(0, contents.length).map((x) => (Number.isNaN(x) ? NaN : x)))
}

describe('the kernels', () => {
  test.each(Object.entries(ARGUMENTS) as [Kernel, (typeof ARGUMENTS)[Kernel]][])(
    '%s leaves the same bits in WebAssembly as in JavaScript',
    (kernel, { arrays, rest }) => {
      const scene = fc.integer({ min: 0, max: 21 }).chain((count) =>
        fc.record({
          count: fc.constant(count),
          gap: fc.integer({ min: 0, max: 3 }),
          contents: fc.array(anyFloat, { minLength: 100, maxLength: 100 }),
          squares: fc.array(size, { minLength: count, maxLength: count }),
          rest,
        }),
      )
      const property = fc.property(scene, ({ count, gap, contents, squares, rest: numbers }) => {
        const places = Array.from({ length: arrays }, (_, index) => index * (count + gap) + gap)
        if (HAS_SQUARES.includes(kernel)) contents.splice(places.at(-1)!, count, ...squares)

        const [inWasm, inJs] = KERNELS.map((name) =>
          resultOf(name, kernel, contents, places, count, numbers),
        )

        expect(inWasm).toEqual(inJs)
      })

      fc.assert(property, { numRuns: 300 })
    },
  )

  test.each(KERNELS)('%s touches nothing beside the arrays it writes', (name) => {
    const contents = Array.from({ length: 60 }, (_, index) => index + 1)
    const [w, g, v, s, count] = [3, 18, 31, 46, 7]

    const after = resultOf(name, 'adam', contents, [w, g, v, s], count, [1, 1, 1, 0.9, 0.9, 1, 0])

    const before = bitsOf(Float32Array.from(contents))
    const isIn = (index: number, from: number) => index >= from && index < from + count
    const changed = contents.map((_, index) => after[index] !== before[index])
    expect(changed).toEqual(contents.map((_, index) => [w, v, s].some((at) => isIn(index, at))))
  })

  test.each(KERNELS)('%s takes moments that are all but zero for zero', (name) => {
    const memory = allocate(24)
    memory.floats.fill(2 ** -126, 8, 24)

    kernelsOf(name, memory).adam(0, 24, 8, 16, 8, 1, 1, 1, 0.9, 0.9, 1e-8, 0)

    expect([...memory.floats.subarray(8, 24)]).toEqual(Array.from({ length: 16 }, () => 0))
  })

  test('a memory that WebAssembly cannot import gets none of its kernels', () => {
    const buffer = new ArrayBuffer(64)

    expect(wasmKernels({ memory: { buffer }, floats: new Float32Array(buffer) })).toBeNull()
  })

  test.each(KERNELS)("%s hashes places with murmur3's finaliser", (name) => {
    const memory = allocate(8)
    const kernels = kernelsOf(name, memory)
    const hashOf1 = 0x514e28b7

    kernels.mask(0, 4, 1, hashOf1, 3)
    kernels.mask(4, 1, 1, hashOf1 + 1, 3)
    kernels.mask(5, 1, 1, hashOf1, 3)

    expect([memory.floats[0], memory.floats[4], memory.floats[5]]).toEqual([3, 0, 3])
  })

  test.each(KERNELS)('%s: a running average takes in 1 − keep of what is new', (name) => {
    const memory = allocate(10)
    memory.floats.set([1, 2, 3, 4, 5, 11, 12, 13, 14, 15])

    kernelsOf(name, memory).lerp(0, 5, 5, 0.75)

    expect([...memory.floats.subarray(0, 5)]).toEqual([3.5, 4.5, 5.5, 6.5, 7.5])
  })
})
