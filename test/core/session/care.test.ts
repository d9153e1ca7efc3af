import { existsSync, linkSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHost } from '../../../core/session/host.ts'
import { acquireLock } from '../../../core/store/lock.ts'
import { PLACES, newBench } from './harness.ts'
import type { Bench } from './harness.ts'

const ENDLESS = { day: { steps: 100_000 } }
const pandas = ({ folder }: Bench) =>
  readdirSync(folder)
    .filter((name) => name.includes('.panda'))
    .toSorted()

/** A host on the same folder, whose trash is a folder beside; or none at all. */
function hostWithTrash(bench: Bench, isThere = true) {
  const thrown: string[] = []
  const trash = (file: string) => {
    if (!isThere) return Promise.reject(new Error('this system has none'))
    thrown.push(path.basename(file))
    renameSync(file, path.join(bench.folder, `${path.basename(file)}-thrown`))
    return Promise.resolve()
  }
  return { host: createHost({ dataDir: bench.folder, ...PLACES, trash }), thrown }
}

describe('renaming a run', () => {
  test('moves its file, closes it first, and is told', async () => {
    const bench = newBench()
    await bench.create('r')
    await bench.train('r', { steps: 3 }) // rests, but is open here
    const told = new Promise((resolve) => bench.host.on('runs:changed', resolve))

    const reply = await bench.host.handlers['run:rename']('r', 'digits')

    await told
    expect(reply).toEqual({ run: 'digits', file: path.join(bench.folder, 'digits.panda') })
    expect(pandas(bench)).toEqual(['digits.panda'])
    const shown = await bench.host.handlers['run:show']('digits')
    expect(shown).toMatchObject({ step: 3, facts: { run: 'digits' } })
  })

  test('other capitals are another name, also where the system tells them not apart', async () => {
    const bench = newBench()
    await bench.create('digits')
    await bench.host.handlers['run:pause']('digits')
    // What such a system shows: one file, by both names.
    linkSync(path.join(bench.folder, 'digits.panda'), path.join(bench.folder, 'Digits.panda'))

    const reply = await bench.host.handlers['run:rename']('digits', 'Digits')

    expect(reply.run).toBe('Digits')
  })

  test('takes along what a crash left beside the file', async () => {
    const bench = newBench()
    await bench.create('r')
    await bench.host.handlers['run:train']('r', null)
    await bench.until((event) => event.type === 'checkpoint')
    const [file, wal] = ['r.panda', 'r.panda-wal'].map((name) =>
      readFileSync(path.join(bench.folder, name)),
    )
    await bench.host.handlers['run:pause']('r')
    writeFileSync(path.join(bench.folder, 'crashed.panda'), file ?? '')
    writeFileSync(path.join(bench.folder, 'crashed.panda-wal'), wal ?? '')
    const before = await bench.host.handlers['run:show']('crashed')

    await bench.host.handlers['run:rename']('crashed', 'saved')

    const after = await bench.host.handlers['run:show']('saved')
    expect(after.step).toBe(before.step)
    expect(after.checkpoints).toEqual(before.checkpoints)
    expect(pandas(bench).filter((name) => !name.startsWith('r.'))).toEqual(['saved.panda'])
  })

  test('is refused while it trains, where the name is taken, and by a bad name', async () => {
    const bench = newBench()
    await bench.create('r', ENDLESS)
    await bench.create('other')
    const { handlers } = bench.host
    await handlers['run:train']('r', null)

    await expect(handlers['run:rename']('r', 'new')).rejects.toMatchObject({
      code: 'session/locked',
      remedy: 'Pause it first.',
    })
    await expect(handlers['run:rename']('other', 'r')).rejects.toMatchObject({
      code: 'store/exists',
    })
    await expect(handlers['run:rename']('other', '../out')).rejects.toMatchObject({
      code: 'config/invalid',
    })
    expect(bench.host.isTraining()).toBe(true)
    expect(pandas(bench)).toContain('other.panda')
  })

  test('is refused while another host has the run, or anybody its lock', async () => {
    const bench = newBench()
    await bench.create('r')
    await bench.create('held')
    const another = bench.another()
    await another.host.handlers['run:note']('r', 'mine')
    const lock = acquireLock(path.join(bench.folder, 'held.panda'))

    for (const run of ['r', 'held']) {
      await expect(bench.host.handlers['run:rename'](run, 'new')).rejects.toMatchObject({
        code: 'session/locked',
      })
    }

    lock?.release()
    expect(existsSync(path.join(bench.folder, 'new.panda'))).toBe(false)
  })
})

describe('deleting a run', () => {
  test('moves its file to the trash and leaves nothing beside', async () => {
    const bench = newBench()
    await bench.create('r')
    await bench.train('r', { steps: 2 })
    await bench.close()
    const { host, thrown } = hostWithTrash(bench)
    await host.handlers['run:note']('r', 'open here')

    const reply = await host.handlers['run:delete']('r')

    expect(reply.run).toBe('r')
    expect(thrown).toEqual(['r.panda'])
    expect(pandas(bench)).toEqual(['r.panda-thrown'])
    expect(await host.handlers['runs:list']()).toEqual([])
    await host.close()
  })

  test('leaves it where it is if there is no trash, and says what to do', async () => {
    const bench = newBench()
    await bench.create('r')
    const { host } = hostWithTrash(bench, false)
    const before = readFileSync(path.join(bench.folder, 'r.panda'))

    await expect(host.handlers['run:delete']('r')).rejects.toMatchObject({
      code: 'session/no-trash',
      message: expect.stringContaining('this system has none') as string,
      remedy: expect.stringContaining('r.panda') as string,
    })

    expect(readFileSync(path.join(bench.folder, 'r.panda'))).toEqual(before)
    expect((await host.handlers['run:note']('r', 'still mine')).kind).toBe('note')
    await host.close()
  })

  test('takes along what a crash left beside it, also of a file that cannot be opened', async () => {
    const bench = newBench()
    for (const [name, text] of [
      ['r.panda', 'no run at all'],
      ['r.panda-wal', 'rest'],
    ] as const) {
      writeFileSync(path.join(bench.folder, name), text)
    }
    const { host, thrown } = hostWithTrash(bench)

    await host.handlers['run:delete']('r')

    expect(thrown).toEqual(['r.panda', 'r.panda-wal'])
    expect(await host.handlers['runs:list']()).toEqual([])
    await host.close()
  })

  test('is refused while it trains', async () => {
    const bench = newBench()
    await bench.create('r', ENDLESS)
    await bench.host.handlers['run:train']('r', null)

    await expect(bench.host.handlers['run:delete']('r')).rejects.toMatchObject({
      code: 'session/locked',
    })

    expect(pandas(bench)).toContain('r.panda')
  })
})
