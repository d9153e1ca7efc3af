import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { build, isFresh } from '../../scripts/build.ts'

let root: string
let outDir: string
const steps: string[] = []
const run = (script: string, args: readonly string[]): void => {
  steps.push(path.basename(script))
  const outIndex = args.indexOf('--outDir')
  if (outIndex !== -1) writeFileSync(path.join(args[outIndex + 1]!, 'bundle.js'), 'bundle')
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'panda-build-'))
  outDir = path.join(root, 'out')
  steps.length = 0
  for (const folder of ['core/a', 'migrations']) {
    mkdirSync(path.join(root, folder), { recursive: true })
  }
  writeFileSync(path.join(root, 'core/a/one.ts'), 'one')
  writeFileSync(path.join(root, 'migrations/010-runs.sql'), 'create')
})

describe('the build', () => {
  test('compiles the kernels, bundles, packs the samples and brings the migrations along', () => {
    build(root, outDir, { run })

    expect(steps).toEqual(['build-kernels.ts', 'electron-vite.js', 'pack-samples.mjs'])
    expect(readFileSync(path.join(outDir, 'bundle.js'), 'utf8')).toBe('bundle')
    expect(existsSync(path.join(outDir, 'migrations/010-runs.sql'))).toBe(true)
  })

  test('is fresh until a source is edited, added, renamed or removed', () => {
    const file = path.join(root, 'core/a/one.ts')
    const changes = [
      () => writeFileSync(file, 'edited'),
      () => writeFileSync(path.join(root, 'core/two.ts'), 'two'),
      () => renameSync(file, path.join(root, 'core/a/three.ts')),
      () => rmSync(path.join(root, 'core/two.ts')),
    ]
    expect(isFresh(root, outDir)).toBe(false)
    for (const change of changes) {
      build(root, outDir, { run })
      expect(isFresh(root, outDir)).toBe(true)
      change()
      expect(isFresh(root, outDir)).toBe(false)
    }
  })

  test('leaves the former build in place if it fails', () => {
    build(root, outDir, { run })
    const fail = () => {
      throw new Error('line 3')
    }

    expect(() => build(root, outDir, { run: fail })).toThrow('line 3')
    expect(readFileSync(path.join(outDir, 'bundle.js'), 'utf8')).toBe('bundle')
    expect(isFresh(root, outDir)).toBe(true)
  })

  test('counts a source that is edited while it runs as not yet built', () => {
    const edit = (script: string, args: readonly string[]) => {
      run(script, args)
      writeFileSync(path.join(root, 'core/a/one.ts'), `edited during ${script}`)
    }
    build(root, outDir, { run: edit })
    expect(isFresh(root, outDir)).toBe(false)
  })
})
