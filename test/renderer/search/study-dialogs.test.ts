import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, describe, expect, test } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { AdoptRequest } from '../../../core/protocol/study.ts'
import { linkKey, openLink } from '../../../renderer/link/link.ts'
import AddTrialsDialog from '../../../renderer/search/AddTrialsDialog.vue'
import AdoptDialog from '../../../renderer/search/AdoptDialog.vue'
import ChangeSpaceDialog from '../../../renderer/search/ChangeSpaceDialog.vue'
import { FakeHost } from '../fake-host.ts'
import { doneTrial, firstStudy, trialAt } from '../fake-study.ts'

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
    .find((one) => one.text() === label)
  return page().get(`#${found?.attributes('for')}`)
}

const mounted = () => ({
  global: {
    plugins: [createPinia()],
    provide: { [linkKey as symbol]: openLink(async () => new FakeHost().connect().channel) },
  },
  attachTo: document.body,
})

const study = {
  ...firstStudy('search'),
  trials: [doneTrial(1, 0.1), doneTrial(2, 0.0445), trialAt(3, { state: 'waiting' })],
  best: 2,
}

describe('adopting', () => {
  const open = (trial: number, adopt = (_: AdoptRequest) => Promise.reject(new Error('unasked'))) =>
    mount(AdoptDialog, { ...mounted(), props: { trial, snapshot: study, adopt } })

  test('says what the new run will be, and makes it under the name given', async () => {
    const requests: AdoptRequest[] = []
    const dialog = mount(AdoptDialog, {
      ...mounted(),
      props: {
        trial: 2,
        snapshot: study,
        adopt: (request: AdoptRequest) => {
          requests.push(request)
          return Promise.resolve({ run: 'mine', file: 'f', trial: 2, step: 450, parameters: 9 })
        },
      },
    })
    await flushPromises()

    const text = page().get('[role=dialog]').text()
    expect(text).toContain('Adopt trial 2, the best')
    expect(text).toContain('learning rate 0.002, units 18')
    expect(text).toContain('Day 0 begins at step 450, dev error 4.45 %')
    expect((field('Name of the run').element as HTMLInputElement).value).toBe('search-2')
    await field('Name of the run').setValue('mine')
    await page().get('form').trigger('submit')
    await flushPromises()

    expect(requests).toEqual([{ trial: 2, name: 'mine', from_scratch: false }])
    expect(dialog.emitted('done')).toEqual([['mine', false]])
  })

  test('from scratch, and to train on at once', async () => {
    const requests: AdoptRequest[] = []
    const dialog = mount(AdoptDialog, {
      ...mounted(),
      props: {
        trial: 1,
        snapshot: study,
        adopt: (request: AdoptRequest) => {
          requests.push(request)
          return Promise.resolve({ run: 'r', file: 'f', trial: 1, step: 0, parameters: 9 })
        },
      },
    })
    await flushPromises()

    await button('From scratch').trigger('click')
    expect(page().text()).toContain('day 0 at step 0, with new weights')
    await button('Adopt and train on').trigger('click')
    await flushPromises()

    expect(requests[0]?.from_scratch).toBe(true)
    expect(dialog.emitted('done')).toEqual([['r', true]])
  })

  test('a trial without weights is offered from scratch alone', async () => {
    open(3)
    await flushPromises()

    expect(page().text()).not.toContain('With its weights')
    expect(page().text()).toContain('with new weights')
  })

  test('a refusal is told in place, and the dialog stays', async () => {
    const dialog = open(2, () =>
      Promise.reject(new PandaError('store/exists', 'there is one', 'Choose another name.')),
    )
    await flushPromises()

    await page().get('form').trigger('submit')
    await flushPromises()

    expect(page().get('[role=alert]').text()).toBe('There is one. Choose another name.')
    expect(dialog.emitted('done')).toBeUndefined()
  })
})

describe('adding trials', () => {
  test('says the new total, and refuses what is no number of trials', async () => {
    const counts: number[] = []
    const addTrials = (count: number) => Promise.resolve(void counts.push(count))
    const dialog = mount(AddTrialsDialog, {
      ...mounted(),
      props: { open: true, study: 'search', asked: 12, addTrials },
    })
    await flushPromises()

    for (const wrong of ['0', '1.5', 'many', '']) {
      await field('How many more').setValue(wrong)
      expect(button('Add them').attributes('disabled')).toBeDefined()
    }
    await field('How many more').setValue('8')
    expect(page().text()).toContain('That makes 20 trials in all.')
    await page().get('form').trigger('submit')
    await flushPromises()

    expect(counts).toEqual([8])
    expect(dialog.emitted('done')).toEqual([[8]])
    expect(dialog.emitted('update:open')).toEqual([[false]])
  })
})

describe('changing the space', () => {
  test('says which trials lie outside, and sends the space as it is now', async () => {
    const spaces: unknown[] = []
    const changeSpace = (space: unknown) => Promise.resolve(void spaces.push(space))
    mount(ChangeSpaceDialog, { ...mounted(), props: { open: true, snapshot: study, changeSpace } })
    await flushPromises()
    expect(button('Change the space').attributes('disabled')).toBeDefined()

    // Units are 17, 18 and 19 by the trials' numbers.
    const [low] = page()
      .findAll<HTMLInputElement>('input[type=text]')
      .filter(({ element }) => element.value === '16')
    if (low === undefined) throw new Error('there is no field for the least units')
    await low.setValue('18')
    await low.trigger('change')
    await flushPromises()

    expect(page().text()).toContain('1 of 3 trials lies outside')
    await button('Change the space').trigger('click')
    await flushPromises()

    expect(spaces).toMatchObject([{ 'network.layers.0.units': { low: 18, high: 256 } }])
  })
})
