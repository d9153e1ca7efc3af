import { describe, expect, test } from 'vitest'
import type { BranchId } from '../../../core/protocol/run.ts'
import { insertBranch, lastRecordedStep, listBranches } from '../../../core/store/branches.ts'
import {
  checkpointAt,
  findCheckpoint,
  insertCheckpoint,
  lineageCheckpoints,
  listCheckpoints,
  loadCheckpoint,
  stateSha256,
} from '../../../core/store/checkpoints.ts'
import { closeDay, lineageDays, listDays } from '../../../core/store/days.ts'
import { appendJournal, lineageJournal, listJournal } from '../../../core/store/journal.ts'
import { lineageOf } from '../../../core/store/lineage.ts'
import { appendMetrics, readLineageMetrics } from '../../../core/store/metrics.ts'
import type { WritableDb } from '../../../core/store/db.ts'
import {
  checkpointOn,
  copyOf,
  freshRun,
  newRunFile,
  reading,
  takeCheckpoint,
  writing,
} from './places.ts'

const note = (db: WritableDb, branch: BranchId, step: number, text: string) =>
  appendJournal(db, { at: step, branch, step, kind: 'note', text })

const dayOn = (db: WritableDb, branch: BranchId, day: number, fromStep: number, toStep: number) => {
  const { checkpoint } = takeCheckpoint(db, branch, toStep)
  closeDay(db, {
    day,
    branch,
    checkpoint,
    fromStep,
    toStep,
    endedAt: toStep,
    cost: 1 / toStep,
    devCost: null,
    devAccuracy: 0.5,
  })
  return checkpoint
}

describe('checkpoints', () => {
  test.each([0, 1, 2 ** 20, 2 ** 20 + 1, 5 * 2 ** 20])(
    'a payload of %d bytes comes back as it was, aligned',
    (size) => {
      const db = freshRun()
      const payload = Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251)
      const meta = { step: 7, β: [0.1, 1e-300], name: 'ü' }

      const summary = insertCheckpoint(db, { ...checkpointOn('b1', 7), meta, payload })
      const loaded = loadCheckpoint(db, summary.checkpoint)

      expect(loaded.summary).toEqual(summary)
      expect(loaded.meta).toEqual(meta)
      expect(loaded.payload.byteOffset).toBe(0)
      expect(Buffer.from(loaded.payload).equals(payload)).toBe(true)
      expect(summary).toMatchObject({ sha256: stateSha256(meta, payload), bytes: size })
    },
  )

  test('they know the newest journal entry, and are listed without their states', () => {
    const db = freshRun()
    const first = takeCheckpoint(db, 'b1', 1)
    const entry = note(db, 'b1', 1, 'x')
    const second = takeCheckpoint(db, 'b1', 2)

    expect(loadCheckpoint(db, first.checkpoint).journalId).toBe(1)
    expect(loadCheckpoint(db, second.checkpoint).journalId).toBe(entry.id)
    expect(listCheckpoints(db)).toEqual([first, second])
    expect(findCheckpoint(db, 'c2')).toEqual(second)
    expect(findCheckpoint(db, 'c3')).toBeNull()
  })

  test('a state that JSON would change is refused', () => {
    const db = freshRun()

    expect(() => insertCheckpoint(db, { ...checkpointOn('b1', 1), meta: { cost: NaN } })).toThrow(
      /cost is NaN/,
    )
    expect(listCheckpoints(db)).toEqual([])
  })

  test.each(['c2', 'c0', 'c01', 'cx'])('there is no checkpoint %s', (id) => {
    const db = freshRun()
    takeCheckpoint(db, 'b1', 1)

    expect(() => loadCheckpoint(db, id as 'c2')).toThrow(
      expect.objectContaining({ code: 'store/missing-checkpoint' }),
    )
  })

  test.each([
    ['a bit of a chunk', "UPDATE checkpoint_chunks SET body = x'06' WHERE ordinal = 0"],
    ['a chunk', 'DELETE FROM checkpoint_chunks'],
    ['a letter of its meta', `UPDATE checkpoints SET meta = '{"step":8}'`],
    ['its hash', "UPDATE checkpoints SET sha256 = replace(hex(zeroblob(32)), '0', 'b')"],
    ['its size', 'UPDATE checkpoints SET bytes = 1000000000000'],
  ])('one that lost or changed %s is not restored', (_, sql) => {
    const db = freshRun()
    takeCheckpoint(db, 'b1', 7)
    db.connection.exec(sql)

    expect(() => loadCheckpoint(db, 'c1')).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    )
  })
})

describe('branches', () => {
  /** b1 to 30 with days at 10, 20, 30; b2 from day 2 to 40; b3 from c1, day 1 of b1, though b2 was the head. */
  function family() {
    const db = freshRun()
    const steps = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => from + 1 + at)
    const train = (branch: BranchId, from: number, to: number, mark: number) =>
      appendMetrics(db, branch, 'cost', {
        steps: steps(from, to),
        values: steps(from, to).map((step) => step + mark),
      })
    train('b1', 0, 10, 1000)
    dayOn(db, 'b1', 1, 0, 10)
    note(db, 'b1', 10, 'after day 1')
    train('b1', 10, 20, 1000)
    const day2 = dayOn(db, 'b1', 2, 10, 20)
    note(db, 'b1', 20, 'after day 2')
    takeCheckpoint(db, 'b1', 20)
    train('b1', 20, 30, 1000)
    dayOn(db, 'b1', 3, 20, 30)
    insertBranch(db, { forkCheckpoint: day2, reason: 'it rose', createdAt: 77 })
    note(db, 'b2', 20, 'on b2')
    train('b2', 20, 40, 2000)
    dayOn(db, 'b2', 3, 20, 40)
    insertBranch(db, { forkCheckpoint: 'c1', reason: null, createdAt: 78 })
    train('b3', 10, 12, 3000)
    return db
  }
  const texts = (db: WritableDb, branch: BranchId) =>
    lineageJournal(db, branch).map((entry) => (entry.kind === 'note' ? entry.text : entry.kind))

  test('each takes its parent and fork step from its checkpoint', () => {
    expect(listBranches(family())).toMatchObject([
      { branch: 'b1', parent: null, forkStep: 0, forkCheckpoint: null, tipStep: 30 },
      { branch: 'b2', parent: 'b1', forkStep: 20, reason: 'it rose', createdAt: 77, tipStep: 40 },
      { branch: 'b3', parent: 'b1', forkStep: 10, forkCheckpoint: 'c1', tipStep: 12 },
    ])
  })

  test('a lineage takes of each parent what came before the fork, and no more', () => {
    const db = family()
    const fork = insertBranch(db, {
      forkCheckpoint: checkpointAt(db, 'b2', 40)!.checkpoint,
      reason: null,
      createdAt: 79,
    })

    expect(lineageOf(db, fork.branch)).toMatchObject([
      { branch: 'b1', fromStep: 0, toStep: 20 },
      { branch: 'b2', fromStep: 20, toStep: 40 },
      { branch: 'b4', fromStep: 40 },
    ])
    const { steps, values } = readLineageMetrics(db, 'b2', 'cost')
    expect([...steps]).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
    expect([...values]).toEqual([...steps].map((step) => step + (step <= 20 ? 1000 : 2000)))
    expect([...readLineageMetrics(db, 'b3', 'cost', 8, 11).values]).toEqual([1009, 1010, 3011])
  })

  test('journal, days and checkpoints of a lineage stop at the fork', () => {
    const db = family()

    expect(texts(db, 'b2')).toEqual(['created', 'after day 1', 'on b2'])
    expect(texts(db, 'b3')).toEqual(['created'])
    const days = (branch: BranchId) =>
      lineageDays(db, branch).map((day) => `${day.branch}:${day.day}`)
    expect(days('b1')).toEqual(['b1:1', 'b1:2', 'b1:3'])
    expect(days('b2')).toEqual(['b1:1', 'b1:2', 'b2:3'])
    expect(days('b3')).toEqual(['b1:1'])
    expect(lineageCheckpoints(db, 'b2').map(({ checkpoint }) => checkpoint)).toEqual([
      'c1',
      'c2',
      'c5',
    ])
    expect(listDays(db)).toHaveLength(4)
    expect(listDays(db)[1]).toEqual({
      day: 2,
      branch: 'b1',
      checkpoint: 'c2',
      fromStep: 10,
      toStep: 20,
      endedAt: 20,
      cost: 1 / 20,
      devCost: null,
      devAccuracy: 0.5,
      parametersSha256: 'a'.repeat(64),
    })
  })

  test('the checkpoint at a step is the newest one before it on the lineage', () => {
    const db = family()
    const at = (branch: BranchId, step: number) => checkpointAt(db, branch, step)?.checkpoint

    expect([at('b1', 9), at('b1', 10), at('b1', 29), at('b2', 39), at('b3', 99)]).toEqual([
      undefined,
      'c1',
      'c3',
      'c2',
      'c1',
    ])
  })

  test('the last recorded step of a branch is its own, or its fork', () => {
    const db = family()
    insertBranch(db, { forkCheckpoint: 'c2', reason: null, createdAt: 80 })

    expect(
      (['b1', 'b2', 'b3', 'b4'] as const).map((branch) => lastRecordedStep(db, branch)),
    ).toEqual([30, 40, 12, 20])
  })

  test('none begins at a checkpoint that is not there', () => {
    const db = freshRun()

    expect(() => insertBranch(db, { forkCheckpoint: 'c9', reason: null, createdAt: 1 })).toThrow(
      expect.objectContaining({ code: 'store/missing-checkpoint' }),
    )
    expect(listBranches(db)).toHaveLength(1)
  })
})

test('every kind of journal entry comes back whole, in order', () => {
  const db = freshRun()
  const entries = [
    { kind: 'started', threads: 2, engine: 'x' },
    { kind: 'paused', reason: 'asked' },
    {
      kind: 'nudge',
      changes: [{ name: 'learning_rate', from: 0.1, to: 3e-4 }],
      checkpoint: 'c1',
      firstStep: 8,
    },
    { kind: 'day', day: 1, checkpoint: 'c1' },
    { kind: 'undo', from: { branch: 'b1', step: 9, checkpoint: 'c2' }, to: 'c1', reason: null },
    { kind: 'alert', alert: 'not-finite', message: '∞' },
  ] as const

  const written = entries.map((detail, at) =>
    appendJournal(db, { at, branch: 'b1', step: 7, ...detail }),
  )

  expect(written.map(({ id }) => id)).toEqual([2, 3, 4, 5, 6, 7])
  expect(listJournal(db).slice(1)).toEqual(written)
})

test('a flipped bit anywhere in a file never passes for a good checkpoint', () => {
  const file = newRunFile()
  const payload = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 131) % 253)
  const writer = writing(copyOf(file))
  const wanted = insertCheckpoint(writer, { ...checkpointOn('b1', 7), payload }).sha256
  const chunk = writer.connection.prepare('SELECT body FROM checkpoint_chunks WHERE ordinal = ?')
  const set = writer.connection.prepare('UPDATE checkpoint_chunks SET body = ? WHERE ordinal = ?')

  for (const ordinal of [0, 1, 2]) {
    const body = chunk.pluck().get(ordinal) as Buffer
    const at = 400_000 + ordinal
    body[at]! ^= 0x10
    set.run(body, ordinal)
    expect(() => loadCheckpoint(writer, 'c1')).toThrow(
      expect.objectContaining({ code: 'store/corrupt' }),
    )
    body[at]! ^= 0x10
    set.run(body, ordinal)
    expect(loadCheckpoint(writer, 'c1').summary.sha256).toBe(wanted)
  }
})

test('rot in the closed file itself is caught on reading', async () => {
  const { readFileSync, writeFileSync } = await import('node:fs')
  const { closeRun } = await import('../../../core/store/open.ts')
  const file = newRunFile()
  const writer = writing(file)
  const payload = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 131) % 253)
  insertCheckpoint(writer, { ...checkpointOn('b1', 7), payload })
  closeRun(writer)
  const bytes = readFileSync(file)
  const where = bytes.indexOf(payload.subarray(5000, 5200)) // within one page
  expect(where).toBeGreaterThan(0)
  bytes[where + 100]! ^= 1
  writeFileSync(file, bytes)

  expect(() => loadCheckpoint(reading(file), 'c1')).toThrow(
    expect.objectContaining({ code: 'store/corrupt' }),
  )
})
