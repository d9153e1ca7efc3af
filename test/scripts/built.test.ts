import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build.ts'

const OUT = path.resolve(import.meta.dirname, '../../out')
beforeAll(() => ensureBuilt(), 120_000)

describe('what was built', () => {
  test('can be read by Node, every part of it', () => {
    const parts = readdirSync(path.join(OUT, 'main')).filter((file) => file.endsWith('.js'))

    expect(parts).toEqual(expect.arrayContaining(['cli.js', 'index.js', 'worker.js']))
    for (const part of parts) {
      const { status, stderr } = spawnSync(process.execPath, [
        '--check',
        path.join(OUT, 'main', part),
      ])
      expect(status, `${part}: ${String(stderr)}`).toBe(0)
    }
  })

  test('imports nothing that is not shipped', () => {
    const shipped = /^(\.\/|(electron|better-sqlite3|onnxruntime-node)$)/
    const parts = readdirSync(path.join(OUT, 'main'))
    const imported = parts.flatMap((part) => {
      const code = readFileSync(path.join(OUT, 'main', part), 'utf8')
      return [...code.matchAll(/^import .*?from "([^"]+)"/gm)].map((found) => found[1] ?? '')
    })

    expect(imported).toContain('better-sqlite3')
    expect(imported.filter((module) => !isBuiltin(module) && !shipped.test(module))).toEqual([])
  })

  test('has a preload that a sandbox takes: one CommonJS file that requires Electron alone', () => {
    expect(readdirSync(path.join(OUT, 'preload'))).toEqual(['index.cjs'])
    const code = readFileSync(path.join(OUT, 'preload/index.cjs'), 'utf8')
    const required = [...code.matchAll(/require\("([^"]+)"\)/g)].map((found) => found[1])

    expect(required).toEqual(['electron'])
    expect(code).not.toMatch(/^(import|export) /m)
  })

  test('has a window that runs no inline script', () => {
    const page = readFileSync(path.join(OUT, 'renderer/index.html'), 'utf8')

    expect(page).toMatch(/<script[^>]+src=/)
    expect(page).not.toMatch(/<script(?![^>]+src=)/)
    expect(page).not.toMatch(/\son\w+=/)
  })
})
