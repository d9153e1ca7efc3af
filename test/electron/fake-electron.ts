// Stands in for the module `electron` in the app's main process. The window is a page in a browser that
// belongs to the process that started this one; everything between the two is cloned on its way, by
// child_process's structured serialisation. Context isolation, sandbox and packaging it does not cover.
import { EventEmitter } from 'node:events'
import type { FromApp, ToApp } from './border.ts'

const tell = (message: FromApp, done?: () => void): void =>
  void process.send?.(message, undefined, undefined, () => done?.())
const called = (what: string, given?: unknown): void =>
  tell(given === undefined ? { type: 'called', what } : { type: 'called', what, with: given })

const preventable = () => ({
  defaultPrevented: false,
  preventDefault() {
    this.defaultPrevented = true
  },
})

let isLeaving = false

class App extends EventEmitter {
  setPath = (name: string, folder: string): void => called(`app.setPath ${name}`, folder)
  enableSandbox = (): void => called('app.enableSandbox')
  setAppUserModelId = (id: string): void => called('app.setAppUserModelId', id)
  getVersion = (): string => '0.0.0'
  requestSingleInstanceLock = (): boolean => true
  whenReady = (): Promise<void> => Promise.resolve()
  exit = (code: number): void => tell({ type: 'called', what: 'exit' }, () => process.exit(code))

  quit = (): void => {
    const event = preventable()
    this.emit('before-quit', event)
    if (event.defaultPrevented || isLeaving) return
    isLeaving = true
    for (const window of windows) window.leave()
    this.exit(0)
  }
}
export const app = new App()

export const shell = {
  trashItem: async (file: string): Promise<void> => called('shell.trashItem', file),
  showItemInFolder: (file: string): void => called('shell.showItemInFolder', file),
}

const handlers = new Map<string, (request: Request) => Response | Promise<Response>>()
export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => called('protocol.privileged', schemes),
  handle: (scheme: string, handler: (request: Request) => Response) =>
    void handlers.set(`${scheme}:`, handler),
}

async function answer(id: number, method: string, url: string): Promise<void> {
  const handler = handlers.get(new URL(url).protocol)
  const answered = await handler?.({ method, url } as Request)
  const response = answered ?? new Response(null, { status: 404 })
  const headers = Object.fromEntries(response.headers)
  const body = new Uint8Array(await response.arrayBuffer())
  tell({ type: 'response', id, status: response.status, headers, body })
}

let lastPort = 0
const ports = new Map<number, Port>()

class Port extends EventEmitter {
  readonly id = ++lastPort
  private waiting: unknown[] | null = []
  postMessage = (message: unknown): void => tell({ type: 'port', id: this.id, message })
  start(): void {
    const waiting = this.waiting ?? []
    this.waiting = null
    for (const message of waiting) this.receive(message)
  }
  receive(message: unknown): void {
    if (this.waiting === null) this.emit('message', { data: message, ports: [] })
    else this.waiting.push(message)
  }
}

export class MessageChannelMain {
  readonly port1 = new Port()
  /** Only its number crosses: the harness makes a port of the page's own for it. */
  readonly port2 = this.port1
  constructor() {
    ports.set(this.port1.id, this.port1)
  }
}

class WebContents extends EventEmitter {
  url = ''
  getURL = (): string => this.url
  reload = (): void => tell({ type: 'reload' })
  setWindowOpenHandler = (handler: (details: { url: string }) => unknown): void =>
    called('setWindowOpenHandler', handler({ url: 'https://example.org/' }))
  postMessage = (channel: string, message: unknown, transfer: readonly Port[] = []): void =>
    tell({ type: 'post', channel, message, ports: transfer.map(({ id }) => id) })
}

const windows: BrowserWindow[] = []

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  private readonly options: Record<string, number> & { webPreferences: { preload: string } }

  constructor(options: BrowserWindow['options']) {
    super()
    this.options = options
    called('new BrowserWindow', options)
    windows.push(this)
    app.emit('web-contents-created', preventable(), this.webContents)
  }
  loadURL(url: string): Promise<void> {
    this.webContents.url = url
    tell({ type: 'load', url, preload: this.options.webPreferences.preload })
    this.emit('ready-to-show')
    return Promise.resolve()
  }
  show = (): void => called('window.show')
  focus = (): void => called('window.focus')
  maximize = (): void => called('window.maximize')
  isMaximized = (): boolean => false
  isMinimized = (): boolean => false
  isDestroyed = (): boolean => !windows.includes(this)
  getNormalBounds() {
    const { x = 40, y = 30, width, height } = this.options
    return { x, y, width, height }
  }
  leave(): void {
    if (windows.splice(windows.indexOf(this), 1).length === 0) return
    this.emit('close', preventable())
    this.emit('closed')
  }
}

export const ipcMain = new EventEmitter()
export const powerMonitor = new EventEmitter()
export const powerSaveBlocker = {
  start: (kind: string): number => (called('powerSaveBlocker.start', kind), 7),
  stop: (id: number): void => called('powerSaveBlocker.stop', id),
}
export const dialog = {
  showErrorBox: (_title: string, text: string): void => called('dialog.showErrorBox', text),
}
export const Menu = {
  buildFromTemplate: (template: unknown): unknown => template,
  setApplicationMenu: (menu: unknown): void => called('Menu.setApplicationMenu', menu),
}
export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
}
const noted = (what: string) => (): void => called(what)
export const session = {
  defaultSession: Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: noted('setPermissionRequestHandler'),
    setPermissionCheckHandler: noted('setPermissionCheckHandler'),
    setDevicePermissionHandler: noted('setDevicePermissionHandler'),
  }),
}

/** What the page and the person do reaches the app as Electron would have it. */
const arrive: { readonly [T in ToApp['type']]: (message: Extract<ToApp, { type: T }>) => void } = {
  request: ({ id, method, url }) => void answer(id, method, url),
  ipc({ channel, args }) {
    const sender = windows[0]?.webContents
    ipcMain.emit(channel, { sender, senderFrame: { url: sender?.url, parent: null } }, ...args)
  },
  port: ({ id, message }) => ports.get(id)?.receive(message),
  'ports-closed'() {
    for (const port of ports.values()) port.emit('close')
    ports.clear()
  },
  navigated({ url }) {
    if (windows[0] !== undefined) windows[0].webContents.url = url
  },
  'close-window'() {
    windows[0]?.leave()
    app.emit('window-all-closed')
  },
  'launched-again': () => void app.emit('second-instance'),
}
process.on('message', (message: ToApp) => arrive[message.type](message as never))
