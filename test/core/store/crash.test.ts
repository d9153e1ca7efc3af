import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listCheckpoints, loadCheckpoint } from '../../../core/store/checkpoints.ts'
import { listJournal } from '../../../core/store/journal.ts'
import { acquireLock } from '../../../core/store/lock.ts'
import { readMetrics } from '../../../core/store/metrics.ts'
import { closeRun, openForReading, openForWriting } from '../../../core/store/open.ts'
import { besides, migrationsDir, newRunFile } from './places.ts'

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url))

function start(file: string, job: 'lock' | 'write') {
  const child = spawn(process.execPath, [CHILD, file, migrationsDir, job], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, lines: createInterface({ input: child.stdout }) }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'close')
  child.kill('SIGKILL')
  await gone
}

const firstLine = async (file: string) => {
  const { child, lines } = start(file, 'lock')
  const [line] = (await once(lines, 'line')) as [string]
  return { child, line }
}

describe('a writer that is killed', () => {
  // Acknowledged lines to wait for, and how long after the last of them: amid chunks, commits, appends.
  test.each([
    [1, 0],
    [2, 3],
    [4, 9],
    [7, 1],
    [9, 17],
  ])('after %d acknowledgements and %d ms has lost none of them', async (count, delayMs) => {
    const file = newRunFile()
    const { child, lines } = start(file, 'write')
    const acknowledged: string[] = []
    await new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        acknowledged.push(line)
        if (acknowledged.length === count) setTimeout(resolve, delayMs)
      })
    })
    await kill(child)

    for (const open of [openForReading, openForWriting]) {
      const db = open(file, { migrationsDir })
      const checkpoints = listCheckpoints(db)
      const journal = listJournal(db)
      for (const line of acknowledged) {
        const [what, id, step] = line.split(' ')
        if (what === 'checkpoint') {
          expect(checkpoints).toContainEqual(expect.objectContaining({ checkpoint: id }))
        } else
          expect(journal).toContainEqual(expect.objectContaining({ id: Number(id), text: step }))
      }
      for (const { checkpoint, step } of checkpoints) {
        const { payload, meta } = loadCheckpoint(db, checkpoint)
        expect(meta).toEqual({ step })
        expect(payload.every((byte) => byte === step)).toBe(true)
        expect(readMetrics(db, 'b1', 'cost', step - 1, step).values).toEqual(Float64Array.of(step))
      }
      closeRun(db)
    }
    expect(besides(file)).toEqual(['digits.panda'])
  })
})

describe('the lock of a run', () => {
  test('is refused to a second holder here, and free again once released', () => {
    const file = newRunFile()
    const first = acquireLock(file)

    expect(first).not.toBeNull()
    expect(acquireLock(file)).toBeNull()
    first?.release()
    first?.release()
    expect(besides(file)).toEqual(['digits.panda'])
    const second = acquireLock(file)
    expect(second).not.toBeNull()
    second?.release()
  })

  test('is refused while another process has it, and free once that is killed', async () => {
    const file = newRunFile()
    const { child, line } = await firstLine(file)

    expect(line).toBe('locked')
    expect(acquireLock(file)).toBeNull()
    await kill(child)
    expect(existsSync(`${file}-lock`)).toBe(true)
    const mine = acquireLock(file)
    expect(mine).not.toBeNull()
    expect((await firstLine(file)).line).toBe('refused')
    mine?.release()
    expect(besides(file)).toEqual(['digits.panda'])
  })

  test('is one and the same under another name of the file', async () => {
    const { symlinkSync } = await import('node:fs')
    const file = newRunFile()
    const alias = `${newRunFile()}-alias`
    symlinkSync(file, alias)
    const lock = acquireLock(alias)

    expect(acquireLock(file)).toBeNull()
    lock?.release()
  })

  test('does not stop those who only read, or the holder who writes', () => {
    const file = newRunFile()
    const lock = acquireLock(file)

    const db = openForWriting(file, { migrationsDir })
    closeRun(openForReading(file, { migrationsDir }))
    closeRun(db)
    lock?.release()

    expect(besides(file)).toEqual(['digits.panda'])
  })

  test('a run that is not there has none', () => {
    expect(() => acquireLock('/nowhere/a.panda')).toThrow(
      expect.objectContaining({ code: 'store/unreadable' }),
    )
  })
})
