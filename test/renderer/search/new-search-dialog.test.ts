import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { CallHandlers } from '../../../core/protocol/contract.ts'
import type { Advice, StudyConfig } from '../../../core/protocol/study.ts'
import search from '../../../examples/digits-search.json'
import moons from '../../../examples/two-moons.json'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import NewSearchDialog from '../../../renderer/search/new/NewSearchDialog.vue'
import { FakeHost } from '../fake-host.ts'
import { picturesOf, tableOf } from '../new/describing.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

beforeEach(() => {
  sessionStorage.clear()
  location.hash = '#/search'
})
afterEach(() => {
  document.body.replaceChildren()
})

const page = () => new DOMWrapper(document.body)

/** A control by its role's elements and its accessible name. */
function find(selector: string, name: string | RegExp) {
  const matches = (text: string) => (typeof name === 'string' ? text === name : name.test(text))
  const found = page()
    .findAll(selector)
    .find((one) => {
      const held = one.element as HTMLInputElement
      const labels = [...(held.labels ?? [])].map((label) => label.textContent ?? '').join(' ')
      const text = one.attributes('aria-label') ?? (labels === '' ? one.text() : labels)
      return matches(text.replace(/\s+/g, ' ').trim())
    })
  if (found === undefined) throw new Error(`there is no ${selector} called ${name}`)
  return found
}
const button = (name: string | RegExp) => find('button', name)
const field = (name: string | RegExp) => find('input, select, textarea', name)
const radio = (name: string | RegExp) => find('input[type=radio]', name)
const group = (name: string | RegExp) => find('[role=group]', name)
const heading = () => page().find('h3').text()
const isOff = (name: string) => button(name).attributes('disabled') !== undefined

async function click(name: string | RegExp) {
  await button(name).trigger('click')
  await flushPromises()
}
async function goTo(step: RegExp) {
  await click(step)
  expect(heading()).toMatch(step)
}
const [TRAINED, SEARCHED, HOW, START] = [/What is trained/, /What is searched/, /How/, /Start$/]

const ADVICE: Advice = {
  way: 'search-then-panda',
  reason: 'A day is enough for 40 trials.',
  stepMs: 2,
  trialStepMs: 4,
  stepsPerEpoch: 125,
  modelHours: 1,
  models: 48,
  parallel: 2,
  search: { trials: 64, parallel: 2, epochs: 2, steps: 250, stopsEarly: true, hours: 3 },
}

function hostWith(answers: Partial<CallHandlers> = {}): FakeHost {
  const host = new FakeHost()
  const handlers = host.handlers as Writable<CallHandlers>
  handlers['data:describe'] = () => picturesOf(28, 28, 10, 10_000)
  handlers['studies:list'] = () => []
  handlers['study:create'] = ({ name = 'search' }) => ({
    study: name,
    file: `/${name}.study`,
    trials: 20,
  })
  handlers['study:resume'] = () => null
  handlers['search:advise'] = () => ADVICE
  Object.assign(handlers, answers)
  return host
}

async function openDialog(host: FakeHost, props: { from?: string } = {}, pinia = createPinia()) {
  const link = openLink(async () => host.connect().channel)
  const dialog = mount(NewSearchDialog, {
    props: {
      ...props,
      open: true,
      'onUpdate:open': (open: boolean) => void dialog.setProps({ open }),
    },
    global: { plugins: [pinia], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
  })
  await flushPromises()
  return dialog
}

async function chooseDigits() {
  await radio(/^Handwritten digits/).setValue(true)
  await expect.poll(() => page().text()).toContain('Dense 256 units')
}

const argsOf = (host: FakeHost, call: string) =>
  host.calls.filter(({ name }) => name === call).map(({ args }) => args)
const sent = (host: FakeHost) =>
  (argsOf(host, 'study:create')[0]?.[0] as { readonly config: StudyConfig }).config

/** A JSON file as the dialog's own chooser hands it over. */
async function chooseFile(name: string, text: string) {
  await radio(/^A JSON file/).setValue(true)
  const input = page().find('input[type=file]')
  const file = new File([text], name, { type: 'application/json' })
  Object.defineProperty(input.element, 'files', { value: [file], configurable: true })
  await input.trigger('change')
  await flushPromises()
}

describe('new search', () => {
  test('a sample, and Next to the end, make a search that runs', async () => {
    const host = hostWith()
    const dialog = await openDialog(host)

    expect(isOff('Next')).toBe(true)
    await chooseDigits()
    for (let step = 0; step < 3; step += 1) await click('Next')
    await click('Start')
    await expect.poll(() => location.hash).toBe('#/study/digits-search')

    expect(sent(host)).toMatchObject({ name: 'digits-search', method: 'random', trials: 20 })
    expect(argsOf(host, 'study:resume')).toEqual([['digits-search']])
    expect(dialog.props('open')).toBe(false)
  })

  test('a space on the log scale, from nothing and by the keyboard, is the one that is sent', async () => {
    const host = hostWith()
    await openDialog(host)
    await chooseDigits()
    await goTo(SEARCHED)
    for (const name of [
      'Learning rate α',
      'Mini-batch size B',
      'Layer 1: units',
      'First moment β₁',
    ])
      await click(`Remove ${name}`)
    expect(page().text()).toContain('Nothing is searched yet')

    const add = button('Add to the search').element as HTMLElement
    add.focus()
    await click('Add to the search')
    const filter = field('Find what to search')
    await filter.setValue('learning rate')
    await flushPromises()
    await filter.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Learning rate α: lowest')
    await field('Learning rate α: lowest').setValue('10^-4')
    await field('Learning rate α: highest').setValue('0.1')
    await field('Learning rate α: scale').setValue('logarithmic')
    await goTo(START)
    await field('Name').setValue('mine')
    await field('Name').trigger('keydown', { key: 'Enter' })
    await expect.poll(() => location.hash).toBe('#/study/mine')

    expect(sent(host).space).toEqual({
      'hyperparameters.learning_rate': {
        type: 'real',
        low: 1e-4,
        high: 0.1,
        scale: 'logarithmic',
      },
    })
  })

  test('what a scale samples is said beside it, and follows the range', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    await goTo(SEARCHED)

    expect(group('Learning rate α').text()).toContain('Linear draws would put 90 % into 0.1 – 1')
    await field('Learning rate α: lowest').setValue('0.01')
    expect(group('Learning rate α').text()).toContain('50 % in 0.01 – 0.1')
  })

  test('what is wrong is said at its field, keeps its text, and keeps nobody from typing on', async () => {
    const host = hostWith()
    await openDialog(host)
    await chooseDigits()
    await goTo(SEARCHED)

    await field('Learning rate α: lowest').setValue('abc')
    expect(group('Learning rate α').text()).toContain('“abc” is not a number')
    expect(field('Learning rate α: lowest').attributes('aria-invalid')).toBe('true')
    await field('First moment β₁: highest').setValue('1')
    expect(group('First moment β₁').text()).toContain('End below 1')
    await goTo(START)
    expect(isOff('Start')).toBe(true)
    await field('Name').trigger('keydown', { key: 'Enter' })
    expect(argsOf(host, 'study:create')).toEqual([])

    await click(/Learning rate α: “abc” is not a number/)
    expect(heading()).toBe('What is searched')
    expect((document.activeElement as HTMLInputElement).value).toBe('abc')
    await field('Learning rate α: lowest').setValue('1e-5')
    await field('First moment β₁: highest').setValue('0.99')
    await goTo(START)
    expect(isOff('Start')).toBe(false)
  })

  test('an optimizer that is searched makes β₁ conditional, and offers momentum', async () => {
    const host = hostWith()
    await openDialog(host)
    await chooseDigits()
    await goTo(SEARCHED)

    await click('Add to the search')
    await field('Find what to search').setValue('optimizer')
    await field('Find what to search').trigger('keydown', { key: 'ArrowDown' })
    await field('Find what to search').trigger('keydown', { key: 'Enter' })
    await flushPromises()
    for (const name of ['Gradient descent', 'Nesterov', 'RMSprop', 'AdamW']) {
      await group('Optimizer: values')
        .findAll('button')
        .find((one) => one.text() === name)
        ?.trigger('click')
    }
    await click('Add to the search')
    await field('Find what to search').setValue('hyperparameters.momentum')
    await field('Find what to search').trigger('keydown', { key: 'ArrowDown' })
    await field('Find what to search').trigger('keydown', { key: 'Enter' })
    await flushPromises()
    await goTo(START)
    await click('Create only')

    expect(sent(host).space).toMatchObject({
      optimizer: { type: 'choice', values: ['momentum', 'adam'] },
      'hyperparameters.beta1': { when: { optimizer: ['adam'] } },
      'hyperparameters.momentum': { scale: 'one-minus', when: { optimizer: ['momentum'] } },
    })
    expect(argsOf(host, 'study:resume')).toEqual([])
  })

  test('advice is measured when asked for, shown with its figures, and used when told to', async () => {
    const host = hostWith()
    await openDialog(host)
    await chooseDigits()
    await goTo(HOW)
    expect(argsOf(host, 'search:advise')).toEqual([])

    await field('Time you have').setValue('2')
    await field('A model wants').setValue('50')
    await click('Measure')
    expect(page().text()).toContain('A day is enough for 40 trials.')
    expect(page().text()).toContain('A search before day 064 trials, 2 at once')
    expect(page().text()).toContain('2 epochs, 250 steps; those that fall behind are stopped')
    expect(page().text()).toMatch(/In all3 h, until .+ if started now/)
    expect((field('Trials').element as HTMLInputElement).value).toBe('20')
    await click('Use this plan')

    expect(argsOf(host, 'search:advise')).toMatchObject([[{ days: 2, epochs: 50 }]])
    expect((field('Trials').element as HTMLInputElement).value).toBe('64')
    expect((field('Each trains').element as HTMLInputElement).value).toBe('2')
    // 64 trials of 250 steps of 4 ms, two at once
    expect(page().text()).toContain('at most 32 s, 2 at once')
  })

  test('caviar comes with its plan: how many, how long, and that all train to the end', async () => {
    const plan = { trials: 200, parallel: 8, epochs: 1, steps: 125, stopsEarly: false, hours: 200 }
    await openDialog(
      hostWith({ 'search:advise': () => ({ ...ADVICE, way: 'caviar', search: plan }) }),
    )
    await chooseDigits()
    await goTo(HOW)
    await field('Cores').setValue('8')
    await click('Measure')

    expect(page().text()).toContain('The search200 trials, 8 at once')
    expect(page().text()).toContain('1 epoch, 125 steps; all train to the end')
    expect(page().text()).toContain('In all8 d 8 h, until ')
    await click('Use this plan')

    expect((field('At once').element as HTMLInputElement).value).toBe('8')
    expect(page().findAll('[role=switch]')[0]?.attributes('aria-checked')).toBe('false')
  })

  test('advice about another network is not shown any more', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    await goTo(HOW)
    await click('Measure')
    expect(page().text()).toContain('A day is enough')

    await goTo(TRAINED)
    await field('Network').setValue('linear')
    await expect.poll(() => page().text()).not.toContain('Dense 256 units')
    await goTo(HOW)

    expect(page().text()).not.toContain('A day is enough')
  })

  test('from a run: its config, its name, and how many examples it has', async () => {
    const host = hostWith()
    const run = host.add('mine')
    await openDialog(host, { from: 'mine' })
    await expect.poll(() => page().text()).toContain('Dense')

    await goTo(START)
    await click('Create only')

    const { name: _, ...config } = run.snapshot.facts.config
    expect(sent(host)).toMatchObject({
      name: 'mine-search',
      run: JSON.parse(JSON.stringify(config)),
    })
    expect(location.hash).toBe('#/study/mine-search')
  })

  test('a run brings its data along, wherever they came from', async () => {
    const host = hostWith()
    const run = host.add('mine')
    const data = { csv: 'gone.csv', label: 'y', dev: 0.2, normalise: 'feature' } as const
    const { facts } = run.snapshot
    run.snapshot = { ...run.snapshot, facts: { ...facts, config: { ...facts.config, data } } }
    await openDialog(host, { from: 'mine' })
    await expect.poll(() => page().text()).toContain('gone.csv')

    expect(page().text()).not.toContain('Folder of its data')
    expect(page().text()).toContain('panda search mine-search.json --from mine')
    await goTo(HOW)
    await click('Measure')
    await goTo(START)
    await click('Create only')

    expect(argsOf(host, 'search:advise')).toMatchObject([[{ run: 'mine' }]])
    expect(argsOf(host, 'study:create')).toMatchObject([[{ run: 'mine' }]])
    expect(argsOf(host, 'data:describe')).toEqual([])
    expect(argsOf(host, 'study:create')[0]?.[0]).not.toHaveProperty('base')
  })

  test('a whole search from a JSON file is sent as it stands', async () => {
    const host = hostWith()
    await openDialog(host)
    await chooseFile('digits-search.json', JSON.stringify(search))
    await expect.poll(() => page().text()).toContain('Dense 128 units')

    await goTo(START)
    await click('Create only')

    expect(sent(host)).toEqual({ ...search })
  })

  test('data that a file names by a relative path is looked for in the folder that is given', async () => {
    const host = hostWith({
      'data:describe': ({ base }) => {
        if (base === '/data') return tableOf(2, 2)
        throw new PandaError('data/unreadable', 'there is no file two-moons.csv')
      },
    })
    await openDialog(host)
    await chooseFile('two-moons.json', JSON.stringify(moons))
    await expect.poll(() => page().text()).toContain('two-moons.csv is relative to it')

    await field('Folder of its data').setValue('/data')
    await expect.poll(() => page().text()).toContain('160 examples')
    await goTo(START)
    await click('Create only')

    expect(argsOf(host, 'study:create')).toMatchObject([[{ base: '/data' }]])
  })

  test('a file that holds something else is refused with its reason', async () => {
    await openDialog(hostWith())

    await chooseFile('a.json', '{"a": 1}')

    await expect.poll(() => page().text()).toContain('neither a search nor the config of a run')
    expect(isOff('Next')).toBe(true)
  })

  test('what is written as JSON changes the form; what is none is kept and named', async () => {
    await openDialog(hostWith())
    await chooseDigits()
    const json = field('Search as JSON')

    await json.setValue('{ "name": ')
    await json.trigger('change')
    expect(page().text()).toContain('This is not JSON yet')
    await json.setValue(JSON.stringify({ ...search, budget: { hours: 3 } }))
    await json.trigger('change')
    expect(page().text()).toContain('there is no "budget.hours". It takes steps, epochs, minutes.')
    await json.setValue(JSON.stringify({ ...search, trials: 7 }))
    await json.trigger('change')
    await goTo(HOW)

    expect((field('Trials').element as HTMLInputElement).value).toBe('7')
  })

  test('a refusal that names a row is told at that row', async () => {
    const host = hostWith({
      'study:create': () => {
        const message = '"network.layers.0.units" is too wide for this machine'
        throw new PandaError('config/invalid', message, 'Search fewer.')
      },
    })
    await openDialog(host)
    await chooseDigits()
    await goTo(START)

    await click('Start')
    await expect.poll(() => heading()).toBe('What is searched')

    expect(group('Layer 1: units').text()).toContain('Is too wide for this machine. Search fewer.')
    await field('Layer 1: units: highest').setValue('64')
    expect(group('Layer 1: units').text()).not.toContain('too wide')
  })

  test('closing keeps what was entered for the next time', async () => {
    const [host, pinia] = [hostWith(), createPinia()]
    const dialog = await openDialog(host, {}, pinia)
    await chooseDigits()
    await goTo(SEARCHED)
    await field('Learning rate α: lowest').setValue('abc')

    await click('Close')
    expect(page().find('[role=dialog]').exists()).toBe(false)
    await dialog.setProps({ open: true })

    expect((field('Learning rate α: lowest').element as HTMLInputElement).value).toBe('abc')
  })

  test('Enter before the last step starts nothing', async () => {
    const host = hostWith()
    await openDialog(host)
    await chooseDigits()
    await goTo(HOW)

    await field('Trials').trigger('keydown', { key: 'Enter' })
    await flushPromises()

    expect(argsOf(host, 'study:create')).toEqual([])
  })
})
