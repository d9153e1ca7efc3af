import { EventEmitter } from 'node:events'
import path from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { FOCUS_CHANNEL, SHOW_FILE_CHANNEL } from '../../electron/channels.ts'
import { stayAwakeWhileTraining } from '../../electron/main/awake.ts'
import { serveDeeds } from '../../electron/main/deeds.ts'
import { fenceContents, fenceSession } from '../../electron/main/fence.ts'
import { saveBeforeLeaving } from '../../electron/main/leave.ts'
import { menuTemplate } from '../../electron/main/menu.ts'
import { servePorts } from '../../electron/main/ports.ts'
import { answerWindow } from '../../electron/main/window-files.ts'
import { isTrustedFrame, isWindowUrl } from '../../electron/main/window-origin.ts'
import { windowOptions } from '../../electron/main/window.ts'
import { PandaError } from '../../core/errors.ts'
import { connectChannel } from '../../core/protocol/channel.ts'
import type { RunState } from '../../core/protocol/run.ts'
import type { StudyState } from '../../core/protocol/study.ts'
import type { Uploads } from '../../core/session/uploads.ts'
import { silentHost } from '../cli/serve/fixture.ts'

const event = (url = '') => ({ url, preventDefault: vi.fn() })

describe('what the window may be', () => {
  test('a sandboxed page with nothing of Node', () => {
    const state = { bounds: null, maximized: false, hash: '' }
    const { webPreferences } = windowOptions(state, '/preload.cjs')

    expect(webPreferences).toMatchObject({
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
    })
    expect(webPreferences).not.toHaveProperty('enableBlinkFeatures')
  })

  test.each([
    ['panda://window/', true],
    ['panda://window/#/run/digits', true],
    ['panda://other/', false],
    ['panda://window.evil.example/', false],
    ['https://window/', false],
    ['file:///etc/passwd', false],
    ['about:blank', false],
    ['', false],
  ])('%j is the window: %s', (url, is) => {
    expect(isWindowUrl(url)).toBe(is)
    expect(isTrustedFrame({ url, parent: null })).toBe(is)
  })

  test('a frame inside the window, or one that has gone, is not trusted', () => {
    expect(isTrustedFrame({ url: 'panda://window/', parent: {} as never })).toBe(false)
    expect(isTrustedFrame(null)).toBe(false)
  })
})

describe('what the window may load', () => {
  const page = { type: 'text/html; charset=utf-8', bytes: Buffer.from('<title>Panda</title>') }
  const received: { name: string; text: string }[] = []
  const uploads: Uploads = {
    mostBytes: 20,
    async receive(name, body) {
      const parts: Uint8Array[] = []
      for await (const part of body) parts.push(part)
      const text = Buffer.concat(parts).toString()
      if (text === 'broken') throw new PandaError('data/unreadable', 'broken', 'Send it again.')
      received.push({ name, text })
      return { path: `/data/${name}`, bytes: text.length, sha256: 'abc' }
    },
  }
  const answer = answerWindow(new Map([['/', page]]), uploads)
  const send = (method: string, url: string, body?: string) =>
    answer(new Request(url, { method, ...(body !== undefined && { body }) }))

  test('the built files, under a strict policy', async () => {
    const response = await send('GET', 'panda://window/?x#/run/d')

    expect(await response.text()).toContain('Panda')
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['GET', 'panda://window/../../etc/passwd', 404],
    ['GET', 'panda://other/', 404],
    ['GET', 'panda://window/upload?name=a.csv', 404],
    ['POST', 'panda://window/', 405],
    ['PUT', 'panda://window/upload?name=a.csv', 405],
    ['POST', 'panda://other/upload?name=a.csv', 405],
  ])('nothing else: %s %s gets %i', async (method, url, status) => {
    const response = await send(method, url)

    expect(response.status).toBe(status)
    expect(received).toEqual([])
  })

  test('a file that the page sends goes to the host, which tells where it lies', async () => {
    const response = await send('POST', 'panda://window/upload?name=my%20moons.csv', 'x,y\n1,2\n')

    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ path: '/data/my moons.csv', bytes: 8, sha256: 'abc' })
    expect(received.splice(0)).toEqual([{ name: 'my moons.csv', text: 'x,y\n1,2\n' }])
  })

  test('a file that is too large is refused before it is read', async () => {
    const headers = { 'Content-Length': '21' }
    const body = 'x'.repeat(21)
    const request = new Request('panda://window/upload?name=a.csv', {
      method: 'POST',
      headers,
      body,
    })

    const response = await answer(request)

    expect(response.status).toBe(413)
    expect(received).toEqual([])
  })

  test('a file that could not be kept is answered with the error', async () => {
    const response = await send('POST', 'panda://window/upload?name=a.csv', 'broken')

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'data/unreadable' })
  })
})

describe('where the window may go', () => {
  const app = new EventEmitter()
  fenceContents(app as never)
  let answerOpen: (() => unknown) | null = null
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: () => unknown) => void (answerOpen = handler),
  })
  app.emit('web-contents-created', event(), contents)

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    '%s leads nowhere but to itself',
    (name) => {
      const [outside, inside] = [event('https://example.org/'), event('panda://window/')]
      contents.emit(name, outside)
      contents.emit(name, inside)

      expect(outside.preventDefault).toHaveBeenCalledOnce()
      expect(inside.preventDefault).not.toHaveBeenCalled()
    },
  )

  test('no new windows and no webviews', () => {
    const webview = event()
    contents.emit('will-attach-webview', webview)

    expect(answerOpen?.()).toEqual({ action: 'deny' })
    expect(webview.preventDefault).toHaveBeenCalledOnce()
  })

  function newFence() {
    const session = Object.assign(new EventEmitter(), {
      setPermissionRequestHandler: vi.fn(),
      setPermissionCheckHandler: vi.fn(),
      setDevicePermissionHandler: vi.fn(),
    })
    fenceSession(session as never)
    const mayAsk = (permission: string, url: string) => {
      let said: boolean | null = null
      const contents = { getURL: () => url }
      const answered = (allowed: boolean) => (said = allowed)
      session.setPermissionRequestHandler.mock.calls[0]?.[0](contents, permission, answered)
      return said as boolean | null
    }
    const mayUse = (permission: string, origin: string): boolean =>
      session.setPermissionCheckHandler.mock.calls[0]?.[0](null, permission, origin)
    return { session, mayAsk, mayUse }
  }

  test.each(['notifications', 'clipboard-sanitized-write'])(
    'our own page, and no other, has the permission %s',
    (permission) => {
      const { mayAsk, mayUse } = newFence()

      expect(mayAsk(permission, 'panda://window/#/run/d')).toBe(true)
      expect(mayUse(permission, 'panda://window/')).toBe(true)
      expect(mayAsk(permission, 'https://example.org/')).toBe(false)
      expect(mayUse(permission, 'https://example.org/')).toBe(false)
    },
  )

  test.each(['media', 'geolocation', 'clipboard-read', 'fullscreen', 'midi', 'display-capture'])(
    'nobody has the permission %s, nor any device',
    (permission) => {
      const { session, mayAsk, mayUse } = newFence()

      expect(mayAsk(permission, 'panda://window/')).toBe(false)
      expect(mayUse(permission, 'panda://window/')).toBe(false)
      expect(session.setDevicePermissionHandler.mock.calls[0]?.[0]()).toBe(false)
    },
  )

  test.each([
    ['blob:panda://window/5e0c', true],
    ['blob:https://example.org/5e0c', false],
    ['blob:panda://window.evil.example/5e0c', false],
    ['https://example.org/a.zip', false],
    ['data:text/plain,x', false],
  ])('a download of %s may be saved: %s', (url, may) => {
    const download = event()
    newFence().session.emit('will-download', download, { getURL: () => url })

    expect(download.preventDefault).toHaveBeenCalledTimes(may ? 0 : 1)
  })
})

describe('what the window may ask of the desktop', () => {
  const dataDir = path.resolve('/data')
  const ours = { url: 'panda://window/', parent: null }

  function ask(channel: string, senderFrame: unknown, ...args: readonly unknown[]) {
    const ipc = new EventEmitter()
    const [showFile, focus] = [vi.fn(), vi.fn()]
    serveDeeds(ipc as never, { showFile, focus, dataDir })
    ipc.emit(channel, { senderFrame }, ...args)
    return { showFile, focus }
  }

  test('a run is shown in its folder', () => {
    const file = path.join(dataDir, 'digits.panda')
    const { showFile } = ask(SHOW_FILE_CHANNEL, ours, file)

    expect(showFile.mock.calls).toEqual([[file]])
  })

  test.each([
    ['a file elsewhere', ours, path.resolve('/etc/passwd')],
    ['a way out of the folder', ours, path.join(dataDir, 'x') + '/../../etc/passwd'],
    ['a folder whose name begins alike', ours, `${dataDir}-other/x.panda`],
    ['the folder itself', ours, dataDir],
    ['what is no path', ours, { toString: () => path.join(dataDir, 'd.panda') }],
    ['a foreign page', { url: 'https://example.org/', parent: null }, '/data/d.panda'],
    ['a frame inside ours', { url: 'panda://window/', parent: {} }, '/data/d.panda'],
  ])('not shown: %s', (_, frame, file) => {
    expect(ask(SHOW_FILE_CHANNEL, frame, file).showFile).not.toHaveBeenCalled()
  })

  test('a file whose name begins with dots is still in the folder', () => {
    const file = path.join(dataDir, '..odd.panda')

    expect(ask(SHOW_FILE_CHANNEL, ours, file).showFile.mock.calls).toEqual([[file]])
  })

  test('a notification that is clicked brings the window to the front, for our own page only', () => {
    expect(ask(FOCUS_CHANNEL, ours).focus).toHaveBeenCalledOnce()
    expect(ask(FOCUS_CHANNEL, null).focus).not.toHaveBeenCalled()
  })
})

describe('a port to the host', () => {
  const channels: MessageChannel[] = []
  afterEach(() => {
    for (const { port1, port2 } of channels.splice(0))
      for (const port of [port1, port2]) port.close()
  })

  /** Node's own ports, made to look like Electron's. */
  function newChannel() {
    const channel = new MessageChannel()
    channels.push(channel)
    const port1 = Object.assign(new EventEmitter(), {
      postMessage: (message: unknown) => channel.port1.postMessage(message),
      start() {
        channel.port1.onmessage = ({ data }) => void port1.emit('message', { data })
      },
    })
    return { port1, port2: channel.port2 }
  }

  function ask(senderFrame: unknown) {
    const host = silentHost()
    const ipc = new EventEmitter()
    const sender = { postMessage: vi.fn() }
    servePorts(ipc as never, host, newChannel as never)
    ipc.emit('panda:request-port', { senderFrame, sender })
    return { host, posted: sender.postMessage.mock.calls[0] }
  }

  test('goes to our own page, and speaks the protocol', async () => {
    const { host, posted } = ask({ url: 'panda://window/', parent: null })
    expect(posted?.[0]).toBe('panda:port')
    const port = posted?.[2][0] as MessagePort
    const client = connectChannel({
      post: (message) => port.postMessage(message),
      onMessage: (listener) => (port.onmessage = ({ data }) => listener(data)),
    })
    const heard = new Promise((resolve) => client.on('runs:changed', resolve))

    expect(await client.call('runs:list')).toEqual([])
    host.say('runs:changed', {})
    expect(await heard).toEqual({})
  })

  test('does not go to any other page', () => {
    expect(ask({ url: 'https://example.org/', parent: null }).posted).toBeUndefined()
    expect(ask(null).posted).toBeUndefined()
  })
})

describe('leaving', () => {
  function leave(save: () => Promise<void>) {
    const quit = vi.fn(() => void app.emit('before-quit', event()))
    const app = Object.assign(new EventEmitter(), { quit, exit: vi.fn() })
    const tellFailure = vi.fn()
    saveBeforeLeaving(app as never, save, tellFailure)
    return { app, tellFailure }
  }

  test('waits until everything is saved, however often it is asked', async () => {
    let finish: () => void = () => {}
    const saved = new Promise<void>((resolve) => (finish = resolve))
    const save = vi.fn(() => saved)
    const { app } = leave(save)
    const asked = [event(), event()]
    for (const each of asked) app.emit('before-quit', each)

    for (const each of asked) expect(each.preventDefault).toHaveBeenCalledOnce()
    expect(app.quit).not.toHaveBeenCalled()
    finish()
    await expect.poll(() => app.quit.mock.calls.length).toBe(1)
    expect(save).toHaveBeenCalledOnce()
    const last = event()
    app.emit('before-quit', last)
    expect(last.preventDefault).not.toHaveBeenCalled()
  })

  test('says so and ends with an error if saving fails', async () => {
    const full = new Error('the disk is full')
    const { app, tellFailure } = leave(() => Promise.reject(full))
    app.emit('before-quit', event())

    await expect.poll(() => app.exit.mock.calls).toEqual([[1]])
    expect(tellFailure).toHaveBeenCalledWith(full)
  })
})

test('the machine stays awake while something trains, and no longer', () => {
  const host = silentHost()
  let isTraining = false
  const held = new Set<number>()
  const blocker = { start: () => (held.add(5), 5), stop: (id: number) => held.delete(id) }
  stayAwakeWhileTraining({ ...host, isTraining: () => isTraining }, blocker)
  const say = (state: RunState) => {
    isTraining = state.kind === 'running'
    host.say('run:event', { run: 'd', event: { branch: 'b1', step: 0, type: 'state', state } })
    return held.size
  }

  expect(say({ kind: 'preparing', what: 'data' })).toBe(0)
  expect(say({ kind: 'running' })).toBe(1)
  expect(say({ kind: 'running' })).toBe(1)
  expect(say({ kind: 'paused', reason: 'asked' })).toBe(0)
  expect(say({ kind: 'running' })).toBe(1)
})

test('the machine stays awake while a study is searched', () => {
  const host = silentHost()
  let isTraining = false
  const held = new Set<number>()
  const blocker = { start: () => (held.add(5), 5), stop: (id: number) => held.delete(id) }
  stayAwakeWhileTraining({ ...host, isTraining: () => isTraining }, blocker)
  const say = (state: StudyState) => {
    isTraining = state === 'running'
    host.say('study:event', { study: 's', event: { type: 'study-state', state } })
    return held.size
  }

  expect(say('running')).toBe(1)
  expect(say('paused')).toBe(0)
  expect(say('running')).toBe(1)
  expect(say('done')).toBe(0)
})

test('the menu is made of roles, and always has a way to quit', () => {
  const roles = (platform: NodeJS.Platform) => JSON.stringify(menuTemplate(platform))

  expect(roles('linux')).toContain('"role":"quit"')
  expect(roles('darwin')).toContain('"role":"appMenu"')
  expect(roles('win32')).toContain('"role":"copy"')
})
