import type { WindowFile } from '../../core/web/files.ts'
import { SAFETY_HEADERS, contentPolicy } from '../../core/web/headers.ts'
import { isWindowUrl } from './window-origin.ts'

/** Answers the window's own scheme from the built files, as the local server does for a browser. */
export const answerWindow =
  (files: ReadonlyMap<string, WindowFile>) =>
  (request: Pick<Request, 'method' | 'url'>): Response => {
    const headers = { ...SAFETY_HEADERS, 'Content-Security-Policy': contentPolicy() }
    const file = isWindowUrl(request.url) ? files.get(new URL(request.url).pathname) : undefined
    if (request.method !== 'GET') return new Response(null, { status: 405, headers })
    if (file === undefined) return new Response(null, { status: 404, headers })
    return new Response(file.bytes, { headers: { ...headers, 'Content-Type': file.type } })
  }
