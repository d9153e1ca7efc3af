import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { stringifySetCookie } from 'cookie'
import { WebSocketServer } from 'ws'
import { MAX_REQUEST_BYTES } from '../../core/protocol/wire.ts'
import { answerUpload } from '../../core/session/uploads.ts'
import { readWindowFiles } from '../../core/web/files.ts'
import { SAFETY_HEADERS, contentPolicy } from '../../core/web/headers.ts'
import { cookieName, judge, splitTarget } from './gate.ts'
import type { Gate, RefusalStatus } from './gate.ts'
import { KEY_NEEDED_PAGE, reasonOf } from './pages.ts'
import { dismissSocket, serveSocket } from './socket.ts'
import type { ServedHost } from './socket.ts'

export interface ServeOptions {
  /** Default: one that is free. */
  readonly port?: number | undefined
  /** The built window. */
  readonly rendererDir: string
  /** Default: 256 new random bits. */
  readonly launchToken?: string | undefined
}

export interface RunningServer {
  /** The address to open, with the token in it. */
  readonly url: string
  /** Says goodbye to every client and frees the port. */
  close(): Promise<void>
}

const ADDRESS = '127.0.0.1'
const SOCKET_PATH = '/ws'
const UPLOAD_PATH = '/upload'

/** Serves the window and the protocol to browsers on this machine that have the token. */
export async function startServer(
  host: ServedHost,
  { port = 0, rendererDir, launchToken = randomBytes(32).toString('base64url') }: ServeOptions,
): Promise<RunningServer> {
  const files = readWindowFiles(rendererDir)
  // The headers have a minute. A file of gigabytes that comes through a tunnel takes longer than Node's five.
  const server = createServer({ requestTimeout: 0 })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REQUEST_BYTES,
    perMessageDeflate: false,
  })
  server.listen(port, ADDRESS)
  await once(server, 'listening') // rejects where the port is taken
  const gate: Gate = { port: (server.address() as AddressInfo).port, token: launchToken }

  const answerPage = (request: IncomingMessage, response: ServerResponse): void => {
    const verdict = judge(request, gate, 'page')
    if (verdict.kind === 'refused') return refuse(response, verdict.status, verdict.why)
    if (verdict.kind === 'sign-in') return signIn(response, gate)
    const file = files.get(splitTarget(request.url ?? '')[0])
    if (file === undefined) return refuse(response, 404, 'there is no such page')
    // Older engines do not count a WebSocket as 'self'. The gate has found this Host to be ours.
    const policy = contentPolicy([`ws://${request.headers.host ?? ''}`])
    const headers = { ...SAFETY_HEADERS, 'Content-Security-Policy': policy }
    response
      .writeHead(200, {
        ...headers,
        'Content-Type': file.type,
        'Content-Length': file.bytes.byteLength,
      })
      .end(request.method === 'HEAD' ? undefined : file.bytes)
  }

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const [path, query] = splitTarget(request.url ?? '')
    if (path !== UPLOAD_PATH) return answerPage(request, response)
    const verdict = judge(request, gate, 'upload')
    if (verdict.kind === 'refused') return refuse(response, verdict.status, verdict.why, 'POST')
    void takeUpload(host, request, new URLSearchParams(query).get('name'), response)
  }

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy())
    const verdict = judge(request, gate, 'socket')
    if (verdict.kind === 'refused') return refuseStream(stream, verdict.status)
    if (splitTarget(request.url ?? '')[0] !== SOCKET_PATH) return refuseStream(stream, 404)
    sockets.handleUpgrade(request, stream, head, (socket) => serveSocket(host, socket))
  }

  server.on('request', answer)
  server.on('upgrade', upgrade)
  server.on('connect', (_request: IncomingMessage, stream: Duplex) => refuseStream(stream, 405))
  server.on('clientError', (_error: Error, stream: Duplex) => refuseStream(stream, 400))

  return {
    url: `http://${ADDRESS}:${gate.port}/?token=${launchToken}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets.clients) dismissSocket(socket)
      server.closeAllConnections()
      // An upgraded connection is no longer the server's: what does not say goodbye is cut.
      for (const socket of sockets.clients) setTimeout(() => socket.terminate(), 500).unref()
      await closed
    },
  }
}

function signIn(response: ServerResponse, gate: Gate): void {
  const cookie = stringifySetCookie({
    name: cookieName(gate.port),
    value: gate.token,
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
  })
  response.writeHead(303, { ...SAFETY_HEADERS, Location: '/', 'Set-Cookie': cookie }).end()
}

/** What can't be kept is told as an error that the window can show. */
async function takeUpload(
  host: ServedHost,
  request: IncomingMessage,
  name: string | null,
  response: ServerResponse,
): Promise<void> {
  const length = request.headers['content-length']
  const { status, answer } = await answerUpload(host.uploads, { name, length, body: request })
  if (response.destroyed) return // nobody waits for it any more
  response
    .writeHead(status, { ...SAFETY_HEADERS, 'Content-Type': 'application/json' })
    .end(JSON.stringify(answer))
}

function refuse(
  response: ServerResponse,
  status: RefusalStatus | 404,
  why: string,
  allow = 'GET, HEAD',
): void {
  const isPage = status === 401
  response
    .writeHead(status, {
      ...SAFETY_HEADERS,
      'Content-Security-Policy': contentPolicy(),
      'Content-Type': `text/${isPage ? 'html' : 'plain'}; charset=utf-8`,
      ...(status === 405 ? { Allow: allow } : {}),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    })
    .end(isPage ? KEY_NEEDED_PAGE : `panda: ${why}.\n`)
}

/** Before a response exists: the request is an upgrade, or could not be read. */
function refuseStream(stream: Duplex, status: RefusalStatus | 404): void {
  if (!stream.writable) return void stream.destroy()
  stream.on('error', () => stream.destroy())
  stream.end(
    `HTTP/1.1 ${status} ${reasonOf(status)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}
