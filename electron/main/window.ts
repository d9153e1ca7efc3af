import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import { WINDOW_URL } from './window-origin.ts'
import { stateOf, writeWindowState } from './window-state.ts'
import type { WindowState } from './window-state.ts'

/** Wide enough for the curve and the knobs side by side. */
const DEFAULT_SIZE = { width: 1280, height: 800 }

/** How the window is made: a sandboxed page that has nothing of Node and one preload. */
export const windowOptions = (
  state: WindowState,
  preload: string,
): BrowserWindowConstructorOptions => ({
  ...DEFAULT_SIZE,
  ...(state.bounds ?? {}),
  minWidth: 640,
  minHeight: 480,
  show: false, // until there is something to see
  title: 'Panda',
  webPreferences: {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false, // would fetch dictionaries
    backgroundThrottling: false, // it watches from a second monitor, often covered
  },
})

/** At most one reload in this time: a page that crashes at once would otherwise do so for ever. */
const RELOAD_PAUSE_MS = 10_000

/** Shows the window where it was left, and remembers where it is left next. */
export async function openWindow(
  window: BrowserWindow,
  state: WindowState,
  stateFile: string,
  now: () => number,
): Promise<void> {
  let reloadedAt = Number.NEGATIVE_INFINITY
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize()
    window.show()
  })
  window.on('close', () => remember(window, stateFile))
  // Training goes on without its page: bring the page back, once.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || now() - reloadedAt < RELOAD_PAUSE_MS) return
    reloadedAt = now()
    window.webContents.reload()
  })
  await window.loadURL(WINDOW_URL + state.hash)
}

/** A disk that is full must not keep the window from closing. */
function remember(window: BrowserWindow, stateFile: string): void {
  try {
    writeWindowState(stateFile, stateOf(window))
  } catch (error) {
    console.error(`panda: the window's place could not be kept: ${String(error)}`)
  }
}
