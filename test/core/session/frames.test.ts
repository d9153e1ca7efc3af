import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader, frame } from '../../../core/session/frames.ts'

test('messages come out whole and in order, however the stream was cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 }),
      (messages, cuts) => {
        // -0 becomes 0 in MessagePack's integers, as in JSON.
        const sent = JSON.parse(JSON.stringify(messages)) as unknown[]
        fc.pre(!JSON.stringify(sent).includes('__proto__')) // refused, see below
        const stream = Buffer.concat(sent.map(frame))
        const reader = new FrameReader()
        const received: unknown[] = []
        for (let from = 0, turn = 0; from < stream.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1
          received.push(...reader.read(stream.subarray(from, from + size)))
          from += size
        }
        expect(received).toEqual(sent)
      },
    ),
  )
})

test('curves cross as they are, NaN and infinities included', () => {
  const costs = Float32Array.of(0.1, Number.NaN, Number.POSITIVE_INFINITY, -0)

  // A socket hands out Buffers that lie anywhere in a pool.
  const bytes = Buffer.concat([Buffer.of(1), frame({ costs }), frame({ costs })]).subarray(1)
  const received = new FrameReader().read(bytes) as { costs: Float32Array }[]

  expect(received.map(({ costs: got }) => got)).toEqual([costs, costs])
})

test('a frame that claims to be huge is refused before memory is asked for', () => {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(0xffff_ffff)

  expect(() => new FrameReader().read(header)).toThrow(/too long/)
})

test('a message that would reach for the prototype is refused', () => {
  const message = JSON.parse('{"__proto__": {"polluted": true}}') as unknown

  expect(() => new FrameReader().read(frame(message))).toThrow(/__proto__/)
})
