import type { FromApp, ToApp } from './border.ts'

declare global {
  interface Window {
    deliverFromMain?: (message: FromApp) => void
    tellMain: (message: ToApp) => Promise<void>
  }
}

/** Runs the built preload in a new page, with the little of Electron that a preload sees. */
export function installPreload(runPreload: (require: unknown, process: unknown) => void): void {
  if (window.location.protocol !== 'http:' || window.top !== window) return
  type Listener = (event: { ports: readonly MessagePort[] }, message: unknown) => void
  const listeners = new Map<string, Listener>()
  const ports = new Map<number, MessagePort>()
  const tellMain = (message: ToApp): void => void window.tellMain(structuredClone(message))
  tellMain({ type: 'ports-closed' }) // a new page: its predecessor's ports went with it

  const connect = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data: message }) => tellMain({ type: 'port', id, message })
    ports.set(id, port1)
    return port2
  }
  window.deliverFromMain = (message) => {
    if (message.type === 'port') ports.get(message.id)?.postMessage(message.message)
    if (message.type !== 'post') return
    listeners.get(message.channel)?.({ ports: message.ports.map(connect) }, message.message)
  }
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, api: object) =>
        Object.defineProperty(window, name, { value: Object.freeze({ ...api }) }),
    },
    ipcRenderer: {
      on: (channel: string, listener: Listener) => void listeners.set(channel, listener),
      send: (channel: string, ...args: unknown[]) => tellMain({ type: 'ipc', channel, args }),
    },
  }
  const requireElectron = (name: string): object => {
    if (name === 'electron') return electron
    throw new Error(`a sandboxed preload can't require ${name}`)
  }
  runPreload(requireElectron, { platform: 'linux' })
}
