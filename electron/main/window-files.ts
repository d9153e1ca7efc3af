import { Readable } from 'node:stream'
import { settle } from '../../core/errors.ts'
import type { Uploads } from '../../core/session/uploads.ts'
import type { WindowFile } from '../../core/web/files.ts'
import { SAFETY_HEADERS, contentPolicy } from '../../core/web/headers.ts'
import { isWindowUrl } from './window-origin.ts'

const UPLOAD_PATH = '/upload'

/** Answers the window's own scheme from the built files, as the local server does for a browser. */
export const answerWindow =
  (files: ReadonlyMap<string, WindowFile>, uploads: Uploads) =>
  async (request: Pick<Request, 'method' | 'url' | 'body'>): Promise<Response> => {
    const headers = { ...SAFETY_HEADERS, 'Content-Security-Policy': contentPolicy() }
    const { pathname, searchParams } = new URL(request.url)
    if (isWindowUrl(request.url) && pathname === UPLOAD_PATH && request.method === 'POST') {
      const { body } = request
      const name = searchParams.get('name') ?? 'data'
      const taken = await settle(() => uploads.receive(name, body ?? Readable.from([])))
      const said = taken.ok ? taken.value : taken.error
      return Response.json(said, { status: taken.ok ? 200 : 400, headers })
    }
    const file = isWindowUrl(request.url) ? files.get(pathname) : undefined
    if (request.method !== 'GET') return new Response(null, { status: 405, headers })
    if (file === undefined) return new Response(null, { status: 404, headers })
    return new Response(file.bytes, { headers: { ...headers, 'Content-Type': file.type } })
  }
