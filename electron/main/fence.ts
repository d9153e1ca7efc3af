import type { App, Session, WebContents } from 'electron'
import { isWindowUrl } from './window-origin.ts'

/** Denies whatever the window never needs, so that nothing it shows can ask for it either. */
export function fenceSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
}

/** Keeps every page of the app, present and future, on the window's own address. */
export function fenceContents(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.on('will-navigate', (event) => keepInside(event))
    contents.on('will-frame-navigate', (event) => keepInside(event))
    contents.on('will-redirect', (event) => keepInside(event))
  })
}

interface Navigation {
  readonly url: string
  preventDefault(): void
}

function keepInside(event: Navigation): void {
  if (!isWindowUrl(event.url)) event.preventDefault()
}
