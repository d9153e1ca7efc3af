import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { stayAwakeWhileTraining } from '../../electron/main/awake.ts'
import { fenceContents, fenceSession } from '../../electron/main/fence.ts'
import { saveBeforeLeaving } from '../../electron/main/leave.ts'
import { menuTemplate } from '../../electron/main/menu.ts'
import { servePorts } from '../../electron/main/ports.ts'
import { answerWindow } from '../../electron/main/window-files.ts'
import { isTrustedFrame, isWindowUrl } from '../../electron/main/window-origin.ts'
import { windowOptions } from '../../electron/main/window.ts'
import { connectChannel } from '../../core/protocol/channel.ts'
import type { RunState } from '../../core/protocol/run.ts'
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
  const answer = answerWindow(new Map([['/', page]]))

  test('the built files, under a strict policy', async () => {
    const response = answer({ method: 'GET', url: 'panda://window/?x#/run/d' })

    expect(await response.text()).toContain('Panda')
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('nothing else', () => {
    const statusOf = (method: string, url: string) => answer({ method, url }).status

    expect(statusOf('GET', 'panda://window/../../etc/passwd')).toBe(404)
    expect(statusOf('GET', 'panda://other/')).toBe(404)
    expect(statusOf('POST', 'panda://window/')).toBe(405)
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

  test('no permissions, devices or downloads', () => {
    const session = Object.assign(new EventEmitter(), {
      setPermissionRequestHandler: vi.fn(),
      setPermissionCheckHandler: vi.fn(),
      setDevicePermissionHandler: vi.fn(),
    })
    fenceSession(session as never)
    const [answered, download] = [vi.fn(), event()]
    session.setPermissionRequestHandler.mock.calls[0]?.[0](null, 'notifications', answered)
    session.emit('will-download', download)

    expect(answered).toHaveBeenCalledWith(false)
    expect(session.setPermissionCheckHandler.mock.calls[0]?.[0]()).toBe(false)
    expect(session.setDevicePermissionHandler.mock.calls[0]?.[0]()).toBe(false)
    expect(download.preventDefault).toHaveBeenCalledOnce()
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

test('the menu is made of roles, and always has a way to quit', () => {
  const roles = (platform: NodeJS.Platform) => JSON.stringify(menuTemplate(platform))

  expect(roles('linux')).toContain('"role":"quit"')
  expect(roles('darwin')).toContain('"role":"appMenu"')
  expect(roles('win32')).toContain('"role":"copy"')
})
