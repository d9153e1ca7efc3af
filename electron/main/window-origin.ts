import type { WebFrameMain } from 'electron'

/** The window's own address. A scheme of ours: a page from `file:` could read other files. */
export const WINDOW_SCHEME = 'panda'
const WINDOW_HOST = 'window'
export const WINDOW_URL = `${WINDOW_SCHEME}://${WINDOW_HOST}/`

export function isWindowUrl(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed?.protocol === `${WINDOW_SCHEME}:` && parsed.host === WINDOW_HOST
}

/** Only the window's own top frame may speak to the host. A frame that has gone is null. */
export const isTrustedFrame = (frame: Pick<WebFrameMain, 'url' | 'parent'> | null): boolean =>
  frame !== null && frame.parent === null && isWindowUrl(frame.url)
