import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { SettingsChange, SettingsReply } from '../../../core/protocol/settings.ts'
import { DEFAULT_SETTINGS } from '../../../core/protocol/settings.ts'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import SettingsView from '../../../renderer/settings/SettingsView.vue'
import { applyTheme, keptTheme } from '../../../renderer/shell/theme.ts'
import { useSettingsStore } from '../../../renderer/stores/settings.ts'
import { FakeHost } from '../fake-host.ts'

beforeEach(() => localStorage.clear())
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
  applyTheme('system')
})

const page = () => new DOMWrapper(document.body)
const theme = () => document.documentElement.dataset['theme']

async function open(write?: (change: SettingsChange) => SettingsReply) {
  let kept: SettingsReply = {
    settings: DEFAULT_SETTINGS,
    dataDir: '/home/mei/.local/share/panda',
    cores: 8,
    version: '1.2.3',
  }
  const merge = ({ notifications, ...change }: SettingsChange) => {
    const all = { ...kept.settings.notifications, ...notifications }
    kept = {
      ...kept,
      settings: { ...kept.settings, ...change, notifications: all } as SettingsReply['settings'],
    }
    return kept
  }
  const host = new FakeHost()
  Object.assign(host.handlers, {
    'settings:read': () => kept,
    'settings:write': write ?? merge,
  })
  const pinia = createPinia()
  const link = openLink(async () => host.connect().channel)
  mount(SettingsView, {
    global: { plugins: [pinia], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
  })
  const store = useSettingsStore(pinia)
  await store.refresh()
  await flushPromises()
  return { host, store }
}

const field = (label: string) => {
  const found = page()
    .findAll('label')
    .find((one) => one.text() === label)
  return page().get(`[id="${found?.attributes('for')}"]`)
}
const choose = (text: string) =>
  page()
    .findAll('button')
    .find((one) => one.text() === text)
    ?.trigger('click')

test('a theme is applied at once, saved, and known at the next load before the host answers', async () => {
  const { store } = await open()

  await choose('Dark')

  await expect.poll(() => store.settings.theme).toBe('dark')
  expect(theme()).toBe('dark')
  expect(keptTheme()).toBe('dark')
  expect(page().text()).toContain('Saved')
})

test('a theme chosen in another window comes here too', async () => {
  const { host, store } = await open()

  const settings = { ...DEFAULT_SETTINGS, theme: 'light' as const }
  host.send('settings:changed', { settings, dataDir: '/', cores: 1, version: '1' })

  await expect.poll(() => store.settings.theme).toBe('light')
  expect(theme()).toBe('light')
})

test('a refused change says why and keeps what is in force', async () => {
  const { store } = await open(() => {
    throw new PandaError('store/disk-full', 'there is no space', 'Free some.')
  })

  await field('Timer checkpoint of new runs').setValue('5')
  await field('Timer checkpoint of new runs').trigger('change')

  await expect.poll(() => page().find('[role=alert]').exists()).toBe(true)
  expect(page().get('[role=alert]').text()).toBe('There is no space. Free some.')
  expect((field('Timer checkpoint of new runs').element as HTMLInputElement).value).toBe('10')
  expect(store.settings.checkpoint_minutes).toBe(10)
})

test('a value out of range is not sent', async () => {
  const { host } = await open()

  await field('Threads of new runs').setValue('1.5')
  await field('Threads of new runs').trigger('change')

  expect(page().text()).toContain('a whole number from 1 to 256')
  expect(host.calls.map(({ name }) => name)).not.toContain('settings:write')
})

test('an emptied field of threads lets them be measured again', async () => {
  const { host, store } = await open()
  await field('Threads of new runs').setValue('4')
  await field('Threads of new runs').trigger('change')
  await expect.poll(() => store.settings.threads).toBe(4)

  await field('Threads of new runs').setValue('')
  await field('Threads of new runs').trigger('change')

  await expect.poll(() => store.settings.threads).toBeNull()
  expect(host.calls.at(-1)?.args).toEqual([{ threads: null }])
})

test('notifications that the browser blocks stay off, and what to do is said', async () => {
  vi.stubGlobal('Notification', { permission: 'denied' })
  const { host } = await open()

  await field('Outside the window').trigger('click')
  await flushPromises()

  expect(field('Outside the window').attributes('aria-checked')).toBe('false')
  expect(page().get('[role=alert]').text()).toContain('Allow them in the browser’s settings')
  expect(host.calls.map(({ name }) => name)).not.toContain('settings:write')
})

test('switching notifications on asks once, and then saves', async () => {
  vi.stubGlobal('Notification', {
    permission: 'default',
    requestPermission: async () => 'granted',
  })
  const { store } = await open()

  await field('Outside the window').trigger('click')

  await expect.poll(() => store.settings.notifications.desktop).toBe(true)
})

test('it says where runs live and how that is changed', async () => {
  await open()

  expect(page().text()).toContain('/home/mei/.local/share/panda')
  expect(page().text()).toContain('PANDA_DATA_DIR')
  expect(page().text()).toContain('Panda 1.2.3')
})
