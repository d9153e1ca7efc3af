import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../../../cli/serve/server.ts'
import type { RunningServer } from '../../../cli/serve/server.ts'
import {
  UPGRADE,
  makeRenderer,
  openSocket,
  request,
  sendRaw,
  silentHost,
  statusOf,
} from './fixture.ts'

const token = 'a-token-of-the-test'
const rendererDir = makeRenderer()
let server: RunningServer
let port: number

beforeAll(async () => {
  server = await startServer(silentHost(), { rendererDir, launchToken: token })
  port = Number(new URL(server.url).port)
})
afterAll(() => server.close())

const bearer = { Authorization: `Bearer ${token}` }
const host = () => `127.0.0.1:${port}`
const ask = async (headers: Record<string, string>, target = '/', method = 'GET') =>
  sendRaw(port, request(headers, target, method))

describe('who is let in', () => {
  test('the token in the address becomes a strict cookie, and the address loses it', async () => {
    const answer = await ask({ Host: host() }, `/?token=${token}`)

    expect(statusOf(answer)).toBe(303)
    expect(answer).toMatch(/\r\nLocation: \/\r\n/)
    expect(answer).toMatch(
      new RegExp(`\r\nSet-Cookie: panda-${port}=${token}; Path=/; HttpOnly; SameSite=Strict\r\n`),
    )
  })

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])(
    'the cookie opens the window under %s',
    async (name) => {
      const answer = await ask({ Host: `${name}:${port}`, Cookie: `panda-${port}=${token}` })

      expect(statusOf(answer)).toBe(200)
      expect(answer).toContain('<title>Panda</title>')
    },
  )

  test('without the token there is a page that says what to do', async () => {
    const answer = await ask({ Host: host() })

    expect(statusOf(answer)).toBe(401)
    expect(answer).toContain('panda serve')
    expect(answer).not.toContain(token)
  })

  test.each(['', 'b', `${token}x`, token.slice(1), '%', `${token}%00`])(
    'a wrong token (%j) is refused in address, cookie and header',
    async (wrong) => {
      const asked = [
        await ask({ Host: host() }, `/?token=${wrong}`),
        await ask({ Host: host(), Cookie: `panda-${port}=${wrong}` }),
        await ask({ Host: host(), Authorization: `Bearer ${wrong}` }),
      ]

      expect(asked.map(statusOf)).toEqual([401, 401, 401])
    },
  )

  test("another port's cookie opens nothing", async () => {
    const answer = await ask({ Host: host(), Cookie: `panda-${port + 1}=${token}; panda=${token}` })

    expect(statusOf(answer)).toBe(401)
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused', async (method) => {
    const answer = await ask({ Host: host(), ...bearer, 'Content-Length': '0' }, '/', method)

    expect(statusOf(answer)).toBe(405)
    expect(answer).not.toMatch(/Access-Control/i)
  })
})

describe('where a request may come from', () => {
  const foreignHosts = () => [
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
    `127.0.0.1.evil.example:${port}`,
    `0.0.0.0:${port}`,
    `127.0.0.2:${port}`,
  ]

  test('a name rebound to this machine is refused, token or not', async () => {
    for (const name of foreignHosts()) {
      expect(statusOf(await ask({ Host: name, ...bearer })), name).toBe(403)
      expect(await openSocket(port, { Host: name, ...bearer }), name).toBe(403)
    }
  })

  test('another site can neither read pages nor open a connection, even with the cookie', async () => {
    const cookie = { Cookie: `panda-${port}=${token}` }
    const origins = ['null', 'https://evil.example', `http://127.0.0.1:${port + 1}`]
    for (const origin of [...origins, `https://127.0.0.1:${port}`, `http://localhost:${port}`]) {
      expect(statusOf(await ask({ Host: host(), Origin: origin, ...cookie })), origin).toBe(403)
      expect(await openSocket(port, { Origin: origin, ...cookie }), origin).toBe(403)
    }
  })

  test('a page on another port of this machine cannot load ours as its own', async () => {
    const cookie = { Host: host(), Cookie: `panda-${port}=${token}` }
    const asked = { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' }

    expect(statusOf(await ask({ ...cookie, ...asked }, '/assets/main.js'))).toBe(403)
    expect(statusOf(await ask({ ...cookie, ...asked, 'Sec-Fetch-Mode': 'navigate' }))).toBe(200)
  })

  test('a program without an Origin needs the token in its header, not in a cookie', async () => {
    expect(await openSocket(port, { Cookie: `panda-${port}=${token}` })).toBe(403)
    const socket = await openSocket(port, bearer)

    expect(socket).toBeTypeOf('object')
    if (typeof socket === 'object') socket.terminate()
  })

  test('upgrades anywhere but at /ws, or to anything but a WebSocket, are refused', async () => {
    const to = (target: string, headers = {}) =>
      sendRaw(
        port,
        request({ Host: host(), ...bearer, ...UPGRADE, ...headers }, target).replace(
          'Connection: close',
          'Connection: Upgrade',
        ),
      )

    expect(statusOf(await to('/ws'))).toBe(101)
    expect(statusOf(await to('/other'))).toBe(404)
    expect(statusOf(await to('/ws', { Upgrade: 'h2c' }))).toBe(400)
    expect(statusOf(await to('/ws', { 'Sec-WebSocket-Version': 'x' }))).toBe(400)
  })
})

describe('malformed requests', () => {
  test.each(['[::1', 'a b', '%', '', 'localhost:99999', '127.0.0.1:', 'a@b', '[', 'é', '::1'])(
    'the Host %j is answered with 400',
    async (name) => {
      const asked = request({ Host: name, ...bearer }, '/')
      expect(statusOf(await sendRaw(port, Buffer.from(asked, 'latin1')))).toBe(400)
    },
  )

  test('two Hosts, a Host-less request and a full address as target are answered with 400', async () => {
    const twice = request({ Host: host(), HOST: 'evil.example', ...bearer })
    const absolute = request({ Host: host(), ...bearer }, 'http://evil.example/')

    expect(statusOf(await sendRaw(port, twice))).toBe(400)
    expect(statusOf(await sendRaw(port, 'GET / HTTP/1.0\r\n\r\n'))).toBe(400)
    expect(statusOf(await sendRaw(port, absolute))).toBe(400)
  })

  test('no Host but our own ever gets in, whatever it is', async () => {
    const text = fc
      .string({ unit: 'binary-ascii', maxLength: 40 })
      .map((name) => name.replaceAll(/[\r\n]/g, ''))
    const near = fc
      .tuple(fc.constantFrom('127.0.0.1', 'localhost', '[::1]', 'evil.example', ''), text)
      .map(([name, rest]) => `${name}:${rest}`)
    const own = new Set(['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`))
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, near), async (name) => {
        fc.pre(!own.has(name.trim().toLowerCase()))
        const answer = await sendRaw(port, request({ Host: name, ...bearer }))
        expect([400, 403]).toContain(statusOf(answer))
      }),
      { numRuns: 150 },
    )
    expect(statusOf(await ask({ Host: host(), ...bearer }))).toBe(200)
  })

  test('random bytes are answered with 400 or hung up on, and the server goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        const answer = await sendRaw(port, Buffer.concat([bytes, Buffer.from('\r\n\r\n\r\n')]))
        expect(answer === '' || statusOf(answer) === 400).toBe(true)
      }),
      { numRuns: 100 },
    )
    expect(statusOf(await ask({ Host: host(), ...bearer }))).toBe(200)
  })
})

describe('what is served', () => {
  test('files come with their type and the headers that fence them in', async () => {
    const answer = await ask({ Host: host(), ...bearer }, '/assets/main.js?v=1')

    expect(answer).toContain('Content-Type: text/javascript; charset=utf-8')
    expect(answer).toContain('X-Content-Type-Options: nosniff')
    expect(answer).toContain('Referrer-Policy: no-referrer')
    expect(answer).toMatch(/Content-Security-Policy: default-src 'none';.*frame-ancestors 'none'/)
    expect(answer).not.toMatch(/Access-Control/i)
  })

  test('HEAD tells about a file without sending it', async () => {
    const answer = await ask({ Host: host(), ...bearer }, '/favicon.svg', 'HEAD')

    expect(statusOf(answer)).toBe(200)
    expect(answer).not.toContain('<svg')
  })

  test.each([
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/assets/../../secret.html',
    '/..%5csecret.html',
    '//secret.html',
    '/notes.sh',
    '/assets',
    '/index.html%00',
  ])('%s is not there', async (target) => {
    const answer = await ask({ Host: host(), ...bearer }, target)

    expect(statusOf(answer)).toBe(404)
    expect(answer).not.toContain('SECRET')
  })

  test('no path leads out of the folder', async () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      'secret.html',
      'notes.sh',
      '%2f',
      '\\',
      'renderer',
      '',
    )
    const paths = fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`)
    await fc.assert(
      fc.asyncProperty(paths, async (target) => {
        const answer = await ask({ Host: host(), ...bearer }, target)
        expect([200, 404]).toContain(statusOf(answer))
        expect(answer).not.toContain('SECRET')
      }),
      { numRuns: 150 },
    )
  })
})
