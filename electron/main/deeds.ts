import path from 'node:path'
import type { BrowserWindow, IpcMain, IpcMainEvent } from 'electron'
import { FOCUS_CHANNEL, SHOW_FILE_CHANNEL } from '../channels.ts'
import { isTrustedFrame } from './window-origin.ts'

type Asking = Pick<IpcMainEvent, 'senderFrame'>

interface Deeds {
  readonly showFile: (file: string) => void
  readonly focus: () => void
  /** Only what lies in it is shown. */
  readonly dataDir: string
}

/** The few things a page can ask of the desktop. Only our own page is answered. */
export function serveDeeds(ipc: Pick<IpcMain, 'on'>, { showFile, focus, dataDir }: Deeds): void {
  ipc.on(SHOW_FILE_CHANNEL, (event: Asking, file: unknown) => {
    if (!isTrustedFrame(event.senderFrame) || typeof file !== 'string') return
    const within = path.relative(dataDir, path.resolve(file))
    if (within === '' || within.split(path.sep)[0] === '..' || path.isAbsolute(within)) return
    showFile(path.resolve(file))
  })
  ipc.on(FOCUS_CHANNEL, (event: Asking) => {
    if (isTrustedFrame(event.senderFrame)) focus()
  })
}

/** A window that was closed saves and goes; there is nothing to bring back. */
export function bringToFront(
  window: Pick<BrowserWindow, 'isDestroyed' | 'isMinimized' | 'restore' | 'focus'>,
): void {
  if (window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.focus()
}
