import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import type { Link } from '../../../renderer/link/link.ts'
import { useRunsStore } from '../../../renderer/stores/runs.ts'
import { FakeHost } from '../fake-host.ts'

test('after an error that nobody foresaw the runs are listed again', async () => {
  const host = new FakeHost()
  host.add('digits')
  const link = openLink(async () => host.connect().channel)
  const outcomes = [() => Promise.reject(new TypeError('a bug'))]
  const asked = link.call as (...args: readonly unknown[]) => unknown
  const call = ((...args: readonly unknown[]) =>
    outcomes.shift()?.() ?? asked(...args)) as Link['call']
  const pinia = createPinia()
  mount(defineComponent({ setup: () => (useRunsStore(), () => h('div')) }), {
    global: { plugins: [pinia], provide: { [linkKey as symbol]: { ...link, call } } },
  })
  const runs = useRunsStore(pinia)

  const first = runs.refresh()
  // Asked for while the first is on its way: one more answers it.
  void runs.refresh()
  await first
  await flushPromises()
  const answered = runs.names
  host.add('moons')
  await flushPromises()

  expect(answered).toEqual(['digits'])
  expect(runs.names).toEqual(['digits', 'moons'])
  expect(runs.failure).toBeNull()
})
