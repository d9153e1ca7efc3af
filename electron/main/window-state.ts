import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { BrowserWindow, Rectangle } from 'electron'
import { z } from 'zod'

/** Where the window was and what it showed, as kept from one launch to the next. */
export interface WindowState {
  /** Null: where the system puts it. */
  readonly bounds: Rectangle | null
  readonly maximized: boolean
  /** The view, as the address's fragment: `#/run/digits`. Empty: home. */
  readonly hash: string
}

const FIRST_LAUNCH: WindowState = { bounds: null, maximized: false, hash: '' }

const pixels = z.int().min(-100_000).max(100_000)
const hash = z
  .string()
  .regex(/^(#\/[^\s]*)?$/)
  .max(5000)
const windowState = z.object({
  bounds: z
    .object({ x: pixels, y: pixels, width: pixels.min(200), height: pixels.min(150) })
    .nullable(),
  maximized: z.boolean(),
  hash,
})

/** What was kept, as far as it still makes sense: a screen that has gone takes its windows along. */
export function readWindowState(file: string, screens: readonly Rectangle[]): WindowState {
  let kept: WindowState
  try {
    kept = windowState.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return FIRST_LAUNCH // absent at first; of no worth if broken
  }
  const { bounds } = kept
  const isVisible = bounds !== null && screens.some((screen) => overlap(bounds, screen))
  return { ...kept, bounds: isVisible ? bounds : null }
}

/** Renamed into place, so that a crash leaves the old state or the new one. */
export function writeWindowState(file: string, state: WindowState): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.new`
  writeFileSync(draft, `${JSON.stringify(state)}\n`)
  renameSync(draft, file)
}

type Watched = Pick<BrowserWindow, 'getNormalBounds' | 'isMaximized'> & {
  readonly webContents: { getURL(): string }
}

export function stateOf(window: Watched): WindowState {
  const shown = hash.safeParse(URL.parse(window.webContents.getURL())?.hash ?? '')
  return {
    bounds: window.getNormalBounds(),
    maximized: window.isMaximized(),
    hash: shown.success ? shown.data : '',
  }
}

/** Enough of the title bar on a screen to be caught with the mouse. */
const GRIP = 50

const overlap = (window: Rectangle, screen: Rectangle): boolean =>
  window.x + window.width - GRIP > screen.x &&
  window.x + GRIP < screen.x + screen.width &&
  window.y + GRIP > screen.y &&
  window.y + GRIP < screen.y + screen.height
