import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import type { FromApp, ToApp } from './border.ts'
import { installPreload } from './page-side.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
/** Chromium knows nothing of the app's own scheme: its pages live here instead. */
const PAGE_ORIGIN = 'http://panda.localhost/'
const APP_ORIGIN = 'panda://window/'

const isGone = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EPIPE' || error.code === 'ERR_IPC_CHANNEL_CLOSED'

export interface RunningApp {
  /** What main did with Electron, in order. */
  readonly calls: readonly Extract<FromApp, { type: 'called' }>[]
  /** Resolves once the page that main asked for is open. */
  readonly ready: Promise<void>
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>
  send(message: ToApp): void
  signal(signal: NodeJS.Signals): void
}

/** Runs the built main process around the fake Electron, with `page` as its window. */
export function launchApp(page: Page, dataDir: string): RunningApp {
  const app = fork(path.join(ROOT, 'out/main/index.js'), {
    cwd: ROOT,
    serialization: 'advanced',
    execArgv: ['--import', path.join(import.meta.dirname, 'resolve-electron.mjs')],
    env: { ...process.env, PANDA_DATA_DIR: dataDir },
  })
  const send = (message: ToApp): void => {
    if (!app.connected) return
    app.send(message, (error) => {
      // It may end at any moment, and be found out only by writing to it: then nobody is there to hear.
      if (error && !isGone(error)) app.emit('error', error)
    })
  }
  const calls: Extract<FromApp, { type: 'called' }>[] = []
  const responses = new Map<number, (response: Extract<FromApp, { type: 'response' }>) => void>()
  let lastRequest = 0
  let inPage = Promise.resolve()
  let opened: (loading: Promise<void>) => void
  const ready = new Promise<void>((resolve) => (opened = resolve))

  /** One after the other: the page hears things in the order that main said them. */
  const deliver = (message: FromApp): void => {
    inPage = inPage
      .then(() => page.evaluate((given) => window.deliverFromMain?.(given), message))
      .catch(() => {}) // the page has gone, as a reader of a port may
  }

  async function load(url: string, preload: string): Promise<void> {
    await page.route(`${PAGE_ORIGIN}**`, async (route) => {
      const id = ++lastRequest
      const asked = route.request()
      const address = asked.url().replace(PAGE_ORIGIN, APP_ORIGIN)
      const answer = new Promise<Extract<FromApp, { type: 'response' }>>((resolve) =>
        responses.set(id, resolve),
      )
      send({ type: 'request', id, method: asked.method(), url: address })
      const { status, headers, body } = await answer
      await route.fulfill({ status, headers: { ...headers }, body: Buffer.from(body) })
    })
    await page.exposeFunction('tellMain', (message: ToApp) => send(message))
    const run = `function (require, process) {${readFileSync(preload, 'utf8')}\n}`
    await page.addInitScript({ content: `(${installPreload.toString()})(${run})` })
    page.on('framenavigated', (frame) => {
      const navigated = frame.url().replace(PAGE_ORIGIN, APP_ORIGIN)
      if (frame === page.mainFrame()) send({ type: 'navigated', url: navigated })
    })
    await page.goto(url.replace(APP_ORIGIN, PAGE_ORIGIN))
  }

  app.on('message', (message: FromApp) => {
    if (message.type === 'called') calls.push(message)
    else if (message.type === 'response') responses.get(message.id)?.(message)
    else if (message.type === 'load') opened(load(message.url, message.preload))
    else if (message.type === 'reload') void page.reload()
    else deliver(message)
  })
  // What it said last may be read only after it has ended.
  const exit = Promise.all([once(app, 'exit'), once(app, 'disconnect')]).then(
    ([[code, signal]]) => ({ code, signal }),
  )
  const endsFirst = exit.then(({ code }) => {
    throw new Error(`the app ended with ${code} before its window was open`)
  })
  return {
    calls,
    ready: Promise.race([ready, endsFirst]),
    exit,
    send,
    signal: (signal) => void app.kill(signal),
  }
}
