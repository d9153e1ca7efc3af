// Finds out whether Electron can run here, by looking at files: importing its package in plain Node
// would start a download that may hang without limit (Electron 42 and later).
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface Machine {
  readonly platform: NodeJS.Platform
  /** 0 is root; undefined where there are no user ids. */
  readonly userId: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The screen a window could open on. */
export const hasScreen = ({ platform, env }: Machine): boolean =>
  platform !== 'linux' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'])

/** Why no desktop window can open on this machine, with or without the runtime; null if one can. */
export function obstacleOf(machine: Machine): string | null {
  if (!hasScreen(machine)) return 'there is no screen here'
  if (machine.platform === 'linux' && machine.userId === 0) {
    return "Electron's sandbox does not work for root"
  }
  return null
}

/** The executable of an installed runtime, or null. */
export function findRuntime(packageDir: string): string | null {
  const pathFile = path.join(packageDir, 'path.txt')
  if (!existsSync(pathFile)) return null
  const executable = path.join(packageDir, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(executable) ? executable : null
}

/** How long a download may stand still. */
const STALL_MS = 4000
const LOOK_EVERY_MS = 500

/** Has Electron's own installer download the runtime. False where it can't, or stands still. */
export function downloadRuntime(packageDir: string): Promise<boolean> {
  // The installer downloads into the temporary folder and unpacks into the package's own.
  const scratch = mkdtempSync(path.join(tmpdir(), 'panda-electron-'))
  const installer = spawn(process.execPath, [path.join(packageDir, 'install.js')], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: scratch, TMP: scratch, TEMP: scratch },
  })
  const folders = [scratch, path.join(packageDir, 'dist')]
  return whileItMoves(installer, () => sum(folders.map(sizeOf)), STALL_MS).finally(() =>
    rmSync(scratch, { recursive: true, force: true }),
  )
}

interface Running {
  kill(signal: NodeJS.Signals): boolean
  once(event: 'exit', listener: (code: number | null) => void): unknown
  once(event: 'error', listener: (error: Error) => void): unknown
}

/** True once the process ends well; false if it fails, or `progress` stands still and it is ended. */
export function whileItMoves(
  running: Running,
  progress: () => number,
  stallMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    let reached = progress()
    let movedAt = Date.now()
    const timer = setInterval(
      () => {
        const now = progress()
        if (now !== reached) movedAt = Date.now()
        reached = now
        if (Date.now() - movedAt > stallMs) running.kill('SIGKILL')
      },
      Math.min(LOOK_EVERY_MS, stallMs / 4),
    )
    const end = (isDone: boolean): void => {
      clearInterval(timer)
      resolve(isDone)
    }
    running.once('exit', (code) => end(code === 0))
    running.once('error', () => end(false))
  })
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  return sum(
    files.map((file) => {
      const stats = statSync(path.join(file.parentPath, file.name), { throwIfNoEntry: false })
      return stats?.isFile() === true ? stats.size : 1
    }),
  )
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
