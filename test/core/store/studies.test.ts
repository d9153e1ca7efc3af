import { copyFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { listBranches } from '../../../core/store/branches.ts'
import { lineageCheckpoints, loadCheckpoint } from '../../../core/store/checkpoints.ts'
import { createRunFile } from '../../../core/store/create.ts'
import { listJournal } from '../../../core/store/journal.ts'
import { appendMetrics, readMetrics } from '../../../core/store/metrics.ts'
import { versionOf } from '../../../core/store/migrations.ts'
import { closeRun, openForReading, openForWriting } from '../../../core/store/open.ts'
import type { BranchId } from '../../../core/protocol/run.ts'
import { studyConfig } from '../../../core/protocol/study.ts'
import { durably } from '../../../core/store/db.ts'
import {
  appendStudyJournal,
  insertStudy,
  listStudyJournal,
  readStudy,
  setStudyConfig,
} from '../../../core/store/study.ts'
import {
  insertChild,
  insertTrial,
  keepNewestCheckpoint,
  listTrials,
  updateTrial,
} from '../../../core/store/trials.ts'
import { temporaryFolder } from '../data/places.ts'
import { dataset, migrationsDir, newRun, takeCheckpoint } from './places.ts'

function migrationsUpTo(...names: string[]): string {
  const folder = temporaryFolder()
  for (const name of names) {
    copyFileSync(path.join(migrationsDir, name), path.join(folder, name))
  }
  return folder
}

const config = studyConfig.parse({
  run: {},
  space: { 'hyperparameters.learning_rate': { type: 'real', low: 1e-4, high: 1 } },
  budget: { steps: 10 },
})

function newStudyFile(): string {
  const file = path.join(temporaryFolder(), 's.study')
  createRunFile(
    file,
    { ...newRun, dataset },
    {
      migrationsDir,
      kind: 'study',
      fill: (db) => {
        insertStudy(db, { config, measure: 'dev_cost', space: 0, state: 'paused' })
        insertTrial(db, { point: { a: 1 }, space: 0, createdAt: 5, isFirst: true })
      },
    },
  )
  return file
}

describe('version 30 brings studies', () => {
  test('a run of version 20 keeps every row, and has no study', () => {
    const file = path.join(temporaryFolder(), 'old.panda')
    const before = migrationsUpTo('010-runs.sql', '020-rollups.sql')
    createRunFile(file, { ...newRun, dataset }, { migrationsDir: before })
    const old = openForWriting(file, { migrationsDir: before })
    appendMetrics(old, 'b1', 'cost', { steps: [1, 2, 3], values: [3, 2, 1] })
    const { checkpoint } = takeCheckpoint(old, 'b1', 3)
    const journal = listJournal(old)
    closeRun(old)

    const upTo30 = migrationsUpTo('010-runs.sql', '020-rollups.sql', '030-studies.sql')
    const db = openForWriting(file, { migrationsDir: upTo30 })

    expect(versionOf(db.connection)).toBe(30)
    expect(db.connection.prepare('SELECT COUNT(*) FROM trials').pluck().get()).toBe(0)
    expect(() => readStudy(db)).toThrow('does not say which study')
    expect([...readMetrics(db, 'b1', 'cost').values]).toEqual([3, 2, 1])
    expect(loadCheckpoint(db, checkpoint).summary.step).toBe(3)
    expect(listJournal(db)).toEqual(journal)
    closeRun(db)
  })

  test.each([
    "UPDATE study SET state = 'asleep'",
    "UPDATE study SET measure = 'beauty'",
    "UPDATE trials SET state = 'asleep'",
    "UPDATE trials SET point = 'nothing'",
    'UPDATE trials SET budget_steps = 0',
    'UPDATE trials SET step = -1',
    'UPDATE trials SET branch = 9',
    'UPDATE trials SET born = -1',
  ])('the file itself refuses %s', (sql) => {
    const db = openForWriting(newStudyFile(), { migrationsDir, kind: 'study' })

    expect(() => db.connection.exec(sql)).toThrow(/constraint/)
    closeRun(db)
  })
})

describe('version 40 brings populations', () => {
  test('a study of version 30 keeps every trial, each of which was proposed', () => {
    const file = path.join(temporaryFolder(), 'old.study')
    const before = migrationsUpTo('010-runs.sql', '020-rollups.sql', '030-studies.sql')
    createRunFile(
      file,
      { ...newRun, dataset },
      {
        migrationsDir: before,
        kind: 'study',
        fill: (db) => {
          insertStudy(db, { config, measure: 'dev_cost', space: 0, state: 'paused' })
          db.connection.exec(`
            INSERT INTO branches (fork_step, created_at) VALUES (0, 5);
            INSERT INTO trials (branch, point, space, state, step, measured)
              VALUES (1, '{"a":1}', 0, 'waiting', 0, '[]');
            INSERT INTO trials (branch, point, space, state, step, budget_steps, cost, dev_cost,
                                dev_accuracy, value, measured, reason, started_at, ended_at,
                                parameters)
              VALUES (2, '{"a":2}', 1, 'diverged', 7, 10, 0.5, 0.6, 0.7, 0.3, '[0.3,null]', 'why',
                      8, 9, 11);`)
        },
      },
    )
    const all = ['010-runs.sql', '020-rollups.sql', '030-studies.sql', '040-populations.sql']
    const next = migrationsUpTo(...all)

    const db = openForWriting(file, { migrationsDir: next, kind: 'study' })

    expect(versionOf(db.connection)).toBe(40)
    expect(listTrials(db)).toEqual([
      expect.objectContaining({ trial: 1, branch: 'b1', state: 'waiting', parent: null, born: 0 }),
      {
        trial: 2,
        branch: 'b2',
        parent: null,
        born: 0,
        point: { a: 2 },
        space: 1,
        state: 'diverged',
        step: 7,
        budgetSteps: 10,
        cost: 0.5,
        devCost: 0.6,
        devAccuracy: 0.7,
        value: 0.3,
        measured: [0.3, null],
        reason: 'why',
        startedAt: 8,
        endedAt: 9,
        parameters: 11,
      },
    ])
    expect(() => db.connection.exec('UPDATE trials SET branch = 9')).toThrow(/constraint/)
    closeRun(db)
  })
})

describe('a study file', () => {
  test('is not opened as a run, nor a run as a study', () => {
    const study = newStudyFile()
    const run = path.join(temporaryFolder(), 'r.panda')
    createRunFile(run, { ...newRun, dataset }, { migrationsDir })

    expect(() => openForReading(study, { migrationsDir })).toThrow(
      expect.objectContaining({ code: 'store/not-a-run' }),
    )
    expect(() => openForWriting(run, { migrationsDir, kind: 'study' })).toThrow(
      expect.objectContaining({ code: 'store/not-a-study' }),
    )
  })

  test('holds trials on branches of their own, as they were written', () => {
    const file = newStudyFile()
    const db = openForWriting(file, { migrationsDir, kind: 'study' })
    const point = { 'hyperparameters.learning_rate': 0.1, optimizer: 'adam', flag: true }
    const second = insertTrial(db, { point, space: 1, createdAt: 6 })
    const now = {
      ...second,
      state: 'diverged',
      step: 7,
      budgetSteps: 10,
      cost: 0.5,
      measured: [0.25, null],
      reason: 'the cost of step 8 is NaN',
      startedAt: 8,
      endedAt: 9,
      parameters: 10,
    } as const
    durably(db, () => updateTrial(db, now))
    setStudyConfig(db, { ...config, trials: 9 }, 1)
    appendStudyJournal(db, { at: 11, kind: 'trials-added', trials: 4 })
    closeRun(db)

    const read = openForReading(file, { migrationsDir, kind: 'study' })
    expect(listTrials(read)[1]).toEqual(now)
    expect(listTrials(read)[0]).toMatchObject({ trial: 1, branch: 'b1', state: 'waiting' })
    expect(listBranches(read).map(({ parent }) => parent)).toEqual([null, null])
    expect(readStudy(read)).toMatchObject({ config: { trials: 9 }, space: 1 })
    expect(listStudyJournal(read).at(-1)).toEqual({ at: 11, kind: 'trials-added', trials: 4 })
    closeRun(read)
  })

  test('keeps the newest checkpoint of a trial alone', () => {
    const db = openForWriting(newStudyFile(), { migrationsDir, kind: 'study' })
    const { branch } = insertTrial(db, { point: {}, space: 0, createdAt: 6 })
    for (const step of [1, 2, 3]) takeCheckpoint(db, branch, step)
    takeCheckpoint(db, 'b1', 1)

    durably(db, () => keepNewestCheckpoint(db, branch))

    expect(lineageCheckpoints(db, branch).map(({ step }) => step)).toEqual([3])
    expect(lineageCheckpoints(db, 'b1')).toHaveLength(1)
    closeRun(db)
  })

  test('a copy begins at the newest checkpoint of its parent, with all that was measured there', () => {
    const file = newStudyFile()
    const db = openForWriting(file, { migrationsDir, kind: 'study' })
    const [first] = listTrials(db)
    if (first === undefined) throw new Error('no trial')
    const parent = { ...first, state: 'paused', step: 5, value: 0.2, measured: [0.4, 0.2] } as const
    durably(db, () => updateTrial(db, parent))
    const fork = takeCheckpoint(db, 'b1', 5)

    const copy = insertChild(db, parent, { point: { a: 3 }, space: 1, createdAt: 6 })
    closeRun(db)

    const read = openForReading(file, { migrationsDir, kind: 'study' })
    expect(listTrials(read)[1]).toEqual(copy)
    expect(copy).toMatchObject({
      trial: 2,
      state: 'waiting',
      parent: { trial: 1, step: 5 },
      born: 2,
      step: 5,
      value: null,
      measured: [0.4, 0.2],
    })
    expect(listBranches(read)[1]).toMatchObject({
      parent: 'b1',
      forkStep: 5,
      forkCheckpoint: fork.checkpoint,
    })
    closeRun(read)
  })

  test('keeps the state that copies fork from until the last of them has one of its own', () => {
    const db = openForWriting(newStudyFile(), { migrationsDir, kind: 'study' })
    const [parent] = listTrials(db)
    if (parent === undefined) throw new Error('no trial')
    const save = (branch: BranchId, step: number) => {
      const taken = takeCheckpoint(db, branch, step)
      durably(db, () => keepNewestCheckpoint(db, branch))
      return taken.checkpoint
    }
    save('b1', 1)
    const fork = save('b1', 2)
    const given = { point: {}, space: 0, createdAt: 6 }
    const [one, two] = [insertChild(db, parent, given), insertChild(db, parent, given)]

    save('b1', 3)
    save(one.branch, 3)
    const needed = loadCheckpoint(db, fork).summary
    save(two.branch, 3)

    expect(needed.step).toBe(2)
    expect(() => loadCheckpoint(db, fork)).toThrow('not what was saved')
    const steps = (branch: BranchId) => lineageCheckpoints(db, branch).map(({ step }) => step)
    expect(steps('b1')).toEqual([2, 3])
    expect(steps(two.branch)).toEqual([2, 3])
    expect(loadCheckpoint(db, save('b1', 4)).summary.step).toBe(4)
    closeRun(db)
  })

  test('a parent that trains no more keeps its own state, whatever its copies do', () => {
    const db = openForWriting(newStudyFile(), { migrationsDir, kind: 'study' })
    const [parent] = listTrials(db)
    if (parent === undefined) throw new Error('no trial')
    const { checkpoint } = takeCheckpoint(db, 'b1', 2)
    const { branch } = insertChild(db, parent, { point: {}, space: 0, createdAt: 6 })

    takeCheckpoint(db, branch, 3)
    durably(db, () => keepNewestCheckpoint(db, branch))

    expect(loadCheckpoint(db, checkpoint).summary.step).toBe(2)
    closeRun(db)
  })
})
