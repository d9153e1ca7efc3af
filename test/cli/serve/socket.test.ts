import { once } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { startServer } from '../../../cli/serve/server.ts'
import type { RunningServer } from '../../../cli/serve/server.ts'
import type { RunEvent } from '../../../core/protocol/run.ts'
import { wordsOf } from '../../../core/protocol/study.ts'
import type { StudyWord, TrialEvent, TrialSummary } from '../../../core/protocol/study.ts'
import { MAX_REQUEST_BYTES, encodeMessage } from '../../../core/protocol/wire.ts'
import { clientOver, makeRenderer, openSocket, silentHost } from './fixture.ts'

const token = 'a-token-of-the-test'
const rendererDir = makeRenderer()
let host: ReturnType<typeof silentHost>
let server: RunningServer
let port: number

beforeEach(async () => {
  host = silentHost()
  server = await startServer(host, { rendererDir, launchToken: token })
  port = Number(new URL(server.url).port)
})
afterEach(() => server.close())

async function open(): Promise<WebSocket> {
  const socket = await openSocket(port, {
    Origin: `http://127.0.0.1:${port}`,
    Cookie: `panda-${port}=${token}`,
  })
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
  return socket
}

const metrics = (costs: Float32Array): RunEvent => ({
  branch: 'b1',
  step: costs.length,
  type: 'metrics',
  firstStep: 1,
  costs,
  epoch: 0,
  day: 1,
  stepsPerSecond: 1,
  readings: {},
  trainedMs: 0,
  dayTrainedMs: 0,
  memoryBytes: null,
})

describe('the protocol over a WebSocket', () => {
  test('calls are answered and feeds arrive', async () => {
    const client = clientOver(await open())
    const heard = new Promise((resolve) => client.on('run:event', resolve))

    expect(await client.call('runs:list')).toEqual([])
    host.say('run:event', { run: 'd', event: metrics(Float32Array.of(2.3, Number.NaN)) })

    expect(await heard).toMatchObject({ event: { costs: Float32Array.of(2.3, Number.NaN) } })
  })

  test('a text frame is refused with 1003', async () => {
    const socket = await open()
    socket.send('{"t":"q"}')
    expect((await once(socket, 'close'))[0]).toBe(1003)
  })

  test('a message over the limit is refused with 1009', async () => {
    const socket = await open()
    socket.send(new Uint8Array(MAX_REQUEST_BYTES + 1))
    expect((await once(socket, 'close'))[0]).toBe(1009)
  })

  test.each([
    ['nothing', null],
    ['a number', 7],
    ['a reply', { t: 's', i: 'x', r: 1 }],
    ["a method of every object's", { t: 'q', m: 'constructor', i: 'x', a: [] }],
    ['a method of the rpc library', { t: 'q', m: '$close', i: 'x', a: [] }],
    ['arguments that are no list', { t: 'q', m: 'call', i: 'x', a: 'runs:list' }],
  ])('%s instead of a request is refused with 1007', async (_what, message) => {
    const socket = await open()
    socket.send(encodeMessage(message))
    expect((await once(socket, 'close'))[0]).toBe(1007)
  })

  test('random bytes close the connection or are refused by name, and the server goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        const socket = await open()
        socket.send(bytes)
        expect((await once(socket, 'close'))[0]).toBe(1007)
      }),
      { numRuns: 60 },
    )
    expect(await clientOver(await open()).call('runs:list')).toEqual([])
  })

  test('a client that does not read misses live costs and nothing else', async () => {
    const slow = await open()
    const client = clientOver(slow)
    await client.call('runs:list')
    const heard: string[] = []
    client.on('run:event', ({ event }) => heard.push(event.type))
    const note = { id: 1, at: 0, branch: 'b1', step: 1, kind: 'note', text: 'after all' } as const
    slow.pause()

    const costs = new Float32Array(1 << 18)
    for (let i = 0; i < 60; i++) host.say('run:event', { run: 'd', event: metrics(costs) })
    host.say('run:event', {
      run: 'd',
      event: { branch: 'b1', step: 1, type: 'journaled', entry: note },
    })
    slow.resume()

    await expect.poll(() => heard.at(-1)).toBe('journaled')
    expect(heard.filter((type) => type === 'metrics').length).toBeLessThan(60)
  })

  test('a client that does not read misses costs of trials, and hears how the study goes', async () => {
    const slow = await open()
    const client = clientOver(slow)
    await client.call('runs:list')
    const heard: string[] = []
    client.on('study:event', ({ event }) => heard.push(event.type))
    slow.pause()

    const step = new Float64Array(1 << 16)
    const event = { type: 'metrics', trial: 1, step, min: step, max: step, mean: step } as const
    for (let i = 0; i < 60; i++) host.say('study:event', { study: 's', event })
    host.say('study:event', { study: 's', event: { type: 'study-state', state: 'done' } })
    slow.resume()

    await expect.poll(() => heard.at(-1)).toBe('study-state')
    expect(heard.filter((type) => type === 'metrics').length).toBeLessThan(60)
  })

  test('a client that does not read misses how far trials are that run on, and no trial that ends', async () => {
    const slow = await open()
    const client = clientOver(slow)
    await client.call('runs:list')
    const heard: StudyWord[][] = []
    client.on('study:event', ({ event }) => heard.push([...wordsOf(event)]))
    slow.pause()

    const step = new Float64Array(1 << 16)
    const costs = { type: 'metrics', trial: 1, step, min: step, max: step, mean: step } as const
    const stands = (state: TrialSummary['state']) =>
      ({ type: 'trial-changed', trial: { trial: 1, state } as TrialSummary }) as const
    const figures = [costs, stands('running')]
    const say = (events: readonly TrialEvent[]) =>
      host.say('study:event', { study: 's', event: { type: 'together', events } })
    for (let i = 0; i < 60; i++) say(figures)
    say([{ type: 'evaluated', trial: 1, step: 9, devCost: 1, devAccuracy: null }])
    say([costs, stands('done')])
    slow.resume()

    await expect.poll(() => heard.at(-1)?.at(-1)).toMatchObject({ trial: { state: 'done' } })
    expect(heard.at(-2)).toMatchObject([{ type: 'evaluated', step: 9 }])
    expect(heard.length).toBeLessThan(60)
  })

  test('a client that leaves is no longer listened for', async () => {
    const socket = await open()
    await expect.poll(() => host.listeners()).toBeGreaterThan(0)
    socket.close()
    await expect.poll(() => host.listeners()).toBe(0)
  })
})

describe('a launch', () => {
  test('closing says goodbye to clients and frees the port', async () => {
    const socket = await open()
    const gone = once(socket, 'close')

    await server.close()

    expect((await gone)[0]).toBe(1001)
    server = await startServer(host, { rendererDir, port, launchToken: token })
    expect(new URL(server.url).port).toBe(String(port))
  })

  test('every launch has a new token of 256 bits', async () => {
    const tokens = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const launch = await startServer(host, { rendererDir })
      tokens.add(new URL(launch.url).searchParams.get('token') ?? '')
      await launch.close()
    }

    expect(tokens.size).toBe(3)
    for (const each of tokens) expect(Buffer.from(each, 'base64url')).toHaveLength(32)
  })

  test('a taken port is an error, not a crash', async () => {
    await expect(startServer(host, { rendererDir, port })).rejects.toThrow('EADDRINUSE')
  })

  test('a window that is not built is an error that names the folder', async () => {
    await expect(startServer(host, { rendererDir: `${rendererDir}/assets` })).rejects.toThrow(
      /not built.*assets/,
    )
  })
})
