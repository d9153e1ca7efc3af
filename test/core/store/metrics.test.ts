import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BLOCK_LENGTH, decodeBlock, encodeBlock } from '../../../core/store/metric-block.ts'
import { lastRecordedStep } from '../../../core/store/branches.ts'
import { appendMetrics, readMetrics, truncateMetrics } from '../../../core/store/metrics.ts'
import type { WritableDb } from '../../../core/store/db.ts'
import { freshRun } from './places.ts'

const anyValue = fc.oneof(fc.double(), fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, -0))
const anySteps = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1e6 })), { minLength: 1, maxLength })
    .map((gaps) => {
      let step = -1
      return Float64Array.from(gaps, (gap) => (step += gap))
    })
const anyBlock = anySteps(BLOCK_LENGTH).chain((steps) =>
  fc
    .array(anyValue, { minLength: steps.length, maxLength: steps.length })
    .map((values) => ({ steps, values: Float64Array.from(values) })),
)
const clear = (db: WritableDb) =>
  db.connection.exec('DELETE FROM metric_blocks; DELETE FROM metric_rollups')

describe('metric blocks', () => {
  test('any points come back exactly', () => {
    fc.assert(
      fc.property(anyBlock, (points) => {
        expect(decodeBlock('a file', encodeBlock(1, 'cost', points))).toEqual(points)
      }),
    )
  })

  test('costs without gaps take four bytes each, and what float32 would change takes eight', () => {
    const steps = Float64Array.of(5, 6, 7)

    const dense = encodeBlock(1, 'cost', { steps, values: Float64Array.of(0.5, NaN, Infinity) })
    const exact = encodeBlock(1, 'cost', { steps, values: Float64Array.of(0.5, 0.1, 1) })

    expect([dense.steps, dense.body.length, exact.body.length]).toEqual([null, 12, 24])
  })

  test('a flipped bit anywhere is caught', () => {
    fc.assert(
      fc.property(anyBlock, fc.nat(), fc.nat(7), fc.boolean(), (points, where, bit, inSteps) => {
        const block = encodeBlock(1, 'cost', points)
        const bytes = (inSteps ? block.steps : null) ?? block.body
        bytes[where % bytes.length]! ^= 1 << bit

        expect(() => decodeBlock('a file', block)).toThrow(
          expect.objectContaining({ code: 'store/corrupt' }),
        )
      }),
    )
  })

  test.each([
    { firstStep: 4 },
    { lastStep: 8 },
    { count: 2 },
    { metric: 'dev_cost' },
    { branch: 2 },
  ])('a block that says %o of itself by mistake is caught', (wrong) => {
    const points = { steps: Float64Array.of(5, 6, 7), values: Float64Array.of(1, 2, 3) }

    expect(() => decodeBlock('a file', { ...encodeBlock(1, 'cost', points), ...wrong })).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    )
  })
})

describe('metric series', () => {
  test('however it is flushed, a series reads back as it was, whole and in part', () => {
    const db = freshRun()
    const anyFlushes = fc.record({
      steps: anySteps(2000),
      flush: fc.integer({ min: 1, max: 900 }),
      from: fc.nat(1e6),
      length: fc.nat(1e6),
    })
    fc.assert(
      fc.property(anyFlushes, ({ steps, flush, from, length }) => {
        clear(db)
        const values = steps.map((step) => Math.sin(step))
        for (let at = 0; at < steps.length; at += flush) {
          const to = at + flush
          appendMetrics(db, 'b1', 'cost', {
            steps: steps.slice(at, to),
            values: values.slice(at, to),
          })
        }

        expect(readMetrics(db, 'b1', 'cost')).toEqual({ steps, values })
        expect(readMetrics(db, 'b1', 'cost', from, from + length).steps).toEqual(
          steps.filter((step) => step > from && step <= from + length),
        )
        expect(lastRecordedStep(db, 'b1')).toBe(steps.at(-1))
        const blocks = db.connection.prepare('SELECT count(*) FROM metric_blocks').pluck().get()
        expect(blocks).toBe(Math.ceil(steps.length / BLOCK_LENGTH))
      }),
      { numRuns: 25 },
    )
  })

  test('forgetting what came after a step leaves all before it, and lets it be recorded again', () => {
    const db = freshRun()
    fc.assert(
      fc.property(anySteps(1500), fc.nat(), (steps, where) => {
        clear(db)
        const after = steps[where % steps.length]!
        const values = steps.map((step) => step / 3)
        appendMetrics(db, 'b1', 'cost', { steps, values })
        appendMetrics(db, 'b1', 'dev_cost', { steps: [after, after + 1], values: [1, 2] })

        truncateMetrics(db, 'b1', after)

        expect(readMetrics(db, 'b1', 'cost').steps).toEqual(steps.filter((step) => step <= after))
        expect([...readMetrics(db, 'b1', 'dev_cost').values]).toEqual([1])
        appendMetrics(db, 'b1', 'cost', { steps: [after + 1], values: [9] })
        expect(readMetrics(db, 'b1', 'cost', after).values).toEqual(Float64Array.of(9))
      }),
      { numRuns: 25 },
    )
  })

  test('a step that was recorded is not recorded again', () => {
    const db = freshRun()
    appendMetrics(db, 'b1', 'cost', { steps: [1, 2], values: [1, 2] })

    for (const steps of [[2], [3, 3], [5, 4], [2.5], [-1]]) {
      expect(() => appendMetrics(db, 'b1', 'cost', { steps, values: steps.map(() => 0) })).toThrow(
        /after that of step/,
      )
    }
    expect(() => appendMetrics(db, 'b1', 'cost', { steps: [3], values: [] })).toThrow(/0 values/)
    expect([...readMetrics(db, 'b1', 'cost').steps]).toEqual([1, 2])
  })

  test('rot in the file is caught where it is read, and nowhere else', () => {
    const db = freshRun()
    const steps = Float64Array.from({ length: 1200 }, (_, at) => at + 1)
    appendMetrics(db, 'b1', 'cost', { steps, values: steps })
    const second = db.connection.prepare(
      'SELECT id, body FROM metric_blocks WHERE first_step = 513',
    )
    const { id, body } = second.get() as { id: number; body: Buffer }
    body[100]! ^= 4
    db.connection.prepare('UPDATE metric_blocks SET body = ? WHERE id = ?').run(body, id)

    expect(() => readMetrics(db, 'b1', 'cost', 600, 700)).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    )
    expect(readMetrics(db, 'b1', 'cost', 0, 512).steps).toHaveLength(512)
    expect(readMetrics(db, 'b1', 'cost', 1024).steps).toHaveLength(176)
  })
})
