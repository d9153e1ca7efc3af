import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { PandaError } from '../errors.ts'
import { connectChannel, serveChannel } from '../protocol/channel.ts'
import type { Channel, ServedChannel } from '../protocol/channel.ts'
import type { CallHandlers, HostClient } from '../protocol/contract.ts'
import { FrameReader, frame } from './frames.ts'

/** Only its owner may enter the folder, so whoever can reach a socket in it is the owner. */
function socketFolder(): string {
  const { username, uid } = userInfo()
  const runtime = process.env.XDG_RUNTIME_DIR
  const folder =
    runtime !== undefined && existsSync(runtime)
      ? path.join(runtime, 'panda')
      : path.join(tmpdir(), `panda-${uid >= 0 ? uid : username}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  if (!stat.isDirectory() || (uid >= 0 && stat.uid !== uid)) {
    throw new PandaError('internal', `${folder} belongs to somebody else`, 'Remove it.')
  }
  chmodSync(folder, 0o700)
  return folder
}

/** Where the host that has `file` (a real path) open listens. */
export function socketAddress(file: string): string {
  const name = createHash('sha256').update(file).digest('hex').slice(0, 24)
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\panda-${userInfo().username}-${name}`
    : path.join(socketFolder(), `${name}.sock`)
}

function channelOver(socket: Socket): Channel {
  return {
    post: (message) => {
      if (!socket.destroyed) socket.write(frame(message))
    },
    onMessage(listener) {
      const reader = new FrameReader()
      socket.on('data', (bytes) => {
        try {
          for (const message of reader.read(bytes)) listener(message)
        } catch (error) {
          socket.destroy(error instanceof Error ? error : new Error(String(error)))
        }
      })
    },
  }
}

const MAX_WAITING_BYTES = 16 << 20
/** How long a client may take to hear the last words. */
const FAREWELL_MS = 1_000

export interface LocalServer {
  broadcast: ServedChannel['send']
  /** Lets nobody in any more; those who are there are served on. */
  stopListening(): void
  close(): Promise<void>
}

/** Serves `handlers` on the socket of `file`. The caller holds the run's lock, so an old socket is stale. */
export async function listenLocally(file: string, handlers: CallHandlers): Promise<LocalServer> {
  const address = socketAddress(file)
  if (process.platform !== 'win32') rmSync(address, { force: true })
  const clients = new Map<Socket, ServedChannel>()
  const server = createServer((socket) => {
    clients.set(socket, serveChannel(handlers, channelOver(socket)))
    const forget = () => {
      clients.get(socket)?.close()
      clients.delete(socket)
    }
    socket.on('error', forget) // a peer that went away, or sent what is no message
    socket.on('close', forget)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, resolve)
  })
  if (process.platform !== 'win32') chmodSync(address, 0o600)
  let stopped: Promise<void> | null = null
  const stop = () => (stopped ??= new Promise<void>((resolve) => server.close(() => resolve())))
  return {
    stopListening: () => void stop(),
    broadcast(feed, payload) {
      for (const [socket, client] of clients) {
        // A stopped process reads nothing: what waits for it must not fill the memory.
        if (socket.writableLength > MAX_WAITING_BYTES) socket.destroy()
        else client.send(feed, payload)
      }
    },
    async close() {
      // What was posted last (the reply to the call that led here) still goes out.
      for (const socket of clients.keys()) {
        socket.end()
        setTimeout(() => socket.destroy(), FAREWELL_MS).unref()
      }
      await stop()
    },
  }
}

export interface LocalClient extends HostClient {
  /** Resolves once the connection is gone, whoever ended it. */
  readonly gone: Promise<void>
  close(): void
}

/** Connects to the host that has `file` open; null where none listens. A refusing socket is stale. */
export async function connectLocally(file: string): Promise<LocalClient | null> {
  const socket = createConnection(socketAddress(file))
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  if (!isOpen) return null
  const client = connectChannel(channelOver(socket))
  const gone = new Promise<void>((resolve) => {
    socket.on('error', () => {}) // 'close' follows, and says the same to whoever waits
    socket.on('close', () => {
      client.disconnect('the host of this run went away')
      resolve()
    })
  })
  return { ...client, gone, close: () => socket.end() }
}
