import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import { DEFAULT_SETTINGS } from '../../../core/protocol/settings.ts'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import type { Dial } from '../../../renderer/link/link.ts'
import ConnectionStrip from '../../../renderer/shell/ConnectionStrip.vue'
import { useNotifications } from '../../../renderer/shell/notify.ts'
import type { Route } from '../../../renderer/shell/routing.ts'
import ToastStack from '../../../renderer/shell/ToastStack.vue'
import { useToasts } from '../../../renderer/shell/toasts.ts'
import { useRunsStore } from '../../../renderer/stores/runs.ts'
import { useSettingsStore } from '../../../renderer/stores/settings.ts'
import { FakeHost } from '../fake-host.ts'

/** What the system was asked to show. */
class FakeNotification extends EventTarget {
  static permission = 'granted'
  static readonly shown: FakeNotification[] = []
  readonly text: string
  isClosed = false
  constructor(title: string, { body = '' }: NotificationOptions = {}) {
    super()
    this.text = `${title}: ${body}`
    FakeNotification.shown.push(this)
  }
  close() {
    this.isClosed = true
  }
}

beforeEach(() => {
  vi.stubGlobal('Notification', FakeNotification)
  FakeNotification.shown.length = 0
  location.hash = '#/'
})
afterEach(() => {
  vi.unstubAllGlobals()
  useToasts().dismissAbout('')
  document.body.replaceChildren()
})

const page = () => new DOMWrapper(document.body)
const news = () => useToasts().toasts.value.map(({ text }) => text)

function arrange(first: Route, desktop = false) {
  const host = new FakeHost()
  const notifications = { ...DEFAULT_SETTINGS.notifications, desktop }
  const settings = { ...DEFAULT_SETTINGS, notifications }
  Object.assign(host.handlers, {
    'settings:read': () => ({ settings, dataDir: '/', cores: 1, version: '1' }),
  })
  const route = shallowRef<Route>(first)
  let drop = (_reason: string): void => {}
  let leave = () => {}
  /** While it is lost nobody answers, until this is called. */
  let answer = () => {}
  let isAnswering = Promise.resolve()
  const dial: Dial = async (dropped) => {
    drop = dropped
    await isAnswering
    const { channel, drop: left } = host.connect()
    leave = left
    return channel
  }
  const pinia = createPinia()
  const link = openLink(dial)
  const view = mount(
    defineComponent({
      setup() {
        useNotifications(route)
        return () => [h(ConnectionStrip), h(ToastStack)]
      },
    }),
    {
      global: { plugins: [pinia], provide: { [linkKey as symbol]: link } },
      attachTo: document.body,
    },
  )
  const ready = async () => {
    await useSettingsStore(pinia).refresh()
    await flushPromises()
  }
  const list = () => useRunsStore(pinia).refresh()
  const lose = async () => {
    isAnswering = new Promise((resolve) => (answer = resolve))
    leave()
    drop('gone')
    await flushPromises()
  }
  const back = async (meanwhile = () => {}) => {
    const stop = link.onReconnected(meanwhile)
    answer()
    await flushPromises()
    stop()
  }
  return { host, route, view, ready, list, lose, back, drop: () => drop('gone') }
}

describe('news of runs', () => {
  test('a day that ends in another run is told in the corner, and leads there', async () => {
    const { host, view, ready } = arrange({ view: 'home' })
    await ready()

    host.add('digits').train(125)
    await flushPromises()

    expect(news()).toHaveLength(1)
    expect(page().text()).toContain('digits: Day 1 ended.')
    const look = page()
      .findAll('button')
      .find((one) => one.text() === 'Look')
    await look?.trigger('click')
    expect(location.hash).toBe('#/run/digits')
    expect(news()).toEqual([])
    view.unmount()
  })

  test('going to the run takes its news away', async () => {
    const { host, route, view, ready } = arrange({ view: 'home' })
    await ready()
    host.add('digits').train(125)
    host.add('moons').train(125)
    await flushPromises()

    route.value = { view: 'run', run: 'digits', page: 'watch' }
    await flushPromises()

    expect(news()).toEqual([expect.stringContaining('moons: Day 1 ended.')])
    view.unmount()
  })

  test('on the desktop it is shown when that is switched on, and a click goes to the run', async () => {
    const { host, view, ready } = arrange({ view: 'home' }, true)
    await ready()

    host.add('digits').train(125)
    await flushPromises()

    expect(FakeNotification.shown.map(({ text }) => text)).toEqual([
      expect.stringContaining('digits: Day 1 ended.'),
    ])
    FakeNotification.shown[0]?.dispatchEvent(new Event('click'))
    expect(location.hash).toBe('#/run/digits')
    expect(FakeNotification.shown[0]?.isClosed).toBe(true)
    view.unmount()
  })
})

describe('what came while the connection was lost', () => {
  test('is told once it is back, the most urgent last, and not again', async () => {
    const { host, list, view, ready, lose, back } = arrange({ view: 'home' })
    host.add('moons')
    host.add('digits')
    host.add('calm').train(125)
    for (const run of ['moons', 'digits']) host.get(run).state({ kind: 'running' })
    await ready()
    await list()
    useToasts().dismissAbout('')

    await lose()
    host.get('moons').train(250)
    host.get('digits').refuseStep()
    await back()
    const told = news()
    host.get('digits').state({ kind: 'paused', reason: 'not-finite' }) // said once more
    await flushPromises()

    expect(told).toEqual([
      'Panda answers again: everything is up to date.',
      expect.stringMatching(/^moons: Days 1 to 2 ended\. Dev error/),
      'digits: Step 1 was refused: its cost is NaN.',
    ])
    expect(news()).toEqual(told)
    view.unmount()
  })

  test('what is heard while the runs are listed, and listed too, is told once', async () => {
    const { host, list, view, ready, lose, back } = arrange({ view: 'home' })
    host.add('moons').state({ kind: 'running' })
    await ready()
    await list()

    await lose()
    host.get('moons').train(125)
    await back(() => host.get('moons').train(125))

    expect(news().slice(1)).toEqual([expect.stringContaining('moons: Days 1 to 2 ended.')])
    view.unmount()
  })
})

test('while the host does not answer it says since when, and quietly when it is back', async () => {
  const { view, ready, drop } = arrange({ view: 'home' })
  await ready()

  expect(page().find('time').exists()).toBe(false)
  drop()
  // The next attempt is on its way at once; what is shown until then is old.
  await view.vm.$nextTick()
  const said = page().text()
  await flushPromises()

  expect(said).toMatch(/As of .*\d.*Panda does not answer/)
  expect(page().find('time').exists()).toBe(false)
  expect(news()).toEqual(['Panda answers again: everything is up to date.'])
  view.unmount()
})
