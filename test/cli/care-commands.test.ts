import { describe, expect, test } from 'vitest'
import { PandaError } from '../../core/errors.ts'
import { DEFAULT_SETTINGS } from '../../core/protocol/settings.ts'
import type { SettingsChange, SettingsReply } from '../../core/protocol/settings.ts'
import { fakeHost, panda } from './fake-host.ts'

const place = { run: 'digits', file: '/runs/digits.panda' }

describe('panda copy', () => {
  test('makes a second panda as the run is now, or as it was on a day', async () => {
    const host = fakeHost({ 'run:duplicate': () => place })

    const now = await panda(['copy', 'd', 'digits'], host)
    const then = await panda(['copy', 'd', 'digits', '--from', 'b1:2', '--json'], host)

    expect(now.out).toContain('panda train digits')
    expect(then.json).toEqual(place)
    expect(host.calls.filter(([name]) => name !== 'close')).toEqual([
      ['run:duplicate', 'd', { name: 'digits' }],
      ['run:duplicate', 'd', { name: 'digits', target: 'b1:2' }],
    ])
  })

  test('refuses what names no day before it asks anybody', async () => {
    const host = fakeHost({})

    const { code, err } = await panda(['copy', 'd', 'digits', '--from', 'monday'], host)

    expect(code).toBe(2)
    expect(err).toContain('monday')
    expect(host.calls).toEqual([])
  })
})

describe('panda rename', () => {
  test('says what the run is called now', async () => {
    const host = fakeHost({ 'run:rename': () => place })

    const { out } = await panda(['rename', 'd', 'digits'], host)
    const { json } = await panda(['rename', 'd', 'digits', '--json'], host)

    expect(out).toContain('digits')
    expect(json).toEqual(place)
    expect(host.calls[0]).toEqual(['run:rename', 'd', 'digits'])
  })
})

describe('panda delete', () => {
  test('says where the run went', async () => {
    const host = fakeHost({ 'run:delete': () => place })

    const { out } = await panda(['delete', 'digits'], host)
    const { json } = await panda(['delete', 'digits', '--json'], host)

    expect(out).toBe('digits is in the trash.\n')
    expect(json).toEqual(place)
  })

  test('fails with what to do where there is no trash', async () => {
    const host = fakeHost({
      'run:delete': () => {
        throw new PandaError('session/no-trash', 'digits could not be moved', 'It is still there.')
      },
    })

    const { code, out, err } = await panda(['delete', 'digits'], host)

    expect([code, out]).toEqual([1, ''])
    expect(err).toBe('panda: digits could not be moved. It is still there.\n')
  })
})

describe('panda settings', () => {
  const reply: SettingsReply = {
    settings: DEFAULT_SETTINGS,
    dataDir: '/runs',
    cores: 8,
    version: '1.2.3',
  }
  const host = () => fakeHost({ 'settings:read': () => reply, 'settings:write': () => reply })

  test('lists every one of them, and where runs live', async () => {
    const { out } = await panda(['settings'], host())
    const { json } = await panda(['settings', '--json'], host())

    expect(out).toMatch(/^theme +system\nthreads +none\ncheckpoint_minutes +10\n/)
    expect(out).toMatch(/\nnotifications\.alert +true\n/)
    expect(out).toMatch(/\nruns live in +\/runs\n$/)
    expect(json).toEqual(reply)
  })

  test.each<[readonly string[], SettingsChange]>([
    [['theme=dark'], { theme: 'dark' }],
    [['threads=2', 'checkpoint_minutes=0.5'], { threads: 2, checkpoint_minutes: 0.5 }],
    [['threads=none'], { threads: null }],
    [
      ['notifications.desktop=on', 'notifications.day=off', 'notifications.alert=true'],
      { notifications: { desktop: true, day: false, alert: true } },
    ],
  ])('%j changes what it names, and nothing else', async (words, change) => {
    const used = host()

    const { code } = await panda(['settings', ...words], used)

    expect(code).toBe(0)
    expect(used.calls[0]).toEqual(['settings:write', change])
  })

  test.each([
    ['themes=dark'],
    ['theme'],
    ['theme=pink'],
    ['threads=0'],
    ['threads='],
    ['notifications=on'],
    ['notifications.noise=on'],
    ['theme=dark', 'threads=-1'],
  ])('%s changes nothing', async (...words) => {
    const used = host()

    const { code, err } = await panda(['settings', ...words], used)

    expect(code).toBe(2)
    expect(err).toMatch(/^panda: /)
    expect(used.calls).toEqual([])
  })
})
