import { DOMWrapper, enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import App from '../../../renderer/App.vue'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import { applyTheme, keptTheme } from '../../../renderer/shell/theme.ts'
import { FakeHost } from '../fake-host.ts'

enableAutoUnmount(afterEach)
beforeEach(() => {
  localStorage.clear()
  location.hash = '#/'
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const page = () => new DOMWrapper(document.body)

async function openApp(address: string) {
  location.hash = address
  const host = new FakeHost()
  host.add('digits').train(125)
  let dropped = (_reason: string): void => {}
  const link = openLink((drop) => {
    dropped = drop
    return Promise.resolve(host.connect().channel)
  })
  mount(App, {
    global: { plugins: [createPinia()], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
  })
  await flushPromises()
  return { host, drop: () => dropped('gone') }
}

const press = async (target: EventTarget, key: string) => {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  await flushPromises()
}

/** What a browser asks before it leaves the page for a file: does anyone here prevent it? */
function dragFile(over: EventTarget, type: 'dragover' | 'drop') {
  const event = new Event(type, { bubbles: true, cancelable: true })
  const files = [new File(['x'], 'digits.csv')]
  const dataTransfer = { types: ['Files'], files, dropEffect: 'move' }
  Object.assign(event, { dataTransfer })
  over.dispatchEvent(event)
  return { isPrevented: event.defaultPrevented, effect: dataTransfer.dropEffect }
}

describe('a file that is dragged over the window', () => {
  test.each(['#/run/digits', '#/run/digits/history', '#/settings'])(
    'changes nothing at %s, and the pointer says so',
    async (address) => {
      await openApp(address)

      expect(dragFile(document.body, 'dragover')).toEqual({ isPrevented: true, effect: 'none' })
      expect(dragFile(document.body, 'drop').isPrevented).toBe(true)
    },
  )

  test('is taken by the home view, but not over a dialog that has no use for it', async () => {
    await openApp('#/')
    const atHome = dragFile(document.body, 'dragover')
    await press(document.body, '?')

    const overKeys = dragFile(page().get('[role=dialog]').element, 'dragover')

    expect(atHome).toEqual({ isPrevented: true, effect: 'copy' })
    expect(overKeys).toEqual({ isPrevented: true, effect: 'none' })
  })

  test('text that is dragged is left to the fields', async () => {
    await openApp('#/run/digits')
    const event = new Event('dragover', { bubbles: true, cancelable: true })
    Object.assign(event, { dataTransfer: { types: ['text/plain'] } })

    document.body.dispatchEvent(event)

    expect(event.defaultPrevented).toBe(false)
  })
})

describe('the key for help', () => {
  const dialogs = () => page().findAll('[role=dialog]')

  test('lists the keys, and lists them once', async () => {
    await openApp('#/run/digits')

    await press(document.body, '?')
    await press(dialogs()[0]?.element ?? document.body, '?')

    expect(dialogs().map((one) => one.get('h2').text())).toEqual(['Keys'])
  })

  test('leaves an open dialog as it is', async () => {
    await openApp('#/run/digits')
    const more = page().get('button[aria-label="More about this run"]')
    await more.trigger('click')
    await flushPromises()
    const rename = page()
      .findAll('[role=menuitem]')
      .find((one) => one.text().includes('Rename'))
    await rename?.trigger('click')
    await flushPromises()

    await press(page().get('[role=dialog] button').element, '?')

    expect(dialogs().map((one) => one.get('h2').text())).toEqual(['Rename digits'])
  })
})

describe('where the browser keeps nothing for us', () => {
  /** As with site data blocked: the mere look at the storage throws. */
  function blockStorage() {
    const blocked = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
    vi.spyOn(window, 'localStorage', 'get').mockImplementation(blocked)
    vi.spyOn(window, 'sessionStorage', 'get').mockImplementation(blocked)
  }

  test.each(['#/', '#/new', '#/settings', '#/run/digits', '#/run/digits/vitals'])(
    'the window opens all the same at %s',
    async (address) => {
      blockStorage()

      await openApp(address)

      expect(page().find('h1').exists()).toBe(true)
    },
  )

  test('what was chosen lasts as long as the page', () => {
    blockStorage()

    applyTheme('dark')

    expect(keptTheme()).toBe('dark')
  })

  test('a storage that is full forgets nothing either', () => {
    applyTheme('light')
    const full = { getItem: () => 'light', setItem: vi.fn().mockThrow(new Error('it is full')) }
    vi.spyOn(window, 'localStorage', 'get').mockReturnValue(full as unknown as Storage)

    applyTheme('dark')

    expect(keptTheme()).toBe('dark')
  })
})

test('a lost connection is said once, and the run stays in view', async () => {
  const { drop } = await openApp('#/run/digits')

  drop()
  // The next attempt is on its way at once; what is shown until then is old.
  await nextTick()

  const said = page()
    .findAll('[role=alert], [role=status]')
    .filter((one) => /not answer|onnection/.test(one.text()))
  expect(said.map((one) => one.text())).toEqual([expect.stringContaining('Training may go on')])
  expect(page().get('h1').text()).toBe('digits')
})

test('the palette opens from a run by the mouse too', async () => {
  await openApp('#/run/digits')

  await page().get('header button[aria-label="Commands"]').trigger('click')
  await flushPromises()

  expect(page().get('[role=dialog]').find('[aria-label="Find a command"]').exists()).toBe(true)
})

test('every control without words of a run says what it does when the keyboard comes to it', async () => {
  await openApp('#/run/digits')
  const matches = Element.prototype.matches
  vi.spyOn(Element.prototype, 'matches').mockImplementation(function (this: Element, selector) {
    return selector === ':focus-visible' || matches.call(this, selector)
  })
  const bare = page()
    .findAll<HTMLButtonElement>('header button, [aria-label="How the curve is shown"] button')
    .filter((one) => one.attributes('aria-label') !== undefined && !one.element.disabled)

  const untold: (string | undefined)[] = []
  for (const { element } of bare) {
    element.focus()
    await flushPromises()
    if (!page().find('[role=tooltip]').exists()) untold.push(element.ariaLabel ?? undefined)
    element.blur()
    await flushPromises()
  }

  expect(bare.length).toBeGreaterThan(4)
  expect(untold).toEqual([])
})
