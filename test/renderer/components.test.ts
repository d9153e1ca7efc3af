import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, test } from 'vitest'
import HomeView from '../../renderer/home/HomeView.vue'
import { linkKey, openLink } from '../../renderer/link/link.ts'
import { useRunStore } from '../../renderer/stores/run.ts'
import { useRunsStore } from '../../renderer/stores/runs.ts'
import { useStudiesStore } from '../../renderer/stores/studies.ts'
import { FakeHost } from './fake-host.ts'

afterEach(() => {
  document.body.replaceChildren()
})

const page = () => new DOMWrapper(document.body)

const button = (text: string) => {
  const found = page()
    .findAll('button')
    .find((one) => one.text() === text)
  if (found === undefined) throw new Error(`there is no button "${text}"`)
  return found
}

test('one button raises a panda on the digits, trains it and goes to its view', async () => {
  const host = new FakeHost()
  const pinia = createPinia()
  const link = openLink(async () => host.connect().channel)
  mount(HomeView, {
    global: { plugins: [pinia], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
  })
  await useRunsStore(pinia).refresh()
  await useStudiesStore(pinia).refresh()
  await flushPromises()

  await button('Raise a panda on the sample digits').trigger('click')

  await expect.poll(() => host.runs.get('digits')?.snapshot.state.kind).toBe('running')
  await expect.poll(() => useRunStore(pinia).isUnderWay).toBe(true)
  expect(location.hash).toBe('#/run/digits')
})
