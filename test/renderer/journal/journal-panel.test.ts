import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { JournalDetail } from '../../../core/protocol/run.ts'
import JournalPanel from '../../../renderer/journal/JournalPanel.vue'
import type { WriteNote } from '../../../renderer/journal/use-note.ts'
import NoteDialog from '../../../renderer/journal/NoteDialog.vue'
import { FakeRun } from '../fake-run.ts'

afterEach(() => document.body.replaceChildren())

function add(run: FakeRun, detail: JournalDetail) {
  const { branch, step } = run.snapshot
  run.say({ branch, step, type: 'journaled', entry: { ...run.entry(), ...detail } })
}
function eventfulRun(): FakeRun {
  const run = new FakeRun('digits')
  run.train(250)
  run.nudge({ learning_rate: 0.02 })
  add(run, { kind: 'note', text: 'Looks fine.' })
  add(run, { kind: 'note', text: 'Odd bump.', about: { kind: 'day', branch: 'b1', day: 2 } })
  add(run, { kind: 'alert', alert: 'not-finite', message: 'A step was refused.' })
  return run
}
function openPanel(run = eventfulRun(), write: WriteNote = async () => {}) {
  return mount(JournalPanel, {
    props: { snapshot: run.snapshot, write, focused: null },
    attachTo: document.body,
  })
}

const page = () => new DOMWrapper(document.body)
const lines = () => page().findAll('ol[aria-labelledby="journal-heading"] > li')
/** Of each line, what stands before its time. */
const sentences = () => lines().flatMap((line) => line.findAll('p').at(-2)?.text() ?? [])
const chip = (text: string) =>
  page()
    .get('[aria-label="Lines to show"]')
    .findAll('button')
    .find((one) => one.text() === text)
const note = () => page().get<HTMLTextAreaElement>('textarea[aria-label="Note"]')

describe('the journal', () => {
  test('speaks newest first, and says what a note is about', () => {
    openPanel()

    expect(sentences()).toEqual([
      'A step was refused.',
      'Odd bump.',
      'Looks fine.',
      'Nudged α 0.001 → 0.02, from step 251.',
      'Day 2 ended.',
      'Day 1 ended.',
      'A panda was born.',
    ])
    expect(lines()[1]?.text()).toContain('On day 2')
    expect(lines()[2]?.text()).not.toContain('On ')
  })

  test('shows only one kind of line, or those that say something', async () => {
    openPanel()

    await chip('Notes')?.trigger('click')
    expect(sentences()).toEqual(['Odd bump.', 'Looks fine.'])
    await page().get('[role="searchbox"]').setValue('DAY 2')
    expect(sentences()).toEqual(['Odd bump.'])
    await chip('All')?.trigger('click')

    expect(sentences()).toEqual(['Odd bump.', 'Day 2 ended.'])
  })

  test('an entry that is asked for is marked and told, whatever was filtered', async () => {
    const run = eventfulRun()
    const panel = openPanel(run)
    await chip('Days')?.trigger('click')
    const nudge = run.snapshot.journal.find(({ kind }) => kind === 'nudge')

    await panel.setProps({ focused: nudge?.id ?? 0 })
    await flushPromises()

    const marked = lines().filter((line) => line.attributes('aria-current') === 'true')
    expect(marked.map((line) => line.find('p').text())).toEqual([
      'Nudged α 0.001 → 0.02, from step 251.',
    ])
    expect(page().get('[role="status"]').text()).toBe(
      'Step 250: Nudged α 0.001 → 0.02, from step 251.',
    )
  })

  test('a long journal comes in parts, and an old entry brings its own', async () => {
    const run = new FakeRun('digits')
    for (let i = 1; i <= 250; i++) add(run, { kind: 'note', text: `note ${i}` })
    const panel = openPanel(run)
    const older = () =>
      page()
        .findAll('button')
        .find((one) => one.text().startsWith('Show older'))
    expect(sentences()).not.toContain('note 150')

    await older()?.trigger('click')
    expect(sentences()).toContain('note 150')
    expect(sentences()).not.toContain('note 2')
    await panel.setProps({ focused: 3 })
    await flushPromises()

    expect(sentences()).toContain('note 2')
  })

  test('a note goes with Ctrl-Enter, trimmed, and the field is emptied', async () => {
    const written: string[] = []
    openPanel(undefined, async (text) => written.push(text))

    await note().setValue('  try a smaller α ')
    await note().trigger('keydown', { key: 'Enter', ctrlKey: true })
    await flushPromises()

    expect(written).toEqual(['try a smaller α'])
    expect(note().element.value).toBe('')
  })

  test('a blank note is not sent', async () => {
    const written: string[] = []
    openPanel(undefined, async (text) => written.push(text))

    await note().setValue(' \n ')
    await note().trigger('keydown', { key: 'Enter', metaKey: true })
    await page().get('form').trigger('submit')

    expect(written).toEqual([])
  })

  test('a note that is refused stays in the field, with the reason', async () => {
    const full = new PandaError('store/disk-full', 'the disk is full', 'Make room, then try again.')
    openPanel(undefined, () => Promise.reject(full))

    await note().setValue('a thought')
    await page().get('form').trigger('submit')
    await flushPromises()

    expect(note().element.value).toBe('a thought')
    expect(page().get('[role="alert"]').text()).toBe('The disk is full. Make room, then try again.')
  })
})

test('a note on a day says what it is about, and closes when it is written', async () => {
  const written: unknown[] = []
  const subject = { kind: 'day', branch: 'b1', day: 4 } as const
  const dialog = mount(NoteDialog, {
    props: {
      subject,
      label: 'day 4',
      write: async (...given: readonly unknown[]) => void written.push(given),
    },
    attachTo: document.body,
  })
  await flushPromises()
  expect(page().get('[role="dialog"] h2').text()).toBe('Note on day 4')

  await note().setValue('the best so far')
  await page().get('[role="dialog"] form').trigger('submit')
  await flushPromises()

  expect(written).toEqual([['the best so far', subject]])
  expect(dialog.emitted('close')).toHaveLength(1)
})
