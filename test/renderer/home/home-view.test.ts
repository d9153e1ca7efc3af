import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { CallHandlers } from '../../../core/protocol/contract.ts'
import DeleteDialog from '../../../renderer/home/DeleteDialog.vue'
import DuplicateDialog from '../../../renderer/home/DuplicateDialog.vue'
import HomeView from '../../../renderer/home/HomeView.vue'
import RenameDialog from '../../../renderer/home/RenameDialog.vue'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import { useRunsStore } from '../../../renderer/stores/runs.ts'
import { useStudiesStore } from '../../../renderer/stores/studies.ts'
import { FakeHost } from '../fake-host.ts'

beforeEach(() => {
  localStorage.clear()
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
const cardOf = (run: string) => page().get(`article[aria-label="${run}"]`)

/** A host whose answers to some calls are given, and what a component needs to reach it. */
async function arrange(runs: readonly string[], answers: Partial<CallHandlers> = {}) {
  const host = new FakeHost()
  Object.assign(host.handlers, answers)
  for (const run of runs) host.add(run)
  const pinia = createPinia()
  const link = openLink(async () => host.connect().channel)
  const global = { plugins: [pinia], provide: { [linkKey as symbol]: link } }
  const mounted = { global, attachTo: document.body }
  const refresh = async () => {
    await Promise.all([useRunsStore(pinia).refresh(), useStudiesStore(pinia).refresh()])
  }
  return { host, mounted, refresh }
}

describe('the home view', () => {
  test('without a run it says what Panda is and offers two ways to begin', async () => {
    const { mounted, refresh } = await arrange([])
    mount(HomeView, mounted)
    await refresh()
    await flushPromises()

    expect(page().text()).toContain('8 000 to learn from, 2 000 to check with')
    expect(button('Raise a panda on the sample digits')).toBeDefined()
    await button('New panda…').trigger('click')
    expect(location.hash).toBe('#/new')
  })

  test('a card links to its run and tells its figures', async () => {
    const { host, mounted, refresh } = await arrange(['digits'])
    host.get('digits').train(125)
    mount(HomeView, mounted)
    await refresh()
    await flushPromises()

    const card = cardOf('digits')
    expect(card.get('a').attributes('href')).toBe('#/run/digits')
    expect(card.text()).toContain('dev error')
    expect(card.text()).toContain('step 125')
  })

  test('a file that can’t be read tells why, and asking again lists again', async () => {
    const error = {
      code: 'store/corrupt',
      message: 'it is damaged',
      remedy: 'Take a copy.',
    } as const
    const broken = { run: 'broken', file: '/runs/broken.panda', ok: false, error } as const
    const { host, mounted, refresh } = await arrange([], { 'runs:list': () => [broken] })
    mount(HomeView, mounted)
    await refresh()
    await flushPromises()
    const asked = host.calls.length

    expect(cardOf('broken').text()).toContain('it is damaged. Take a copy.')
    await button('Try again').trigger('click')
    await flushPromises()

    expect(host.calls.slice(asked).map(({ name }) => name)).toContain('runs:list')
  })

  test('more than six runs can be found by name', async () => {
    const names = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1']
    const { mounted, refresh } = await arrange(names)
    mount(HomeView, mounted)
    await refresh()
    await flushPromises()

    await page().get('[aria-label="Find by name"]').setValue('b')
    expect(page().findAll('article')).toHaveLength(3)
    await page().get('[aria-label="Find by name"]').setValue('zzz')
    await button('Show all 7').trigger('click')

    expect(page().findAll('article')).toHaveLength(7)
  })
})

describe('renaming', () => {
  test('a run can get other capitals, but not those of another', async () => {
    const { host, mounted, refresh } = await arrange(['digits', 'moons'], {
      'run:rename': (_run, name) => ({ run: name, file: `/runs/${name}.panda` }),
    })
    const dialog = mount(RenameDialog, { ...mounted, props: { run: null } })
    await refresh()
    await dialog.setProps({ run: 'digits' })

    await page().get('input').setValue('Moons')
    const refused = button('Rename').attributes('disabled')
    await page().get('input').setValue('Digits')
    await page().get('form').trigger('submit')
    await flushPromises()

    expect(refused).toBeDefined()
    expect(host.calls.at(-1)).toEqual({ name: 'run:rename', args: ['digits', 'Digits'] })
    dialog.unmount()
  })

  test('a taken name is refused in place, a free one is asked for and told', async () => {
    const { host, mounted, refresh } = await arrange(['digits', 'moons'], {
      'run:rename': (_run, name) => ({ run: name, file: `/runs/${name}.panda` }),
    })
    const dialog = mount(RenameDialog, { ...mounted, props: { run: null } })
    await refresh()
    await dialog.setProps({ run: 'digits' })

    await page().get('input').setValue('moons')
    expect(page().text()).toContain('There is a run moons already')
    expect(button('Rename').attributes('disabled')).toBeDefined()
    await page().get('input').setValue('suns')
    await page().get('form').trigger('submit')
    await flushPromises()

    expect(host.calls.at(-1)).toEqual({ name: 'run:rename', args: ['digits', 'suns'] })
    await expect.poll(() => dialog.emitted('done')).toEqual([['suns']])
  })

  test('a refusal by the host is shown, and the dialog stays', async () => {
    const { mounted, refresh } = await arrange(['digits'], {
      'run:rename': () => {
        throw new PandaError('session/not-possible-now', 'digits trains', 'Pause it first.')
      },
    })
    const dialog = mount(RenameDialog, { ...mounted, props: { run: 'digits' } })
    await refresh()

    await page().get('input').setValue('suns')
    await page().get('form').trigger('submit')

    await expect.poll(() => page().find('[role=alert]').exists()).toBe(true)
    expect(page().get('[role=alert]').text()).toBe('Digits trains. Pause it first.')
    expect(dialog.emitted('done')).toBeUndefined()
  })
})

test('a second panda from a day asks for a copy up to that day under the next free name', async () => {
  const { host, mounted, refresh } = await arrange(['digits'], {
    'run:duplicate': (_run, { name }) => ({ run: name, file: `/runs/${name}.panda` }),
  })
  const dialog = mount(DuplicateDialog, { ...mounted, props: { run: null, target: 'b1:2' } })
  await refresh()
  await dialog.setProps({ run: 'digits' })

  expect(page().text()).toContain('up to day 2 of branch b1')
  await page().get('form').trigger('submit')

  await expect.poll(() => dialog.emitted('done')).toEqual([['digits-2']])
  expect(host.calls.at(-1)?.args).toEqual(['digits', { name: 'digits-2', target: 'b1:2' }])
})

test('deleting says what is lost and where it can be had back, and Escape keeps the run', async () => {
  const { host, mounted, refresh } = await arrange(['digits'], {
    'run:delete': (run) => ({ run, file: `/runs/${run}.panda` }),
  })
  host.get('digits').train(250)
  const dialog = mount(DeleteDialog, { ...mounted, props: { run: 'digits' } })
  await refresh()
  await flushPromises()

  expect(page().text()).toContain('250 steps of training')
  expect(page().text()).toContain('trash')
  await page().get('[role=dialog]').trigger('keydown', { key: 'Escape' })
  expect(dialog.emitted('close')).toHaveLength(1)
  expect(host.calls.map(({ name }) => name)).not.toContain('run:delete')
  await button('Move to the trash').trigger('click')

  await expect.poll(() => dialog.emitted('done')).toEqual([['digits']])
})
