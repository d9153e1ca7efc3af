import { fileURLToPath } from 'node:url'

// The command line is built to out/main/cli.js. A folder's URL rather than one per file: bundlers
// rewrite `new URL('./file', import.meta.url)`.
const here = new URL('.', import.meta.url)
const inBuild = (relative: string): string => fileURLToPath(new URL(relative, here))

/** What the build put beside the command line. */
export const ASSETS = {
  workerUrl: new URL('worker.js', here),
  samplesDir: inBuild('../samples'),
  migrationsDir: inBuild('../migrations'),
  rendererDir: inBuild('../renderer'),
} as const
