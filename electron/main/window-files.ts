import { Readable } from 'node:stream'
import { answerUpload } from '../../core/session/uploads.ts'
import type { Uploads } from '../../core/session/uploads.ts'
import type { WindowFile } from '../../core/web/files.ts'
import { SAFETY_HEADERS, contentPolicy } from '../../core/web/headers.ts'
import { isWindowUrl } from './window-origin.ts'

const UPLOAD_PATH = '/upload'

/** Answers the window's own scheme from the built files, as the local server does for a browser. */
export const answerWindow =
  (files: ReadonlyMap<string, WindowFile>, uploads: Uploads) =>
  async (request: Pick<Request, 'method' | 'url' | 'headers' | 'body'>): Promise<Response> => {
    const headers = { ...SAFETY_HEADERS, 'Content-Security-Policy': contentPolicy() }
    const { pathname, searchParams } = new URL(request.url)
    if (isWindowUrl(request.url) && pathname === UPLOAD_PATH && request.method === 'POST') {
      const { status, answer } = await answerUpload(uploads, {
        name: searchParams.get('name'),
        length: request.headers.get('content-length'),
        body: request.body ?? Readable.from([]),
      })
      return Response.json(answer, { status, headers })
    }
    const file = isWindowUrl(request.url) ? files.get(pathname) : undefined
    if (request.method !== 'GET') return new Response(null, { status: 405, headers })
    if (file === undefined) return new Response(null, { status: 404, headers })
    return new Response(file.bytes, { headers: { ...headers, 'Content-Type': file.type } })
  }
