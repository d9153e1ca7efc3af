// Builds the app into out/: bundles, migrations, sample sets. Started as a script it always builds; as
// a module it builds only when something it is made from has changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { withLock } from './lock-file.ts'

const ROOT = path.dirname(import.meta.dirname)
const OUT_DIR = path.join(ROOT, 'out')
const STAMP = 'built-from'

/** Whatever the build reads. */
const SOURCES = [
  'core',
  'cli',
  'electron',
  'renderer',
  'migrations',
  'examples',
  'scripts/build.ts',
  'scripts/build-kernels.ts',
  'scripts/pack-samples.mjs',
  'electron.vite.config.ts',
  'package-lock.json',
]

export interface BuildSteps {
  /** Throws an Error whose message is what the tool said. */
  run(script: string, args: readonly string[]): void
}

/** Names the state of the sources: changes when one is edited, added, removed or renamed. */
export function fingerprintSources(root: string): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const file of filesOf(path.join(root, source))) {
      const { size, mtimeMs } = statSync(file)
      hash.update(`${path.relative(root, file)}\0${size}\0${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

function filesOf(source: string): readonly string[] {
  if (!existsSync(source)) return []
  if (!statSync(source).isDirectory()) return [source]
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

/** Was `outDir` built from the sources as they are now? */
export function isFresh(root: string, outDir: string): boolean {
  const stamp = path.join(outDir, STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprintSources(root)
}

/** Builds beside `outDir` and then takes its place, so that a failed build leaves what was there. */
export function build(root: string, outDir: string, { run }: BuildSteps): void {
  const draft = path.join(root, 'node_modules', '.cache', 'panda-build')
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  try {
    run('scripts/build-kernels.ts', []) // writes a source
    const fingerprint = fingerprintSources(root) // before the rest: an edit meanwhile means building again
    run('node_modules/electron-vite/bin/electron-vite.js', ['build', '--outDir', draft])
    cpSync(path.join(root, 'migrations'), path.join(draft, 'migrations'), { recursive: true })
    run('scripts/pack-samples.mjs', [path.join(draft, 'samples')])
    writeFileSync(path.join(draft, STAMP), fingerprint)
    replaceFolder(outDir, draft)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function replaceFolder(folder: string, successor: string): void {
  const former = `${successor}-former`
  rmSync(former, { recursive: true, force: true })
  if (existsSync(folder)) renameSync(folder, former)
  renameSync(successor, folder)
  rmSync(former, { recursive: true, force: true })
}

/** Runs a tool silently; what it said comes out only if it fails. */
const quietly: BuildSteps = {
  run(script, args) {
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [script, ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    if (error !== undefined) throw error
    if (status !== 0) throw new Error(`${script} failed.\n${stdout}${stderr}`)
  },
}

const LOCK = path.join(ROOT, 'node_modules', '.cache', 'panda-build.lock')

/** Builds if need be, once however many ask. Says nothing unless it fails, and then ends the process. */
export function ensureBuilt(): void {
  if (isFresh(ROOT, OUT_DIR)) return
  try {
    withLock(LOCK, () => {
      if (!isFresh(ROOT, OUT_DIR)) build(ROOT, OUT_DIR, quietly)
    })
  } catch (error) {
    console.error(`panda: the build failed. ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}

if (process.argv[1] === import.meta.filename) {
  rmSync(path.join(OUT_DIR, STAMP), { force: true })
  ensureBuilt()
}
