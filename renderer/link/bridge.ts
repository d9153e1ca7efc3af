import { decodeMessage, encodeMessage } from '../../core/protocol/wire.ts'
import type { Dial } from './link.ts'

/** What Electron's preload exposes. */
interface DesktopBridge {
  readonly platform: string
  /** Answered by a window message `panda:port` that carries one MessagePort. */
  requestPort(): void
  /** Shows a run's file in the system's file manager. */
  showFile(file: string): void
  /** Brings the window to the front. */
  focusWindow(): void
}

declare global {
  interface Window {
    readonly panda?: DesktopBridge
  }
}

const dialDesktop =
  (desktop: DesktopBridge): Dial =>
  (dropped) =>
    new Promise((resolve) => {
      window.addEventListener('message', function take(event) {
        // Only our own preload posts into this very window.
        if (event.source !== window || event.data !== 'panda:port') return
        const port = event.ports[0]
        if (port === undefined) return
        window.removeEventListener('message', take)
        port.addEventListener('close', () => dropped('the connection to the app is closed'))
        resolve({
          post: (message) => port.postMessage(message),
          onMessage: (listener) => {
            port.onmessage = ({ data: message }) => listener(message)
          },
        })
      })
      desktop.requestPort()
    })

const dialSocket =
  (address: string): Dial =>
  (dropped) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(address)
      socket.binaryType = 'arraybuffer'
      socket.addEventListener('open', () =>
        resolve({
          post: (message) => socket.send(encodeMessage(message).slice()),
          onMessage: (listener) =>
            socket.addEventListener('message', ({ data: bytes }: MessageEvent<ArrayBuffer>) =>
              listener(decodeMessage(new Uint8Array(bytes))),
            ),
        }),
      )
      socket.addEventListener('close', () => {
        reject(new Error(`${address} did not answer`))
        dropped('the connection is closed')
      })
    })

/** The way to the host from where this window runs: Electron's port, or a socket to who served us. */
export function dialFrom(place: Window): Dial {
  if (place.panda !== undefined) return dialDesktop(place.panda)
  const { protocol, host } = place.location
  return dialSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`)
}
