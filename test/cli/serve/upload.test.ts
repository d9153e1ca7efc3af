import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../../../cli/serve/server.ts'
import type { RunningServer } from '../../../cli/serve/server.ts'
import { createUploads, removeOldUploads } from '../../../core/session/uploads.ts'
import { makeRenderer, request, sendRaw, silentHost, statusOf } from './fixture.ts'

const MOST_BYTES = 100_000
const token = 'a-token-of-the-test'
const folder = mkdtempSync(path.join(tmpdir(), 'panda-upload-'))
const uploadsDir = path.join(folder, 'uploads')
let server: RunningServer
let port: number
let origin: string

beforeAll(async () => {
  const host = { ...silentHost(), uploads: createUploads(uploadsDir, MOST_BYTES) }
  server = await startServer(host, { rendererDir: makeRenderer(), launchToken: token })
  port = Number(new URL(server.url).port)
  origin = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** As our own page sends it, unless the headers say otherwise. */
function send(
  name: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = {},
) {
  const own = { Origin: origin, Cookie: `panda-${port}=${token}` }
  const target = `${origin}/upload?name=${encodeURIComponent(name)}`
  return fetch(target, { method: 'POST', headers: { ...own, ...headers }, body })
}

const kept = () => (existsSync(uploadsDir) ? readdirSync(uploadsDir) : [])

describe('a file that a window sends', () => {
  test('lies whole under its own name, with its hash told', async () => {
    const bytes = Uint8Array.from({ length: MOST_BYTES }, (_, i) => (i * 7) % 251)

    const response = await send('Zwei Monde.csv', bytes)

    const { path: file, ...rest } = (await response.json()) as Answer
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(response.status).toBe(200)
    expect(rest).toEqual({ bytes: MOST_BYTES, sha256 })
    expect(path.basename(file)).toBe('Zwei Monde.csv')
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  test('never takes the place of another of the same name', async () => {
    const first = (await (await send('a.csv', 'first')).json()) as Answer
    const second = (await (await send('a.csv', 'second')).json()) as Answer

    expect(second.path).not.toBe(first.path)
    expect(readFileSync(first.path, 'utf8')).toBe('first')
  })

  test.each([
    '../../../etc/passwd',
    '..',
    '.',
    '',
    '/etc/passwd',
    '..\\..\\windows\\system.ini',
    'C:\\evil.csv',
    'a\u0000b.csv',
    `${'../'.repeat(60)}x.csv`,
    '你'.repeat(200),
    '😀'.repeat(79) + '.csv',
  ])('stays in its folder whatever it is called: %j', async (name) => {
    const response = await send(name, 'x')

    const { path: file } = (await response.json()) as Answer
    const parts = path.relative(uploadsDir, file).split(path.sep)
    expect(parts).toHaveLength(2)
    expect(parts).not.toContain('..')
    expect(readFileSync(file, 'utf8')).toBe('x')
  })

  test('comes from a program that has the key, too', async () => {
    const headers = { Authorization: `Bearer ${token}` }

    const response = await fetch(`${origin}/upload?name=a.csv`, {
      method: 'POST',
      headers,
      body: 'x,y\n',
    })

    expect(response.status).toBe(200)
  })
})

describe('refused, with nothing kept', () => {
  test.each([
    ['another site', { Origin: 'https://evil.example' }, 403],
    ['another port of this machine', { Origin: 'http://127.0.0.1:1' }, 403],
    ['a page without an address', { Origin: 'null' }, 403],
    ['who has no key', { Cookie: '' }, 401],
    ['who has a wrong key', { Cookie: 'panda=x', Authorization: 'Bearer wrong' }, 401],
  ])('%s', async (_, headers, status) => {
    const before = kept()

    const response = await send('a.csv', 'x', headers)

    expect(response.status).toBe(status)
    expect(kept()).toEqual(before)
  })

  test('a cookie without an Origin, which no browser sends', async () => {
    const before = kept()
    const headers = { Host: `127.0.0.1:${port}`, Cookie: `panda-${port}=${token}` }

    const answer = await sendRaw(port, request(headers, '/upload?name=a.csv', 'POST'))

    expect(statusOf(answer)).toBe(403)
    expect(kept()).toEqual(before)
  })

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('%s', async (method) => {
    const headers = { Host: `127.0.0.1:${port}`, Cookie: `panda-${port}=${token}` }

    const answer = await sendRaw(port, request(headers, '/upload?name=a.csv', method))

    expect(statusOf(answer)).toBe(405)
    expect(answer).toMatch(/\r\nAllow: POST\r\n/)
  })

  test('a file that is too large, before it is read', async () => {
    const before = kept()

    const response = await send('big.csv', new Uint8Array(MOST_BYTES + 1))

    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'data/unreadable' })
    expect(kept()).toEqual(before)
  })
})

/** Sends the head of an upload and some of its body, then cuts the line. */
function cutShort(lines: readonly string[], body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const head = [
      'POST /upload?name=cut.csv HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${token}`,
      ...lines,
    ]
    socket.on('close', () => resolve()).resume() // what is not read never ends
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.end())
  })
}

describe('an upload that breaks', () => {
  test('leaves nothing', async () => {
    const before = kept()

    await cutShort(['Content-Length: 1000'], 'x'.repeat(100))

    await expect.poll(kept).toEqual(before)
  })

  test('leaves nothing where it said no length and grew too large', async () => {
    const before = kept()
    const chunk = `${(MOST_BYTES + 1).toString(16)}\r\n${'x'.repeat(MOST_BYTES + 1)}\r\n`

    await cutShort(['Transfer-Encoding: chunked'], chunk)

    await expect.poll(kept).toEqual(before)
  })
})

describe('what was sent more than a week ago', () => {
  const DAY_MS = 24 * 3_600_000

  test('goes, unless a run needs it', async () => {
    const own = path.join(folder, 'old')
    const uploads = createUploads(own)
    const send1 = async () =>
      (await uploads.receive('a.csv', Readable.from([Buffer.from('x')]))).path
    const [needed, idle] = [await send1(), await send1()]
    const isNeeded = (dir: string) => needed.startsWith(dir)

    await removeOldUploads(own, isNeeded, Date.now() + 6 * DAY_MS)
    const atFirst = [needed, idle].map((file) => existsSync(file))
    await removeOldUploads(own, isNeeded, Date.now() + 8 * DAY_MS)

    expect(atFirst).toEqual([true, true])
    expect([needed, idle].map((file) => existsSync(path.dirname(file)))).toEqual([true, false])
  })

  test('is no matter where nothing was ever sent', async () => {
    const nowhere = path.join(folder, 'nowhere')

    await removeOldUploads(nowhere, () => false, Date.now())

    expect(existsSync(nowhere)).toBe(false)
  })
})
