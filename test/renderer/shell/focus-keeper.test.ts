import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { defineComponent, ref } from 'vue'
import { useFocusKeeper } from '../../../renderer/shell/use-focus-keeper.ts'

enableAutoUnmount(afterEach)

const View = defineComponent({
  setup() {
    useFocusKeeper()
    return { isResting: ref(false), isThere: ref(true) }
  },
  template: `<section aria-label="Tools"><button v-if="isThere" :disabled="isResting">Train</button></section>`,
})

function showFocused() {
  const view = mount(View, { attachTo: document.body })
  const button = view.get('button').element
  button.focus()
  return { view, button, tools: view.get('section').element }
}

test('a control that rests lends its focus to what holds it, and gets it back', async () => {
  const { view, button, tools } = showFocused()

  view.vm.isResting = true
  await flushPromises()
  const meanwhile = document.activeElement
  view.vm.isResting = false
  await flushPromises()

  expect(meanwhile).toBe(tools)
  expect(document.activeElement).toBe(button)
  expect(tools.hasAttribute('tabindex')).toBe(false)
})

test('where the control goes away, what held it has the focus', async () => {
  const { view, tools } = showFocused()

  view.vm.isThere = false
  await flushPromises()

  expect(document.activeElement).toBe(tools)
})

test('after a click beside everything nothing takes the focus', async () => {
  const { view, tools } = showFocused()

  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }))
  view.vm.isThere = false
  await flushPromises()

  expect(document.activeElement).not.toBe(tools)
})
