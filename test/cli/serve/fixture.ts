import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket } from 'ws'
import { CALLS } from '../../../core/protocol/contract.ts'
import type { CallHandlers, Feed, Feeds } from '../../../core/protocol/contract.ts'
import { connectChannel } from '../../../core/protocol/channel.ts'
import { decodeMessage, encodeMessage } from '../../../core/protocol/wire.ts'
import type { ServedHost } from '../../../cli/serve/socket.ts'

/** A host that knows no runs, and whose feeds the test speaks itself. */
export function silentHost(): ServedHost & {
  say<F extends Feed>(feed: F, payload: Feeds[F]): void
  listeners(): number
} {
  const listeners = new Map<Feed, Set<(payload: never) => void>>()
  const refuse = () => {
    throw new Error('not part of this test')
  }
  const handlers = {
    ...Object.fromEntries(Object.keys(CALLS).map((name) => [name, refuse])),
    'runs:list': () => [],
  } as unknown as CallHandlers
  return {
    handlers,
    uploads: {
      mostBytes: 0,
      receive: () => Promise.reject(new Error('nothing is sent here')),
    },
    on(feed, listener) {
      const set = listeners.get(feed) ?? new Set()
      listeners.set(feed, set.add(listener))
      return () => void set.delete(listener)
    },
    say(feed, payload) {
      for (const listener of listeners.get(feed) ?? []) listener(payload as never)
    },
    listeners: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
  }
}

/** A built window of three files, and a secret beside it that must never be served. */
export function makeRenderer(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'panda-serve-'))
  const rendererDir = path.join(folder, 'renderer')
  mkdirSync(path.join(rendererDir, 'assets'), { recursive: true })
  writeFileSync(path.join(folder, 'secret.html'), 'SECRET')
  writeFileSync(path.join(rendererDir, 'index.html'), '<!doctype html><title>Panda</title>')
  writeFileSync(path.join(rendererDir, 'assets/main.js'), 'export {}')
  writeFileSync(path.join(rendererDir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(path.join(rendererDir, 'notes.sh'), 'SECRET')
  return rendererDir
}

/** Sends bytes as they are, then nothing more, and reads until the other side closes. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.end(bytes)
    let text = ''
    socket.setEncoding('latin1').on('data', (part) => (text += String(part)))
    socket.on('close', () => resolve(text))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(text)
      else reject(error)
    })
  })
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])

/** A request in full, by its headers, that asks to be the connection's last. */
export function request(
  headers: Readonly<Record<string, string>>,
  target = '/',
  method = 'GET',
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${target} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n')
}

export const UPGRADE = {
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}

/** An open WebSocket, or the status it was refused with. */
export function openSocket(
  port: number,
  headers: Readonly<Record<string, string>>,
): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers })
    socket.on('open', () => resolve(socket))
    socket.on('unexpected-response', (_request, response) => {
      socket.on('error', () => {}) // abandoning the handshake is one
      socket.terminate()
      resolve(response.statusCode ?? 0)
    })
  })
}

export const clientOver = (socket: WebSocket) =>
  connectChannel({
    post: (message) => socket.send(encodeMessage(message)),
    onMessage: (listener) =>
      void socket.on('message', (bytes: Buffer) => listener(decodeMessage(bytes))),
  })
