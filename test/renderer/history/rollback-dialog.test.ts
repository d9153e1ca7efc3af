import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { RollbackOptions, RollbackPreview } from '../../../core/protocol/run.ts'
import RollbackDialog from '../../../renderer/history/RollbackDialog.vue'
import { FakeHost } from '../fake-host.ts'

afterEach(() => document.body.replaceChildren())

const page = () => new DOMWrapper(document.body)
const button = (text: string) => {
  const found = page()
    .findAll('button')
    .find((one) => one.text() === text)
  if (found === undefined) throw new Error(`there is no button "${text}"`)
  return found
}
const reason = () => {
  const label = page()
    .findAll('label')
    .find((one) => one.text().startsWith('Reason'))
  return page().get(`[id="${label?.attributes('for')}"]`)
}
const submit = async () => {
  await page().get('[role="dialog"] form').trigger('submit')
  await flushPromises()
}

type Preview = (target: string) => Promise<RollbackPreview>

async function openDialog(
  rollback: (target: string, options: RollbackOptions) => Promise<unknown>,
  refuseOnce = false,
) {
  const host = new FakeHost()
  const run = host.add('digits')
  run.train(250)
  run.nudge({ learning_rate: 0.02 })
  const client = host.client()
  let refusals = refuseOnce ? 1 : 0
  const preview: Preview = (target) =>
    refusals-- > 0
      ? Promise.reject(new PandaError('session/not-possible-now', 'it is busy', 'Wait a little.'))
      : client.call('run:preview-rollback', 'digits', target)
  const dialog = mount(RollbackDialog, {
    props: { target: { target: '1', label: 'day 1' }, preview, rollback },
    attachTo: document.body,
  })
  await flushPromises()
  if (!refuseOnce) await expect.poll(() => page().find('table').exists()).toBe(true)
  return dialog
}

describe('the rollback dialog', () => {
  test('shows the knobs now and then and the steps that become a ghost', async () => {
    await openDialog(async () => {})

    expect(page().get('[role="dialog"] h2').text()).toBe('Roll back to day 1')
    const row = page().get('tr[data-differs="true"]')
    expect(row.text()).toMatch(/Learning rate\s*0\.02\s*0\.001/)
    expect(page().text()).toContain('125 steps become a ghost')
  })

  test('sends the choice and the reason, then closes', async () => {
    const asked: unknown[] = []
    const dialog = await openDialog(async (target, options) => void asked.push(target, options))

    await page().get('input[value="keep"]').setValue()
    await reason().setValue('diverged')
    await submit()

    expect(asked).toEqual(['1', { knobs: 'keep', reason: 'diverged' }])
    expect(dialog.emitted('close')).toHaveLength(1)
  })

  test('a refusal is shown in the dialog, which stays open with what was typed', async () => {
    const dialog = await openDialog(() =>
      Promise.reject(new PandaError('session/not-possible-now', 'it is busy', 'Wait a little.')),
    )
    await reason().setValue('diverged')

    await submit()

    expect(page().get('[role="alert"]').text()).toBe('It is busy. Wait a little.')
    expect(dialog.emitted('close')).toBeUndefined()
    expect((reason().element as HTMLInputElement).value).toBe('diverged')
  })

  test('while it goes back it says so, and neither a second time nor a way out is offered', async () => {
    let calls = 0
    let finish = () => {}
    const dialog = await openDialog(() => {
      calls += 1
      return new Promise<void>((resolve) => (finish = resolve))
    })
    await submit()
    await submit()

    expect(calls).toBe(1)
    expect(page().find('[role="progressbar"]').exists()).toBe(true)
    expect(button('Cancel').attributes('disabled')).toBeDefined()
    await page().get('[aria-label="Close"]').trigger('click')
    expect(dialog.emitted('close')).toBeUndefined()

    finish()
    await flushPromises()
    expect(dialog.emitted('close')).toHaveLength(1)
  })

  test('where nothing could be looked up, one can look again', async () => {
    await openDialog(async () => {}, true)
    expect(page().get('[role="alert"]').text()).toBe('It is busy. Wait a little.')

    await button('Look again').trigger('click')

    await expect.poll(() => page().find('table').exists()).toBe(true)
    expect(page().find('[role="alert"]').exists()).toBe(false)
  })
})
