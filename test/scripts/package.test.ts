import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
/** Electron's executable says by this where its fuses are: a version, their number, then one each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const FUSES_UNSET = '\u0001\u0008rrrrrrrr'

/** Packs the built app around a stand-in for Electron, without a network. */
function packApp() {
  const folder = mkdtempSync(path.join(tmpdir(), 'panda-pack-'))
  const standIn = path.join(folder, 'electron-dist')
  mkdirSync(path.join(standIn, 'resources'), { recursive: true })
  writeFileSync(path.join(standIn, 'electron'), `#!/bin/sh\n#${SENTINEL}${FUSES_UNSET}\n`, {
    mode: 0o755,
  })
  const packer = path.join(ROOT, 'node_modules/electron-builder/cli.js')
  const output = path.join(folder, 'packed')
  const said = spawnSync(
    process.execPath,
    [
      packer,
      ...['--dir', '--linux', '--x64'],
      `-c.electronDist=${standIn}`,
      `-c.directories.output=${output}`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  )
  const app = path.join(output, 'linux-unpacked')
  return { status: said.status, log: said.stdout + said.stderr, app }
}

interface Entry {
  readonly files?: Readonly<Record<string, Entry>>
  readonly unpacked?: boolean
}

/** Every file of an asar archive and whether it lies outside. Its header is JSON at byte 16. */
function filesIn(archive: string): ReadonlyMap<string, { unpacked: boolean }> {
  const bytes = readFileSync(archive)
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as Entry
  const files = new Map<string, { unpacked: boolean }>()
  const walk = (folder: string, entry: Entry): void => {
    for (const [name, child] of Object.entries(entry.files ?? {})) {
      const file = path.posix.join(folder, name)
      if (child.files === undefined) files.set(file, { unpacked: child.unpacked === true })
      else walk(file, child)
    }
  }
  walk('', header)
  return files
}

const describeHere = process.platform === 'linux' && process.arch === 'x64' ? describe : () => {}

// Native files are chosen by the machine that packs; what is expected here is Linux's.
describeHere('the installed app', () => {
  let packed: ReturnType<typeof packApp>
  let files: ReturnType<typeof filesIn>
  beforeAll(() => {
    ensureBuilt()
    packed = packApp()
    expect(packed.status, packed.log).toBe(0)
    files = filesIn(path.join(packed.app, 'resources/app.asar'))
  }, 120_000)

  test('holds what was built, and the native modules it is run by', () => {
    const needed = [
      'package.json',
      'out/main/index.js',
      'out/main/worker.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
      'out/samples/digits-images-idx3-ubyte.gz',
      'out/migrations/010-runs.sql',
      'node_modules/better-sqlite3/lib/index.js',
      'node_modules/onnxruntime-node/dist/index.js',
      'node_modules/onnxruntime-common/package.json',
    ]
    expect(needed.filter((file) => !files.has(file))).toEqual([])
  })

  test('has its native files outside the archive, where the system can load them', () => {
    const natives = [...files].filter(([file]) => /\.(node|so(\.\d+)*)$/.test(file))

    expect(natives.length).toBeGreaterThanOrEqual(3)
    for (const [file, { unpacked }] of natives) {
      expect(unpacked, file).toBe(true)
      expect(existsSync(path.join(packed.app, 'resources/app.asar.unpacked', file)), file).toBe(
        true,
      )
    }
  })

  test('carries nothing for other platforms, no second Node, no sources and no tests', () => {
    const ballast =
      /(win32|darwin|musl|arm64).*\.(node|dll|dylib)|node-(linux|win|darwin|bin)|\.tsx?$|^(test|core|docs)\//
    expect([...files.keys()].filter((file) => ballast.test(file))).toEqual([])
  })

  test('can not be turned into a plain Node, debugged or fed other code', () => {
    const binary = readFileSync(path.join(packed.app, 'panda'), 'latin1')
    const wire = binary.slice(binary.indexOf(SENTINEL) + SENTINEL.length).slice(2, 10)
    const [runAsNode, cookies, nodeOptions, inspect, integrity, onlyAsar, , fileScheme] = wire

    expect({ runAsNode, cookies, nodeOptions, inspect, integrity, onlyAsar, fileScheme }).toEqual({
      runAsNode: '0',
      cookies: '1',
      nodeOptions: '0',
      inspect: '0',
      integrity: '1',
      onlyAsar: '1',
      fileScheme: '0',
    })
  })
})

test('installers are made for Linux, macOS and Windows', () => {
  // The packer's own check accepts names of targets that do not exist.
  const config = readFileSync(path.join(ROOT, 'electron-builder.yml'), 'utf8')
  const targetsOf = (platform: string) =>
    new RegExp(`^${platform}:\\n  target:\\n((?:    - \\w+\\n)+)`, 'm').exec(config)?.[1]

  expect(targetsOf('linux')?.match(/\w+/g)).toEqual(['AppImage', 'deb'])
  expect(targetsOf('mac')?.match(/\w+/g)).toEqual(['dmg'])
  expect(targetsOf('win')?.match(/\w+/g)).toEqual(['nsis'])
})
