import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../core/errors.ts'
import type { RollbackOptions } from '../../core/protocol/run.ts'
import HomeView from '../../renderer/home/HomeView.vue'
import JournalPanel from '../../renderer/journal/JournalPanel.vue'
import KnobPanel from '../../renderer/knobs/KnobPanel.vue'
import RollbackDialog from '../../renderer/history/RollbackDialog.vue'
import { dayCardsOf } from '../../renderer/run/lineage.ts'
import { linkKey, openLink } from '../../renderer/link/link.ts'
import { useRunStore } from '../../renderer/stores/run.ts'
import { useRunsStore } from '../../renderer/stores/runs.ts'
import { FakeHost } from './fake-host.ts'
import { FakeRun, firstSnapshot } from './fake-run.ts'

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

const field = (label: string) => {
  const found = page()
    .findAll('label')
    .find((one) => one.text().startsWith(label))
  return page().get(`[id="${found?.attributes('for')}"]`)
}

const mountKnobs = () =>
  mount(KnobPanel, {
    props: { readings: firstSnapshot().readings, isBusy: false, canUndo: false, error: null },
    attachTo: document.body,
  })

describe('the knobs panel', () => {
  test('dragging a slider changes the draft and applies nothing', async () => {
    const panel = mountKnobs()
    const slider = panel.get('[aria-label="Learning rate slider"]')

    await slider.setValue('800')

    expect((field('Learning rate').element as HTMLInputElement).value).not.toBe('0.001')
    expect(panel.text()).toContain('a checkpoint is taken first')
    expect(panel.emitted('apply')).toBeUndefined()
  })

  test('Enter in a field applies what differs, and only that', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('2e-3')
    await field('L2').setValue('0')

    await panel.get('form').trigger('submit')

    expect(panel.emitted('apply')).toEqual([[{ learning_rate: 0.002 }]])
  })

  test('a value that is refused is named, and Apply stays shut', async () => {
    const panel = mountKnobs()

    await field('First moment').setValue('1')
    await panel.get('form').trigger('submit')

    expect(panel.text()).toContain('First moment must be below 1')
    expect(button('Apply').attributes('disabled')).toBeDefined()
    expect(panel.emitted('apply')).toBeUndefined()
  })

  test('Escape takes the draft back', async () => {
    mountKnobs()
    await field('Learning rate').setValue('0.5')

    await field('Learning rate').trigger('keydown', { key: 'Escape' })

    expect((field('Learning rate').element as HTMLInputElement).value).toBe('0.001')
    expect(button('Revert').attributes('disabled')).toBeDefined()
  })

  test('a draft stays while readings move by themselves, and goes when it is in force', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('0.002')
    const reading = { requested: 0.001, inForce: 0.001, scheduled: 0.0009 }
    const readings = { ...firstSnapshot().readings, learning_rate: reading }

    await panel.setProps({ readings })
    expect((field('Learning rate').element as HTMLInputElement).value).toBe('0.002')
    const taken = { ...readings, learning_rate: { ...reading, requested: 0.002 } }
    await panel.setProps({ readings: taken })

    expect(button('Apply').attributes('disabled')).toBeDefined()
  })
})

describe('the rollback dialog', () => {
  async function openDialog(rollback: (target: string, options: RollbackOptions) => Promise<void>) {
    const host = new FakeHost()
    const run = host.add('digits')
    run.train(250)
    run.nudge({ learning_rate: 0.02 })
    const client = host.client()
    const card = dayCardsOf(run.snapshot)[1] ?? null
    const preview = (target: string) => client.call('run:preview-rollback', 'digits', target)
    const dialog = mount(RollbackDialog, {
      props: { card, preview, rollback },
      attachTo: document.body,
    })
    await flushPromises()
    await expect.poll(() => page().find('table').exists()).toBe(true)
    return dialog
  }

  test('shows the knobs now and then and the steps that become a ghost', async () => {
    await openDialog(async () => {})

    const row = page().get('tr[data-differs="true"]')
    expect(row.text()).toMatch(/Learning rate\s*0\.02\s*0\.001/)
    expect(page().text()).toContain('125 steps become a ghost')
  })

  test('sends the choice and the reason, then closes', async () => {
    const asked: unknown[] = []
    const dialog = await openDialog(async (target, options) => void asked.push(target, options))

    await page().get('input[value="keep"]').setValue()
    await field('Reason').setValue('diverged')
    await page().get('[role="dialog"] form').trigger('submit')
    await flushPromises()

    expect(asked).toEqual(['1', { knobs: 'keep', reason: 'diverged' }])
    expect(dialog.emitted('close')).toHaveLength(1)
  })

  test('a refusal is shown in the dialog, which stays open', async () => {
    const dialog = await openDialog(() =>
      Promise.reject(new PandaError('session/not-possible-now', 'it is busy', 'Wait a little.')),
    )

    await page().get('[role="dialog"] form').trigger('submit')
    await flushPromises()

    expect(page().get('[role="alert"]').text()).toBe('It is busy. Wait a little.')
    expect(dialog.emitted('close')).toBeUndefined()
  })
})

test('one button raises a panda on the digits, trains it and goes to its view', async () => {
  const host = new FakeHost()
  const pinia = createPinia()
  const link = openLink(async () => host.connect().channel)
  mount(HomeView, {
    global: { plugins: [pinia], provide: { [linkKey as symbol]: link } },
    attachTo: document.body,
  })
  await useRunsStore(pinia).refresh()

  await button('Raise a panda on the sample digits').trigger('click')

  await expect.poll(() => host.runs.get('digits')?.snapshot.state.kind).toBe('running')
  await expect.poll(() => useRunStore(pinia).isUnderWay).toBe(true)
  expect(location.hash).toBe('#/run/digits')
})

test('a note is written to the journal and its field emptied', async () => {
  const run = new FakeRun('digits')
  const written: string[] = []
  const panel = mount(JournalPanel, {
    props: { snapshot: run.snapshot, write: async (text: string) => void written.push(text) },
    attachTo: document.body,
  })
  const note = panel.get('input')

  await note.setValue('  try a smaller α ')
  await panel.get('form').trigger('submit')
  await flushPromises()

  expect(written).toEqual(['try a smaller α'])
  expect((note.element as HTMLInputElement).value).toBe('')
})
