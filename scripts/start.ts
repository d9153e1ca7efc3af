// `npm start`: the desktop app, or the same window at a local address where Electron can't run.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { ensureBuilt } from './build.ts'
import { downloadRuntime, findRuntime, hasScreen, obstacleOf } from './electron-runtime.ts'
import type { Machine } from './electron-runtime.ts'
import { runScript } from './run.mjs'

const ROOT = path.dirname(import.meta.dirname)
const ELECTRON_DIR = path.join(ROOT, 'node_modules', 'electron')

/** An Electron that ends badly this soon never showed a window: a sandbox that is not allowed, say. */
const NEVER_SHOWN_MS = 5000

const machine: Machine = {
  platform: process.platform,
  userId: process.getuid?.(),
  env: process.env,
}

ensureBuilt()
const obstacle = obstacleOf(machine)
if (obstacle !== null) serveInstead(obstacle)
else {
  const runtime = await obtainRuntime()
  if (runtime === null) serveInstead("Electron's runtime can't be downloaded")
  else openDesktop(runtime)
}

async function obtainRuntime(): Promise<string | null> {
  const installed = findRuntime(ELECTRON_DIR)
  if (installed !== null) return installed
  console.error('panda: downloading Electron (about 110 MB, once) …')
  return (await downloadRuntime(ELECTRON_DIR)) ? findRuntime(ELECTRON_DIR) : null
}

function openDesktop(runtime: string): void {
  const startedAt = Date.now()
  const env = { ...process.env }
  delete env['ELECTRON_RUN_AS_NODE'] // set by editors' terminals; Electron would be a plain Node
  const app = spawn(runtime, [ROOT, ...process.argv.slice(2)], { stdio: 'inherit', env })
  const passOn = (signal: NodeJS.Signals): void => void app.kill(signal)
  const ignore = (): void => {} // a terminal sends Ctrl-C to the app as well
  process.on('SIGINT', ignore).on('SIGTERM', passOn)
  app.on('error', (error) => serveInstead(`Electron can't be started (${error.message})`))
  app.on('exit', (code, signal) => {
    process.off('SIGINT', ignore).off('SIGTERM', passOn)
    if (code === 0) process.exit(0)
    if (Date.now() - startedAt > NEVER_SHOWN_MS) process.exit(code ?? 1)
    serveInstead(`Electron stopped at once (${signal ?? `exit code ${code}`})`)
  })
}

function serveInstead(reason: string): void {
  console.error(`panda: no desktop window: ${reason}. Serving the same window here instead.`)
  const open = hasScreen(machine) ? ['--open'] : []
  runScript('out/main/cli.js', ['serve', ...open, ...process.argv.slice(2)])
}
