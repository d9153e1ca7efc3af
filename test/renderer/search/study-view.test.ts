import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StudyPage } from '../../../renderer/shell/routing.ts'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import StudyView from '../../../renderer/search/StudyView.vue'
import { useToasts } from '../../../renderer/shell/toasts.ts'
import { FakeHost } from '../fake-host.ts'
import { doneTrial, trialAt } from '../fake-study.ts'
import type { FakeStudy } from '../fake-study.ts'

beforeEach(() => {
  localStorage.clear()
  location.hash = '#/study/search'
})
afterEach(() => {
  document.body.replaceChildren()
})

const page = () => new DOMWrapper(document.body)
const region = (label: string) => page().get(`[aria-label="${label}"]`)
const button = (text: string) => {
  const found = page()
    .findAll('button')
    .find((one) => one.text() === text)
  if (found === undefined) throw new Error(`there is no button "${text}"`)
  return found
}
const details = () => page().get('section[aria-labelledby="trial-heading"]')
const press = async (key: string) => {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }))
  await flushPromises()
}

async function open(fill: (study: FakeStudy) => void = () => {}, shown: StudyPage = 'watch') {
  const host = new FakeHost()
  const study = host.addStudy('search')
  fill(study)
  const link = openLink(async () => host.connect().channel)
  const view = mount(StudyView, {
    global: { plugins: [createPinia()], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
    props: { study: 'search', page: shown },
  })
  await expect.poll(() => page().find('aside').exists()).toBe(true)
  const called = (name: string) => host.calls.filter((call) => call.name === name)
  return { host, study, view, called }
}

const filled = (study: FakeStudy) => {
  study.put(doneTrial(1, 0.1))
  study.put(doneTrial(2, 0.0445))
  study.put(trialAt(3, { step: 40, cost: 0.7 }))
  study.state('running')
}

describe('the view of a study', () => {
  test('before its first trial it says what will be here, and starts from there', async () => {
    // A study is made with its first trial, which waits.
    const { view, called } = await open((study) => {
      study.put(trialAt(1, { state: 'waiting', startedAt: null }))
    })

    expect(page().text()).toContain('No trial has begun yet')
    expect(region('State').text()).toContain('not started yet')
    expect(button('Start').exists()).toBe(true)
    await button('Start the search').trigger('click')
    await flushPromises()

    expect(called('study:resume')).toHaveLength(1)
    await expect.poll(() => region('State').text()).toContain('Searching')
    view.unmount()
  })

  test('its head tells how far it is and what is best; Space pauses it', async () => {
    const { view, called } = await open(filled)

    const head = page().get('header').text()
    expect(head).toContain('2 of 12 trials')
    expect(head).toContain('1 running')
    expect(head).toContain('best dev error 4.45 %, trial 2')
    expect(head).toMatch(/about .* left/)
    await press(' ')

    expect(called('study:pause')).toHaveLength(1)
    await expect.poll(() => button('Go on').exists()).toBe(true)
    view.unmount()
  })

  test('the best trial is told by itself; one that is chosen in the table takes its place, until Escape', async () => {
    const { view } = await open(filled)
    expect(details().text()).toContain('Trial 2')

    await page().get('button[aria-label="Trial 3"]').trigger('click')
    await flushPromises()
    expect(details().text()).toContain('Running. It trains now.')
    expect(details().text()).toContain('40 of 450')
    await press('Escape')

    expect(details().text()).toContain('Trial 2')
    expect(location.hash).toBe('#/study/search')
    await press('Escape')
    expect(location.hash).toBe('#/')
    view.unmount()
  })

  test('what a trial tries stands in the order of the table', async () => {
    const { view } = await open((study) => {
      const { point, ...trial } = doneTrial(1, 0.1)
      study.put({ ...trial, point: Object.fromEntries(Object.entries(point).reverse()) })
    })

    const tried = page().get('dl[aria-label="What it tries"]').findAll('dt')
    expect(tried.map((one) => one.text())).toEqual(['learning rate', 'units'])
    const heads = page()
      .findAll('thead th')
      .map((one) => one.text())
    expect(heads.slice(-2)).toEqual(['learning rate', 'units'])
    view.unmount()
  })

  test('a trial is cancelled from its details, and that is said', async () => {
    const { view, called } = await open(filled)
    await page().get('button[aria-label="Trial 3"]').trigger('click')

    await button('Cancel trial').trigger('click')
    await flushPromises()

    expect(called('study:cancel')[0]?.args).toEqual(['search', 3])
    expect(useToasts().toasts.value.at(-1)?.text).toContain('Trial 3 is cancelled')
    await expect.poll(() => details().text()).toContain('Cancelled.')
    view.unmount()
  })

  test('a copied trial leads to the one it is a copy of', async () => {
    const { view } = await open((study) => {
      filled(study)
      study.put(trialAt(4, { parent: { trial: 1, step: 200 } }))
    })
    await page().get('button[aria-label="Trial 4"]').trigger('click')
    expect(details().text()).toMatch(/A changed copy of\s+trial 1\s+from step 200 on/)

    await button('trial 1').trigger('click')

    expect(details().text()).toContain('Trial 1')
    view.unmount()
  })

  test('when its care broke off, the reason and the way on stand at the top', async () => {
    const { study, view, called } = await open(filled)
    const error = { code: 'engine/failed', message: 'its thread broke', remedy: null } as const

    study.say({ type: 'study-failed', error })
    await expect.poll(() => page().find('[role=alert]').exists()).toBe(true)
    expect(page().get('[role=alert]').text()).toContain('The search stopped: Its thread broke.')
    await page().get('[role=alert]').get('button').trigger('click')
    await flushPromises()

    expect(called('study:resume')).toHaveLength(1)
    await expect.poll(() => page().find('[role=alert]').exists()).toBe(false)
    view.unmount()
  })

  test('adopting the best goes to the new run', async () => {
    const { view, called } = await open(filled)

    await button('Adopt best').trigger('click')
    await flushPromises()
    await button('Adopt').trigger('click')

    await expect.poll(() => location.hash).toBe('#/run/search-2')
    expect(called('study:adopt')[0]?.args[1]).toEqual({
      trial: 2,
      name: 'search-2',
      from_scratch: false,
    })
    expect(called('run:train')).toEqual([])
    view.unmount()
  })

  test('a done study that gets more trials goes on with them', async () => {
    const { study, view, called } = await open((one) => {
      filled(one)
      one.state('done')
    })

    await button('Add trials').trigger('click')
    await flushPromises()
    await page().get('form').trigger('submit')

    await expect.poll(() => called('study:resume').length).toBe(1)
    expect(study.snapshot.config.trials).toBe(22)
    view.unmount()
  })

  test('its page of parameters asks what the trials say', async () => {
    const { view, called } = await open(filled, 'parameters')

    await expect.poll(() => called('study:insight').length).toBe(1)
    expect(page().find('table').exists()).toBe(false)
    expect(details().text()).toContain('Trial 2')
    view.unmount()
  })

  test('the journal says in words what was done to it', async () => {
    const { view } = await open((study) => {
      study.note({ kind: 'study-resumed' })
      study.note({ kind: 'trials-added', trials: 5 })
    })

    const journal = page().findAll('details').at(-1)
    expect(journal?.findAll('li').map((line) => line.get('p').text())).toEqual([
      '5 trials were added.',
      'Went on.',
    ])
    view.unmount()
  })
})
