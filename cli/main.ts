import { mkdirSync } from 'node:fs'
import envPaths from 'env-paths'
import { PandaError } from '../core/errors.ts'
import { createHost } from '../core/session/host.ts'
import manifest from '../package.json' with { type: 'json' }
import { ASSETS } from './assets.ts'
import { processEnvironment } from './process.ts'
import { runCli } from './run-cli.ts'
import { startServer } from './serve/server.ts'

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true })
  } catch (error) {
    throw new PandaError(
      'store/unreadable',
      `the data directory ${dataDir} cannot be made: ${(error as Error).message}`,
      'Name another one with --data-dir.',
      error,
    )
  }
}

process.exitCode = await runCli(process.argv.slice(2), {
  ...processEnvironment(),
  variables: process.env,
  workingDir: process.cwd(),
  defaultDataDir: envPaths('panda', { suffix: '' }).data,
  version: manifest.version,
  now: Date.now,
  createHost(dataDir) {
    makeDataDir(dataDir)
    const { samplesDir, migrationsDir, workerUrl } = ASSETS
    const trash = async (file: string): Promise<void> => {
      const { default: moveToTrash } = await import('trash')
      await moveToTrash(file, { glob: false })
    }
    const { version } = manifest
    return createHost({ dataDir, samplesDir, migrationsDir, workerUrl, trash, version })
  },
  startServer: (host, { port }) => startServer(host, { port, rendererDir: ASSETS.rendererDir }),
  async openInBrowser(url) {
    const { default: open } = await import('open')
    await open(url)
  },
})
