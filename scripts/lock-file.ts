// One process at a time: the others wait. For builds, which two commands may need at the same moment.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const LOOK_EVERY_MS = 50

/** Does `work` while no other process does. A lock whose holder has died counts for nothing. */
export function withLock(file: string, work: () => void): void {
  mkdirSync(path.dirname(file), { recursive: true })
  while (!take(file)) wait(LOOK_EVERY_MS)
  try {
    work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  if (!isHeld(file)) rmSync(file, { force: true })
  return false
}

function isHeld(file: string): boolean {
  let holder: string
  try {
    holder = readFileSync(file, 'utf8')
  } catch {
    return false // let go meanwhile
  }
  if (holder === '') return true // being written just now
  try {
    process.kill(Number(holder), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function wait(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}
