import { contextBridge, ipcRenderer } from 'electron'
import { FOCUS_CHANNEL, PORT_CHANNEL, REQUEST_CHANNEL, SHOW_FILE_CHANNEL } from '../channels.ts'

/** Ports can't cross the context bridge: they reach the page as a message of its own window. */
ipcRenderer.on(PORT_CHANNEL, (event) => {
  window.postMessage(PORT_CHANNEL, window.location.origin, event.ports)
})

contextBridge.exposeInMainWorld('panda', {
  platform: process.platform,
  requestPort: (): void => ipcRenderer.send(REQUEST_CHANNEL),
  showFile: (file: string): void => ipcRenderer.send(SHOW_FILE_CHANNEL, file),
  focusWindow: (): void => ipcRenderer.send(FOCUS_CHANNEL),
})
