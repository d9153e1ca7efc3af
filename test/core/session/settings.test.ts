import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../core/protocol/settings.ts'
import type { SettingsReply } from '../../../core/protocol/settings.ts'
import { SMALL, newBench } from './harness.ts'

test('settings hold for every host of a folder, and a change of some leaves the others', async () => {
  const bench = newBench()
  const { handlers } = bench.host
  const told: SettingsReply[] = []
  bench.host.on('settings:changed', (reply) => told.push(reply))

  const fresh = await handlers['settings:read']()
  await handlers['settings:write']({ theme: 'dark', notifications: { desktop: true } })
  const changed = await handlers['settings:write']({ threads: 2 })

  expect(fresh.settings).toEqual(DEFAULT_SETTINGS)
  expect(fresh.dataDir).toBe(bench.folder)
  expect(fresh.cores).toBeGreaterThan(0)
  expect(changed.settings).toEqual({
    ...DEFAULT_SETTINGS,
    theme: 'dark',
    threads: 2,
    notifications: { ...DEFAULT_SETTINGS.notifications, desktop: true },
  })
  expect(told.at(-1)).toEqual(changed)
  expect(await bench.another().host.handlers['settings:read']()).toEqual(changed)
  expect(readdirSync(bench.folder).toSorted()).toEqual(['rings.csv', 'settings.json'])
})

test.each([
  ['no JSON', '{ "theme": '],
  ['a value that cannot be', '{ "theme": "pink" }'],
  ['a key of no version', '{ "colour": "pink" }'],
])('a broken file (%s) is put aside, told once, and then the defaults hold', async (_, text) => {
  const { folder, host } = newBench()
  const file = path.join(folder, 'settings.json')
  writeFileSync(file, text)

  const read = async () => host.handlers['settings:read']()
  await expect(read()).rejects.toMatchObject({
    code: 'settings/unreadable',
    remedy: expect.stringContaining('settings-unreadable-') as string,
  })

  expect((await read()).settings).toEqual(DEFAULT_SETTINGS)
  const aside = readdirSync(folder).filter((name) => name.startsWith('settings-unreadable-'))
  expect(aside.map((name) => readFileSync(path.join(folder, name), 'utf8'))).toEqual([text])
  expect(existsSync(file)).toBe(false)
})

test('a broken file is never written over by a change', async () => {
  const { folder, host } = newBench()
  writeFileSync(path.join(folder, 'settings.json'), 'mine')

  await expect(async () =>
    host.handlers['settings:write']({ theme: 'dark' }),
  ).rejects.toMatchObject({ code: 'settings/unreadable' })

  const kept = readdirSync(folder).find((name) => name.startsWith('settings-unreadable-')) ?? ''
  expect(readFileSync(path.join(folder, kept), 'utf8')).toBe('mine')
})

test('a new run takes from the settings what its config leaves open, and nothing else', async () => {
  const bench = newBench()
  const { handlers } = bench.host
  const { threads: _, ...open } = SMALL
  const create = (name: string, config: object) =>
    handlers['runs:create']({ config, name, base: bench.folder })
  const configOf = async (name: string) => (await handlers['run:show'](name)).facts.config

  await create('before', open)
  await handlers['settings:write']({ threads: 2, checkpoint_minutes: 3 })
  await create('open', open)
  await create('fixed', { ...SMALL, checkpoint_every: { steps: 7 } })

  expect((await configOf('before')).threads).toBeUndefined()
  expect(await configOf('open')).toMatchObject({ threads: 2, checkpoint_every: { minutes: 3 } })
  expect(await configOf('fixed')).toMatchObject({ threads: 1, checkpoint_every: { steps: 7 } })
})
