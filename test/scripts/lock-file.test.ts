import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { withLock } from '../../scripts/lock-file.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'panda-lock-'))

test('processes that want the same take turns', async () => {
  const counter = path.join(folder, 'counter')
  writeFileSync(counter, '0')
  const lock = path.join(folder, 'turns.lock')
  const module = path.resolve(import.meta.dirname, '../../scripts/lock-file.ts')
  const code = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { withLock } from ${JSON.stringify(pathToFileURL(module).href)}
    for (let i = 0; i < 20; i++) withLock(${JSON.stringify(lock)}, () => {
      const count = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'))
      for (let n = 0, until = performance.now() + 1; performance.now() < until;) n++
      writeFileSync(${JSON.stringify(counter)}, String(count + 1))
    })`
  const processes = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' }),
  )
  await Promise.all(processes.map((each) => once(each, 'exit')))

  expect(readFileSync(counter, 'utf8')).toBe('60')
  expect(existsSync(lock)).toBe(false)
})

test('a holder that died is not waited for, and a failure lets go', async () => {
  const lock = path.join(folder, 'dead.lock')
  const dead = spawn(process.execPath, ['-e', ''])
  await once(dead, 'exit')
  writeFileSync(lock, String(dead.pid))
  const fail = () => {
    throw new Error('no')
  }

  expect(() => withLock(lock, fail)).toThrow('no')
  expect(existsSync(lock)).toBe(false)
})
