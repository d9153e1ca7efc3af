import type { IpcMain, IpcMainEvent, MessageChannelMain, MessagePortMain } from 'electron'
import { FEED_NAMES } from '../../core/protocol/contract.ts'
import { serveChannel } from '../../core/protocol/channel.ts'
import type { Host } from '../../core/session/host.ts'
import { PORT_CHANNEL, REQUEST_CHANNEL } from '../channels.ts'
import { isTrustedFrame } from './window-origin.ts'

type Asking = Pick<IpcMainEvent, 'senderFrame' | 'sender'>

/** Gives every page of ours that asks a port of its own to the host. Others are not answered at all. */
export function servePorts(
  ipc: Pick<IpcMain, 'on'>,
  host: Pick<Host, 'handlers' | 'on'>,
  newChannel: () => MessageChannelMain,
): void {
  ipc.on(REQUEST_CHANNEL, (event: Asking) => {
    if (!isTrustedFrame(event.senderFrame)) return
    const { port1, port2 } = newChannel()
    servePort(host, port1)
    event.sender.postMessage(PORT_CHANNEL, null, [port2])
  })
}

/** Speaks the protocol over one port until the page at its other end goes, or reloads. */
function servePort(host: Pick<Host, 'handlers' | 'on'>, port: MessagePortMain): void {
  const served = serveChannel(host.handlers, {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (event) => listener(event.data)),
  })
  const unsubscribe = FEED_NAMES.map((feed) =>
    host.on(feed, (payload) => served.send(feed, payload)),
  )
  port.on('close', () => {
    for (const stop of unsubscribe) stop()
    served.close()
  })
  port.start()
}
