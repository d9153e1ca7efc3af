import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** One file of the built window, as both shells serve it. */
export interface WindowFile {
  readonly type: string
  readonly bytes: Buffer<ArrayBuffer>
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

const PAGE = 'index.html'

/**
 * The built window by URL path. Read once, so that no request ever names a file to open, and a rebuild
 * under a running Panda doesn't mix two versions.
 */
export function readWindowFiles(rendererDir: string): ReadonlyMap<string, WindowFile> {
  const files = new Map<string, WindowFile>()
  for (const entry of readdirSync(rendererDir, { recursive: true, withFileTypes: true })) {
    const type = TYPES[path.extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const file = path.join(entry.parentPath, entry.name)
    const urlPath = `/${path.relative(rendererDir, file).split(path.sep).join('/')}`
    files.set(urlPath, { type, bytes: readFileSync(file) })
  }
  const page = files.get(`/${PAGE}`)
  if (page === undefined) throw new Error(`the window is not built: ${rendererDir} has no ${PAGE}`)
  return files.set('/', page)
}
