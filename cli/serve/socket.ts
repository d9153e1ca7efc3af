import type { RawData, WebSocket } from 'ws'
import { FEED_NAMES } from '../../core/protocol/contract.ts'
import type { Feed, Feeds } from '../../core/protocol/contract.ts'
import { serveChannel } from '../../core/protocol/channel.ts'
import { decodeMessage, encodeMessage } from '../../core/protocol/wire.ts'
import type { TrialEvent } from '../../core/protocol/study.ts'
import type { Host } from '../../core/session/host.ts'

export type ServedHost = Pick<Host, 'handlers' | 'on' | 'uploads'>

/** Beyond this a client is behind: it misses live costs, sees the gap and asks for the series. */
const BEHIND_BYTES = 1 << 20
/** Beyond this it has stopped reading. It is cut off, and fetches everything when it comes back. */
const LOST_BYTES = 64 << 20

const CLOSE = {
  goingAway: 1001,
  notBinary: 1003,
  notUnderstood: 1007,
  broken: 1011,
  tryLater: 1013,
}

/** Speaks the protocol over one accepted WebSocket until it closes. */
export function serveSocket(host: ServedHost, socket: WebSocket): void {
  const served = serveChannel(host.handlers, {
    post: (message) => post(socket, message),
    onMessage: (listener) => receive(socket, listener),
  })
  const unsubscribe = FEED_NAMES.map((feed) =>
    host.on(feed, (payload) => {
      if (socket.bufferedAmount > LOST_BYTES) return socket.terminate()
      if (socket.bufferedAmount > BEHIND_BYTES && canMiss(feed, payload)) return
      served.send(feed, payload)
    }),
  )
  socket.on('close', () => {
    for (const stop of unsubscribe) stop()
    served.close()
  })
  // A protocol violation is answered by ws, which then closes; there is nothing left to do about it.
  socket.on('error', () => socket.terminate())
}

export function dismissSocket(socket: WebSocket): void {
  socket.close(CLOSE.goingAway, 'panda is stopping')
}

function canMiss(feed: Feed, payload: Feeds[Feed]): boolean {
  const hasEvents = feed === 'run:event' || feed === 'study:event'
  if (!hasEvents || !('event' in payload)) return false
  const { event } = payload
  return event.type === 'together' ? event.events.every(isPassing) : event.type === 'metrics'
}

/** Costs, and how far a trial is that runs on: what is told next, or when it ends, takes its place. */
const isPassing = (event: TrialEvent): boolean =>
  event.type === 'metrics' || (event.type === 'trial-changed' && event.trial.state === 'running')

/** Never throws: a message that can't be sent must not take the host down. */
function post(socket: WebSocket, message: unknown): void {
  if (socket.readyState !== socket.OPEN) return
  let bytes: Uint8Array
  try {
    bytes = encodeMessage(message)
  } catch {
    socket.close(CLOSE.broken, 'the answer could not be encoded')
    return
  }
  socket.send(bytes)
}

function receive(socket: WebSocket, listener: (message: unknown) => void): void {
  socket.on('message', (raw: RawData, isBinary: boolean) => {
    if (!isBinary) return socket.close(CLOSE.notBinary, 'frames are binary')
    let message: unknown
    try {
      message = decodeMessage(bytesOf(raw))
    } catch {
      return socket.close(CLOSE.notUnderstood, 'this is not a message')
    }
    if (!isRequest(message)) return socket.close(CLOSE.notUnderstood, 'this is not a request')
    listener(message)
  })
}

function bytesOf(raw: RawData): Uint8Array {
  if (Array.isArray(raw)) return Buffer.concat(raw)
  return raw instanceof ArrayBuffer ? new Uint8Array(raw) : raw
}

/**
 * The only frame a client may send: birpc 4.2's request of the one function that a host offers. birpc
 * itself rejects unheard on a frame that is not an object, and looks methods up through the prototype.
 */
function isRequest(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false
  const { t, m, i, a } = message as Record<string, unknown>
  return t === 'q' && m === 'call' && typeof i === 'string' && Array.isArray(a)
}
