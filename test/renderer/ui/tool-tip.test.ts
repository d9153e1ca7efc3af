import { DOMWrapper, enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { h } from 'vue'
import ActionMenu from '../../../renderer/ui/ActionMenu.vue'
import ToolTip from '../../../renderer/ui/ToolTip.vue'

enableAutoUnmount(afterEach)
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const page = () => new DOMWrapper(document.body)
const tips = () => page().findAll('[role=tooltip]')

const show = () =>
  mount(ToolTip, {
    props: { text: 'Save a checkpoint now', shortcut: 'C' },
    slots: { default: () => h('button', { type: 'button', 'aria-label': 'Checkpoint' }) },
    attachTo: document.body,
  })

/** As with the keyboard: the browser then shows where the focus is. */
async function focus(element: HTMLElement, isVisible = true) {
  const matches = element.matches.bind(element)
  vi.spyOn(element, 'matches').mockImplementation((selector) =>
    selector === ':focus-visible' ? isVisible : matches(selector),
  )
  element.focus()
  await flushPromises()
}

const point = (at: Pick<DOMWrapper<Element>, 'trigger'>) =>
  at.trigger('pointermove', { pointerType: 'mouse' })

describe('a tip', () => {
  test('shows to the keyboard at once, describes the control and leaves its name', async () => {
    const button = show().get('button')

    await focus(button.element)

    expect(tips().map((one) => one.text())).toEqual(['Save a checkpoint now'])
    expect(button.attributes('aria-describedby')).toBe(tips()[0]?.attributes('id'))
    expect(button.attributes('aria-label')).toBe('Checkpoint')
  })

  test('shows to the pointer that rests for half a second, not to one that passes by', async () => {
    const button = show().get('button')

    await point(button)
    vi.advanceTimersByTime(400)
    await flushPromises()
    const early = tips().length
    vi.advanceTimersByTime(200)
    await flushPromises()

    expect(early).toBe(0)
    expect(tips().length).toBe(1)
  })

  test('a click gives the focus too, but then the tip is known', async () => {
    const button = show().get('button')

    await focus(button.element, false)

    expect(tips()).toEqual([])
  })

  test('Escape closes it and nothing else; the next Escape is for others', async () => {
    const button = show().get('button')
    await focus(button.element)
    const heard: boolean[] = []
    const listen = (event: Event) => heard.push(event.defaultPrevented)
    window.addEventListener('keydown', listen)

    await button.trigger('keydown', { key: 'Escape' })
    await flushPromises()
    const left = tips().length
    await button.trigger('keydown', { key: 'Escape' })
    window.removeEventListener('keydown', listen)

    expect(left).toBe(0)
    expect(heard).toEqual([true, false])
  })
})

test('a menu behind a button with a tip still opens, by the button', async () => {
  const run = vi.fn()
  const menu = mount(ActionMenu, {
    props: { label: 'More about this run', actions: [{ label: 'Rename…', run }] },
    attachTo: document.body,
  })

  await focus(menu.get('button').element)
  const tip = tips().map((one) => one.text())
  await menu.get('button').trigger('click')
  await flushPromises()
  await page().get('[role=menuitem]').trigger('click')

  expect(tip).toEqual(['More about this run'])
  expect(run).toHaveBeenCalledOnce()
})
