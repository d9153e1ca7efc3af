import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock, isLocked } from '../../../core/store/lock.ts'

let file = ''
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'panda-lock-')), 'a.panda')
  writeFileSync(file, '')
})
afterEach(() => rmSync(path.dirname(file), { recursive: true }))

test('looking whether a lock is held neither takes it nor leaves anything behind', () => {
  const before = isLocked(file)
  const held = acquireLock(file)
  const meanwhile = isLocked(file)
  held?.release()

  expect([before, meanwhile, isLocked(file)]).toEqual([false, true, false])
  expect(existsSync(`${file}-lock`)).toBe(false)
})

test('a lock that its holder left behind is held by nobody, and can be taken', () => {
  writeFileSync(`${file}-lock`, '')

  expect(isLocked(file)).toBe(false)
  expect(existsSync(`${file}-lock`)).toBe(true)
  const taken = acquireLock(file)
  expect(taken).not.toBeNull()
  taken?.release()
})
