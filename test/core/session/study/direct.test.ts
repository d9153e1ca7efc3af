import path from 'node:path'
import { expect, test } from 'vitest'
import { createGateMemory } from '../../../../core/session/handshake.ts'
import { Slot } from '../../../../core/session/study/slot.ts'
import { Study } from '../../../../core/session/study/study.ts'
import { openForWriting } from '../../../../core/store/open.ts'
import { listStudyJournal, readStudy } from '../../../../core/store/study.ts'
import { PLACES, afterwards } from '../harness.ts'
import { newStudyBench } from './harness.ts'

/** A study in this very thread, so that calls can meet where no host would let them. */
async function openDirectly() {
  const { create, folder, studies } = newStudyBench()
  await create({ trials: 2 })
  const file = path.join(folder, 's.study')
  const db = openForWriting(file, { ...PLACES, kind: 'study' })
  const slot = new Slot({ ...PLACES, gate: createGateMemory(), file })
  const told: string[] = []
  const study = new Study({
    name: 's',
    db,
    slots: [slot],
    memoryBytes: 2 ** 30,
    tell: ({ type }) => told.push(type),
  })
  let closing: Promise<void> | null = null
  const close = () => (closing ??= study.close())
  afterwards(close)
  return { db, study, studies, told, close }
}

test('a study that is on its way out begins no trial any more', async () => {
  const { study, studies, close } = await openDirectly()

  const closing = close()
  const resumed = study.resume()

  await expect(resumed).rejects.toThrow('s was closed before it could go on')
  await closing
  expect(studies.show('s')).toMatchObject({ state: 'paused', trials: [{ state: 'waiting' }] })
})

test('more trials or another space, and the line that says so, are one: both or neither', async () => {
  const { db, study, told } = await openDirectly()
  const before = { study: readStudy(db), journal: listStudyJournal(db) }
  db.connection.exec(
    "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END",
  )
  const space = { 'hyperparameters.learning_rate': { type: 'real', low: 0.2, high: 0.5 } } as const

  await expect(study.addTrials(3)).rejects.toThrow()
  await expect(study.changeSpace(space)).rejects.toThrow()

  expect({ study: readStudy(db), journal: listStudyJournal(db) }).toEqual(before)
  expect((await study.snapshot()).config).toEqual(before.study.config)
  expect(told).toEqual([])
  db.connection.exec('DROP TRIGGER full')
})
