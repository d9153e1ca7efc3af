import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallHandlers } from '../../../core/protocol/contract.ts'
import DeleteDialog from '../../../renderer/home/DeleteDialog.vue'
import HomeView from '../../../renderer/home/HomeView.vue'
import RenameDialog from '../../../renderer/home/RenameDialog.vue'
import { groupStudies } from '../../../renderer/home/study-group.ts'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import { useRunsStore } from '../../../renderer/stores/runs.ts'
import { useStudiesStore } from '../../../renderer/stores/studies.ts'
import { FakeHost } from '../fake-host.ts'
import { FakeStudy, doneTrial, trialAt } from '../fake-study.ts'

beforeEach(() => {
  location.hash = '#/'
})
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
const sections = () =>
  page()
    .findAll('section')
    .map((one) => one.attributes('aria-label'))

async function arrange(fill: (host: FakeHost) => void, answers: Partial<CallHandlers> = {}) {
  const host = new FakeHost()
  fill(host)
  Object.assign(host.handlers, answers)
  const pinia = createPinia()
  const link = openLink(async () => host.connect().channel)
  const mounted = {
    global: { plugins: [pinia], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
  }
  const refresh = async () => {
    await Promise.all([useRunsStore(pinia).refresh(), useStudiesStore(pinia).refresh()])
    await flushPromises()
  }
  return { host, mounted, refresh }
}

describe('searches at home', () => {
  test('stand in a group of their own, with their progress and their best', async () => {
    const { mounted, refresh } = await arrange((host) => {
      host.add('digits')
      const study = host.addStudy('search')
      study.put(doneTrial(1, 0.08))
      study.put(doneTrial(2, 0.0445))
      study.put(trialAt(3))
      study.state('running')
    })
    mount(HomeView, mounted)
    await refresh()

    expect(sections()).toEqual(['Searches', 'Resting'])
    const card = page().get('article[aria-label="search"]')
    expect(card.get('a').attributes('href')).toBe('#/study/search')
    expect(card.text()).toContain('Searching')
    expect(card.text()).toContain('4.45 %')
    expect(card.text()).toContain('2 of 12')
    expect(card.get('[role=progressbar]').attributes('aria-valuenow')).toBe('17')
  })

  test('one name field finds runs and studies', async () => {
    const { mounted, refresh } = await arrange((host) => {
      for (const name of ['a1', 'a2', 'a3', 'b1']) host.add(name)
      for (const name of ['b2', 'b3', 'c1']) host.addStudy(name)
    })
    mount(HomeView, mounted)
    await refresh()

    await page().get('[aria-label="Find by name"]').setValue('b')
    const found = page().findAll('article')
    expect(found.map((one) => one.attributes('aria-label')).toSorted()).toEqual(['b1', 'b2', 'b3'])
    await page().get('[aria-label="Find by name"]').setValue('zzz')

    expect(page().text()).toContain('Nothing is called “zzz”')
    await button('Show all 7').trigger('click')
    expect(page().findAll('article')).toHaveLength(7)
  })

  test('a study’s file that can’t be read tells why', async () => {
    const error = { code: 'store/corrupt', message: 'it is damaged', remedy: null } as const
    const { mounted, refresh } = await arrange((host) => host.add('digits'), {
      'studies:list': () => [{ study: 'x', file: '/runs/x.study', ok: false, error }],
    })
    mount(HomeView, mounted)
    await refresh()

    expect(page().get('article[aria-label="x"]').text()).toContain('it is damaged')
  })

  test('an empty home leads to a search too, and its dialog closes to home', async () => {
    const { mounted, refresh } = await arrange(() => {})
    const home = mount(HomeView, mounted)
    await refresh()

    await button('Begin a search').trigger('click')
    expect(location.hash).toBe('#/search')
    await home.setProps({ search: {} })
    await flushPromises()
    await page().get('[role=dialog]').trigger('keydown', { key: 'Escape' })
    await flushPromises()

    expect(location.hash).toBe('#/')
  })

  test('with studies but no run there is no talk of a first panda', async () => {
    const { mounted, refresh } = await arrange((host) => void host.addStudy('search'))
    mount(HomeView, mounted)
    await refresh()

    expect(page().text()).not.toContain('Raise one neural network')
    await button('New search').trigger('click')
    expect(location.hash).toBe('#/search')
  })
})

test('those that search come first, then the newest; what can’t be read is last', () => {
  const error = { code: 'store/corrupt', message: 'it is damaged', remedy: null } as const
  const of = (name: string, at: number, isRunning = false) => {
    const study = new FakeStudy(name, () => {})
    if (isRunning) study.state('running')
    return { ...study.summary(), createdAt: at } as ReturnType<FakeStudy['summary']>
  }
  const broken = { study: 'broken', file: 'f', ok: false, error } as const

  const names = groupStudies([broken, of('old', 1), of('new', 2), of('busy', 0, true)], '')

  expect(names.map(({ study }) => study)).toEqual(['busy', 'new', 'old', 'broken'])
})

test('a study is renamed and deleted by the dialogs that runs have', async () => {
  const { host, mounted, refresh } = await arrange((made) => {
    made.addStudy('search').put(doneTrial(1, 0.1))
    made.addStudy('other')
  })
  const rename = mount(RenameDialog, { ...mounted, props: { study: 'search' } })
  await refresh()

  await page().get('input').setValue('Other')
  expect(page().text()).toContain('There is a study other already')
  await page().get('input').setValue('found')
  await page().get('form').trigger('submit')
  await expect.poll(() => rename.emitted('done')).toEqual([['found']])
  expect(host.calls.at(-1)).toEqual({ name: 'study:rename', args: ['search', 'found'] })
  rename.unmount()

  const remove = mount(DeleteDialog, { ...mounted, props: { study: 'search' } })
  await flushPromises()
  expect(page().text()).toContain('its trial, with its curve and its weights')
  await button('Move to the trash').trigger('click')
  await expect.poll(() => remove.emitted('done')).toEqual([['search']])
  expect(host.calls.at(-1)?.name).toBe('study:delete')
})
