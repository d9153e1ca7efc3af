import type { App, Session, WebContents } from 'electron'
import { isWindowUrl } from './window-origin.ts'

/** All that the window may ask of the system: to tell news, and to copy what it shows. */
const ALLOWED: ReadonlySet<string> = new Set(['notifications', 'clipboard-sanitized-write'])

/** Denies whatever the window never needs, so that nothing it shows can ask for it either. */
export function fenceSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(ALLOWED.has(permission) && isWindowUrl(contents.getURL())),
  )
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => ALLOWED.has(permission) && isWindowUrl(origin),
  )
  session.setDevicePermissionHandler(() => false)
  // A picture or a table that the window made itself: the system asks where to save it.
  session.on('will-download', (event, item) => {
    const [, maker = ''] = /^blob:(.*)$/.exec(item.getURL()) ?? []
    if (!isWindowUrl(maker)) event.preventDefault()
  })
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
