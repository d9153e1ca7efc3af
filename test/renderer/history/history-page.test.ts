import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { SeriesQuery } from '../../../core/protocol/run.ts'
import HistoryPage from '../../../renderer/history/HistoryPage.vue'
import { FakeHost } from '../fake-host.ts'
import { FakeRun } from '../fake-run.ts'

afterEach(() => document.body.replaceChildren())

function openPage({ isRefused = false } = {}) {
  const host = new FakeHost()
  const run = host.add('digits')
  run.train(500)
  run.nudge({ learning_rate: 0.02 })
  run.train(300)
  run.rollback(run.targetOf('4'), 'diverged', 'rollback')
  run.train(300)
  const client = host.client()
  const refusal = { isOn: isRefused }
  const series = (query: SeriesQuery) =>
    refusal.isOn
      ? Promise.reject(
          new PandaError('store/unreadable', 'the file cannot be read', 'Look at the disk.'),
        )
      : client.call('run:series', 'digits', query)
  const view = mount(HistoryPage, {
    props: { snapshot: run.snapshot, series },
    global: { plugins: [createPinia()] },
    attachTo: document.body,
  })
  return { run, view, refusal }
}

const page = () => new DOMWrapper(document.body)
const tree = () => page().get('[role="listbox"][aria-label="Branches and days"]')
const options = () => tree().findAll('[role="option"]')
const selected = () => tree().get('[aria-selected="true"]').attributes('aria-label') ?? ''
const button = (text: string) => {
  const found = page()
    .findAll('button')
    .find((one) => one.text() === text)
  if (found === undefined) throw new Error(`there is no button "${text}"`)
  return found
}
const press = async (...keys: readonly string[]) => {
  for (const key of keys) await tree().trigger('keydown', { key })
  await flushPromises()
}
const rows = () =>
  page()
    .findAll('tbody tr')
    .map((row) => row.findAll('th, td').map((cell) => cell.text()))

describe('the tree of branches', () => {
  test('says every day, end and now with branch, step and costs', () => {
    openPage()
    const names = options().map((one) => one.attributes('aria-label') ?? '')

    expect(names).toHaveLength(11)
    expect(names[0]).toMatch(/^day 0 of branch b1, step 0/)
    expect(names[5]).toMatch(/^day 5 of branch b1, step 625, train cost .*, ghost$/)
    expect(names[7]).toMatch(/^end of branch b1, step 800, .*, ghost$/)
    expect(names.at(-1)).toMatch(/^now, on branch b2, step 800, /)
  })

  test('arrows walk along a branch and between branches, and the details follow', async () => {
    openPage()
    expect(selected()).toMatch(/^now/)

    await press('ArrowLeft', 'ArrowUp')

    expect(selected()).toMatch(/^day 6 of branch b1/)
    expect(tree().attributes('aria-activedescendant')).toBe(
      tree().get('[aria-selected="true"]').attributes('id'),
    )
    expect(page().get('h3').text()).toMatch(/^Day 6 of ghost b1\s*ghost$/)
  })

  test('one can go back to any day, and to an end that was saved', async () => {
    const { view } = openPage()

    await press('ArrowUp', 'Home', 'ArrowRight')
    await button('Roll back…').trigger('click')
    await press('End')
    await button('Roll back…').trigger('click')
    await button('Second panda').trigger('click')
    await button('Note…').trigger('click')

    const [[first], [second]] = view.emitted('rollback') as [[unknown], [{ target: string }]]
    expect(first).toEqual({ target: '1', label: 'day 1' })
    expect(second).toMatchObject({ label: 'the end of b1' })
    expect(view.emitted('duplicate')).toEqual([[second.target]])
    expect(view.emitted('note')).toEqual([[{ kind: 'point', branch: 'b1', step: 800 }]])
  })

  test('there is no way back to now', async () => {
    openPage()

    expect(
      page()
        .findAll('button')
        .map((one) => one.text()),
    ).not.toContain('Roll back…')
  })
})

test('a run that has not trained yet says what will stand here', () => {
  const run = new FakeRun('digits')
  const series = () => Promise.reject(new PandaError('store/unreadable', 'nothing to ask for'))
  const props = { snapshot: run.snapshot, series }
  mount(HistoryPage, { props, global: { plugins: [createPinia()] }, attachTo: document.body })

  expect(page().text()).toContain('No history yet')
  expect(page().find('[role="listbox"]').exists()).toBe(false)
})

describe('comparing', () => {
  test('one click lays the ghost beside what came after', async () => {
    openPage()
    expect(page().text()).toContain('Nothing to compare yet')

    await button('Compare with its ghost').trigger('click')
    await flushPromises()

    expect(rows().map((cells) => [cells[0], cells[1], cells.at(-1)])).toEqual([
      ['ghost b1 after step 500', '300', '0.02'],
      ['b2 after step 500', '300', '0.001'],
    ])
    await expect.poll(() => page().findAll('[aria-label="Legend"] li').length).toBe(2)
  })

  test('days are added from the tree and taken away by their chips', async () => {
    openPage()
    await press('ArrowLeft')
    await button('Compare').trigger('click')
    await press('ArrowUp')
    await button('Compare').trigger('click')
    expect(rows().map(([name]) => name)).toEqual(['day 6', 'day 6 of ghost b1'])

    await page().get('[aria-label="Remove day 6"]').trigger('click')

    expect(rows().map(([name]) => name)).toEqual(['day 6 of ghost b1'])
  })

  test('a refusal is said, and asking again is one click', async () => {
    const { refusal } = openPage({ isRefused: true })
    await button('Compare').trigger('click')
    await flushPromises()
    expect(page().get('[role="alert"]').text()).toBe('The file cannot be read. Look at the disk.')

    refusal.isOn = false
    await button('Ask again').trigger('click')

    await expect.poll(() => page().find('[role="alert"]').exists()).toBe(false)
  })
})
