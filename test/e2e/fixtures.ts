import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { test as base, expect } from '@playwright/test'

export { expect }

const CLI = path.resolve(import.meta.dirname, '../../out/main/cli.js')
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/

export interface Serving {
  /** The address to open, with the token. */
  readonly url: string
  /** As Ctrl-C would: waits until everything is saved. Resolves to the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

/** Starts the built `panda serve` on a data folder. */
export async function startServing(
  dataDir: string,
  more: readonly string[] = [],
): Promise<Serving> {
  const server = spawn(process.execPath, [CLI, 'serve', '--data-dir', dataDir, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(server, 'exit') as Promise<[number | null]>
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (text: unknown): void => {
      said += String(text)
      const address = ADDRESS.exec(said)?.[0]
      if (address !== undefined) resolve(address)
    }
    server.stdout.on('data', listen)
    server.stderr.on('data', listen)
    server.once('exit', (code) => reject(new Error(`panda serve ended with ${code}: ${said}`)))
  })
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    server.kill(signal)
    return (await exit)[0]
  }
  return {
    url,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  }
}

const execute = promisify(execFile)

/**
 * Runs a command of the built command line with `--json` and parses what it prints: one document, or
 * for `train` and `search` the list of their events. Rejects where the command fails.
 */
export async function runPanda<Answer>(dataDir: string, args: readonly string[]): Promise<Answer> {
  const { stdout } = await execute(
    process.execPath,
    [CLI, ...args, '--json', '--data-dir', dataDir],
    { maxBuffer: 256 << 20 },
  )
  if (args[0] !== 'train' && args[0] !== 'search') return JSON.parse(stdout) as Answer
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as unknown) as Answer
}

export interface Fixtures {
  /** Fresh, and gone after the test. */
  readonly dataDir: string
  readonly serving: Serving
  /** The served window's address, with the token: `page.goto(url)`. */
  readonly url: string
  /** The command line on the same data folder, in a process of its own. */
  readonly panda: <Answer>(...args: string[]) => Promise<Answer>
  /** What the page complains about in its console; a test that leaves something here fails. */
  readonly complaints: string[]
  /** What a page may complain of here. */
  readonly tolerated: RegExp | null
}

export const test = base.extend<Fixtures>({
  // Playwright reads the first argument's names, so it must be a pattern, even an empty one.
  dataDir: async ({}, use) => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'panda-e2e-'))
    await use(dataDir)
    rmSync(dataDir, { recursive: true, force: true })
  },
  serving: async ({ context, dataDir }, use) => {
    const serving = await startServing(dataDir)
    await use(serving)
    // First the pages: one that finds its server gone complains in its console.
    for (const page of context.pages()) await page.close()
    expect([0, null]).toContain(await serving.stop())
  },
  url: async ({ serving }, use) => use(serving.url),
  panda: async ({ dataDir }, use) => use((...args) => runPanda(dataDir, args)),
  tolerated: [null, { option: true }],
  complaints: [
    async ({ page, tolerated }, use) => {
      const complaints: string[] = []
      page.on('console', (message) => {
        const isExpected = tolerated?.test(message.text()) ?? false
        if (message.type() === 'error' && !isExpected) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      await use(complaints)
      expect(complaints).toEqual([])
    },
    { auto: true },
  ],
})
