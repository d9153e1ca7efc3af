import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { findRuntime, hasScreen, obstacleOf, whileItMoves } from '../../scripts/electron-runtime.ts'
import { findInstalledBrowser } from '../../scripts/find-browser.ts'

describe('can Electron open a window here', () => {
  const linux = { platform: 'linux', userId: 1000, env: { DISPLAY: ':0' } } as const

  test('yes, for a person at a screen', () => {
    expect(obstacleOf(linux)).toBeNull()
    expect(obstacleOf({ ...linux, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBeNull()
    expect(obstacleOf({ platform: 'darwin', userId: 501, env: {} })).toBeNull()
    expect(obstacleOf({ platform: 'win32', userId: undefined, env: {} })).toBeNull()
  })

  test('no, without a screen or for root, and it says which', () => {
    expect(obstacleOf({ ...linux, env: {} })).toMatch(/no screen/)
    expect(obstacleOf({ ...linux, userId: 0 })).toMatch(/root/)
    expect(hasScreen({ ...linux, env: { DISPLAY: '' } })).toBe(false)
  })

  test('the runtime is there when its files are', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'panda-electron-'))
    expect(findRuntime(folder)).toBeNull()
    writeFileSync(path.join(folder, 'path.txt'), 'electron')
    expect(findRuntime(folder)).toBeNull()
    mkdirSync(path.join(folder, 'dist'))
    writeFileSync(path.join(folder, 'dist/electron'), '')
    expect(findRuntime(folder)).toBe(path.join(folder, 'dist/electron'))
  })
})

describe('a download', () => {
  const node = (code: string) => spawn(process.execPath, ['-e', code], { stdio: 'ignore' })

  test('is done when its process ends well, and only then', async () => {
    expect(await whileItMoves(node(''), () => 0, 60_000)).toBe(true)
    expect(await whileItMoves(node('process.exit(3)'), () => 0, 60_000)).toBe(false)
  })

  test('is ended when it stands still', async () => {
    const stuck = node('setInterval(() => {}, 1000)')
    expect(await whileItMoves(stuck, () => 0, 40)).toBe(false)
    expect(stuck.signalCode).toBe('SIGKILL')
  })

  test('is given time as long as it moves', async () => {
    const running = node('setInterval(() => {}, 1000)')
    let looks = 0
    const moves = () => {
      if (++looks === 20) running.kill('SIGTERM')
      return looks
    }
    await whileItMoves(running, moves, 200)
    expect(running.signalCode).toBe('SIGTERM')
  })
})

describe('the browser for the tests', () => {
  const here = process.execPath
  const from = (...where: Parameters<typeof findInstalledBrowser>) =>
    findInstalledBrowser(...where)?.from

  test("is the one that is named, else Playwright's, else the system's, else none", () => {
    expect(from(here, here, [here])).toBe('environment')
    expect(from('', here, [here])).toBe('playwright')
    expect(from('', '/nowhere', ['/nowhere', here])).toBe('system')
    expect(from('', '/nowhere', ['/nowhere'])).toBeUndefined()
  })

  test('is never another one than the one that is named', () => {
    expect(() => findInstalledBrowser('/nowhere', here, [here])).toThrow('/nowhere')
  })
})
