import { expect, test } from 'vitest'
import { PandaError } from '../../core/errors.ts'
import { openLink } from '../../renderer/link/link.ts'
import type { Dial } from '../../renderer/link/link.ts'
import { RUN_PAGES, addressOf, parseRoute } from '../../renderer/shell/routing.ts'
import { freeName } from '../../renderer/stores/runs.ts'
import { FakeHost } from './fake-host.ts'

/** Dials a fake host; `hangUp` drops the line as a dying socket would. */
function telephone(host: FakeHost) {
  let hangUp = () => {}
  let isDead = false
  const dial: Dial = async (dropped) => {
    if (isDead) throw new Error('nobody answers')
    const { channel, drop } = host.connect()
    hangUp = () => {
      drop()
      dropped('gone')
    }
    return channel
  }
  return { dial, hangUp: () => hangUp(), setDead: (dead: boolean) => (isDead = dead) }
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve))

test('a call made before the connection stands is answered once it does', async () => {
  const host = new FakeHost()
  host.add('digits')
  const link = openLink(telephone(host).dial)
  expect(link.status.value).toBe('connecting')

  const runs = await link.call('runs:list')

  expect(runs.map(({ run }) => run)).toEqual(['digits'])
  expect(link.status.value).toBe('connected')
})

test('a dropped connection is dialled again, and listeners stay', async () => {
  const host = new FakeHost()
  const line = telephone(host)
  const link = openLink(line.dial, turn)
  await link.call('runs:list')
  const heard: string[] = []
  link.on('runs:changed', () => heard.push('changed'))
  link.onReconnected(() => heard.push('reconnected'))

  line.setDead(true)
  line.hangUp()
  expect(link.status.value).toBe('lost')
  const refused = await link.call('runs:list').catch((error: unknown) => error)
  line.setDead(false)
  await expect.poll(() => link.status.value).toBe('connected')
  host.add('digits')
  await expect.poll(() => heard).toEqual(['reconnected', 'changed'])

  expect(refused).toBeInstanceOf(PandaError)
  expect(refused).toMatchObject({ code: 'protocol/disconnected' })
})

test('an address names its view, and a broken one is home', () => {
  for (const page of RUN_PAGES) {
    const route = { view: 'run', run: 'my run, α', page } as const
    expect(parseRoute(addressOf(route))).toEqual(route)
  }
  for (const view of ['home', 'new', 'settings'] as const) {
    expect(parseRoute(addressOf({ view }))).toEqual({ view })
  }
  expect(parseRoute('#/run/digits/nonsense')).toEqual({ view: 'home' })
  expect(parseRoute('#/run/%E0%A4%A')).toEqual({ view: 'home' })
  expect(parseRoute('')).toEqual({ view: 'home' })
})

test('a new run on the digits takes the first free name', () => {
  expect(freeName('digits', [])).toBe('digits')
  expect(freeName('digits', ['digits', 'digits-2'])).toBe('digits-3')
})
