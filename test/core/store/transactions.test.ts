import { describe, expect, test } from 'vitest'
import { listCheckpoints } from '../../../core/store/checkpoints.ts'
import { atOneMoment, durably, together } from '../../../core/store/db.ts'
import { appendJournal, listJournal } from '../../../core/store/journal.ts'
import type { WritableDb } from '../../../core/store/db.ts'
import { all, run } from '../../../core/store/db.ts'
import { checkpointOn, freshRun, reading, takeCheckpoint } from './places.ts'
import { insertCheckpoint } from '../../../core/store/checkpoints.ts'

const note = (db: WritableDb, text: string) =>
  appendJournal(db, { at: 1, branch: 'b1', step: 1, kind: 'note', text })
const synchronous = (db: WritableDb) => db.connection.pragma('synchronous', { simple: true })
const [NORMAL, FULL] = [1, 2]

describe('transactions', () => {
  test('what is acknowledged is written with full synchronisation, the rest without', () => {
    const db = freshRun()

    expect(durably(db, () => synchronous(db))).toBe(FULL)
    expect(synchronous(db)).toBe(NORMAL)
    expect(together(db, () => synchronous(db))).toBe(NORMAL)
    expect(() =>
      durably(db, () => {
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(synchronous(db)).toBe(NORMAL)
  })

  test('several writes are one: all of them or none', () => {
    const db = freshRun()

    expect(() =>
      durably(db, () => {
        takeCheckpoint(db, 'b1', 1)
        note(db, 'half')
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect([listCheckpoints(db).length, listJournal(db).length]).toEqual([0, 1])

    durably(db, () => {
      takeCheckpoint(db, 'b1', 1)
      note(db, 'whole')
    })
    expect([listCheckpoints(db).length, listJournal(db).length]).toEqual([1, 2])
  })

  test('a promise of durability is never broken by an outer transaction', () => {
    const db = freshRun()

    expect(() => together(db, () => note(db, 'x'))).toThrow(/not durable/)
    expect(listJournal(db)).toHaveLength(1)
  })

  test('a transaction that would wait is a bug', () => {
    const db = freshRun()

    expect(() => durably(db, async () => Promise.resolve(note(db, 'x')))).toThrow(/cannot wait/)
    expect(listJournal(db)).toHaveLength(1)
  })

  test('a query cannot write', () => {
    const db = freshRun()

    expect(() => all(db, 'DELETE FROM journal RETURNING id')).toThrow(/not a query/)
  })

  test('a full disk refuses the write whole, and the same connection goes on once there is room', () => {
    const db = freshRun()
    takeCheckpoint(db, 'b1', 1)
    const pages = db.connection.pragma('page_count', { simple: true }) as number
    db.connection.pragma(`max_page_count = ${pages + 20}`)
    const large = { ...checkpointOn('b1', 2), payload: new Uint8Array(3 * 2 ** 20) }

    expect(() => insertCheckpoint(db, large)).toThrow(
      expect.objectContaining({ code: 'store/disk-full' }),
    )
    expect(listCheckpoints(db)).toHaveLength(1)
    db.connection.pragma('max_page_count = 1000000')
    expect(insertCheckpoint(db, large).checkpoint).toBe('c2')
  })

  test('what is read at one moment stays as it was, though the writer forgets it meanwhile', async () => {
    const db = freshRun()
    takeCheckpoint(db, 'b1', 1)
    const reader = reading(db.file)

    const counts = await atOneMoment(reader, async () => {
      const before = listCheckpoints(reader).length
      await Promise.resolve(durably(db, () => run(db, 'DELETE FROM checkpoints')))
      return [before, listCheckpoints(reader).length]
    })

    expect(counts).toEqual([1, 1])
    expect(listCheckpoints(reader)).toHaveLength(0)
    await expect(atOneMoment(reader, () => Promise.reject(new Error('stop')))).rejects.toThrow()
    expect(reader.connection.inTransaction).toBe(false)
  })
})
