import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { EvaluateOptions, EvaluationReply, RunInputs } from '../../../core/protocol/examine.ts'
import EvaluatePage from '../../../renderer/examine/EvaluatePage.vue'
import { FakeRun } from '../fake-run.ts'
import { dropFiles, filesForm } from './drop-files.ts'
import { classAnswer, evaluation, pictures, table } from './examined.ts'

afterEach(() => document.body.replaceChildren())

const page = () => new DOMWrapper(document.body)
const buttons = (name: string | RegExp) =>
  page()
    .findAll('button')
    .filter((one) => {
      const label = one.attributes('aria-label') ?? one.text()
      return typeof name === 'string' ? label === name : name.test(label)
    })
function button(name: string | RegExp) {
  const [found] = buttons(name)
  if (found === undefined) throw new Error(`there is no button ${name}`)
  return found
}
const tableNamed = (name: string) =>
  page()
    .findAll('table')
    .find((one) => one.find('caption').text() === name)
const mistakes = () => page().findAll('ul[aria-label="Worst mistakes"] > li')

type Evaluate = (options: EvaluateOptions) => Promise<EvaluationReply>

async function open(
  evaluate: Evaluate = () => Promise.resolve(evaluation()),
  inputs: RunInputs = pictures,
) {
  const run = new FakeRun('digits')
  run.train(250)
  const asked: EvaluateOptions[] = []
  const uploaded: string[] = []
  const view = mount(EvaluatePage, {
    props: {
      snapshot: run.snapshot,
      evaluate: (options: EvaluateOptions) => {
        asked.push(options)
        return evaluate(options)
      },
      predict: () => Promise.resolve(classAnswer('cat')),
      inputs: () => Promise.resolve(inputs),
      upload: (file: File) => {
        uploaded.push(file.name)
        return Promise.resolve({ path: `/uploads/${file.name}` })
      },
    },
    attachTo: document.body,
  })
  await flushPromises()
  return { view, run, asked, uploaded }
}

describe('the evaluation page', () => {
  test('evaluates on the dev set by itself and says what came of it', async () => {
    const { asked } = await open()

    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ on: 'dev' })
    expect(asked[0]?.mistakes).toBeGreaterThan(0)
    expect(page().text()).toContain('75.0 %')
    expect(page().text()).toContain('as of step 250')
    expect(tableNamed('Confusion matrix')?.findAll('tbody tr')).toHaveLength(3)
    expect(tableNamed('Classes')?.findAll('tbody tr')).toHaveLength(3)
  })

  test('says how far training has gone on since', async () => {
    const { view, run } = await open()

    run.train(125)
    await view.setProps({ snapshot: run.snapshot })

    expect(page().text()).toContain('Training has gone on 125 steps since.')
  })

  test('evaluates the set and the day that are chosen', async () => {
    const { asked } = await open()

    await button('Train set').trigger('click')
    await flushPromises()
    expect(asked.at(-1)).toMatchObject({ on: 'train' })

    await page().get('select').setValue('1')
    await flushPromises()

    expect(asked.at(-1)).toMatchObject({ on: 'train', checkpoint: '1' })
  })

  test('drops the answer to a question that another choice has overtaken', async () => {
    let answerFirst: (reply: EvaluationReply) => void = () => {}
    await open((options) =>
      options.on === 'dev'
        ? new Promise((resolve) => (answerFirst = resolve))
        : Promise.resolve(evaluation({ on: 'train', accuracy: 0.99 })),
    )
    await button('Train set').trigger('click')
    await flushPromises()

    answerFirst(evaluation({ accuracy: 0.11 }))
    await flushPromises()

    expect(page().text()).toContain('99.0 %')
    expect(page().text()).not.toContain('11.0 %')
  })

  test('shows a refusal where the result would be, and asks again on demand', async () => {
    let refusals = 1
    const { asked } = await open(() =>
      refusals-- > 0
        ? Promise.reject(new PandaError('data/changed', 'the data has changed', 'Put it back.'))
        : Promise.resolve(evaluation()),
    )
    expect(page().get('[role="alert"]').text()).toBe('The data has changed. Put it back.')

    await button('Evaluate again').trigger('click')
    await flushPromises()

    expect(asked).toHaveLength(2)
    expect(page().find('[role="alert"]').exists()).toBe(false)
    expect(tableNamed('Confusion matrix')).toBeDefined()
  })

  test('sends the files that are chosen and evaluates once all are there', async () => {
    const { asked, uploaded } = await open()
    await button('Files').trigger('click')
    const choose = async (at: number, name: string) => {
      const input = page().findAll('input[type="file"]')[at]?.element as HTMLInputElement
      Object.defineProperty(input, 'files', { value: [new File(['x'], name)], configurable: true })
      input.dispatchEvent(new Event('change'))
      await flushPromises()
    }

    await choose(0, 'pictures.gz')
    expect(asked).toHaveLength(1)
    await choose(1, 'answers.gz')

    expect(uploaded).toEqual(['pictures.gz', 'answers.gz'])
    const data = { images: '/uploads/pictures.gz', labels: '/uploads/answers.gz' }
    expect(asked.at(-1)).toMatchObject({ data })
    expect(asked.at(-1)).not.toHaveProperty('on')
  })

  test('names the files that it evaluates on the way back from another set', async () => {
    const { asked } = await open()
    await button('Files').trigger('click')
    await dropFiles('images.idx', 'labels.idx')

    await button('Dev set').trigger('click')
    await button('Files').trigger('click')
    await flushPromises()

    expect(asked.at(-1)).toMatchObject({ data: { images: '/uploads/images.idx' } })
    expect(filesForm().text()).toContain('labels.idx')
  })

  test('of numbers has root and mean of the errors, and the rows that are furthest off', async () => {
    await open(
      () =>
        Promise.resolve(
          evaluation({
            accuracy: null,
            error: null,
            classNames: null,
            confusion: null,
            perClass: null,
            rmse: 3.25,
            mae: 2.125,
            mistakes: [
              {
                index: 4,
                actual: '10',
                predicted: '7.5',
                probability: null,
                cost: 6.25,
                features: Float32Array.of(1, -2),
              },
            ],
          }),
        ),
      table,
    )

    expect(page().text()).toContain('RMSE')
    expect(page().text()).toContain('3.250')
    expect(tableNamed('Confusion matrix')).toBeUndefined()
    const cells = tableNamed('Worst mistakes')
      ?.findAll('tbody tr *')
      .map((one) => one.text())
    expect(cells).toEqual(['5', '10', '7.5', '−2.500', '1', '−2'])
  })
})

describe('the confusion matrix', () => {
  test('has one stop for the Tab key, and arrows move it', async () => {
    await open()
    const stops = () =>
      buttons(/found|taken for/).filter((one) => one.attributes('tabindex') === '0')
    expect(stops()).toHaveLength(1)

    stops()[0]?.element.focus()
    await stops()[0]?.trigger('keydown', { key: 'ArrowDown' })
    await flushPromises()

    expect(stops()).toHaveLength(1)
    expect(document.activeElement?.getAttribute('aria-label')).toBe(
      'dog taken for cat: 8 of 40, 20.0 %',
    )
  })

  test('shows the mistakes of a chosen cell alone, and all again', async () => {
    await open()
    expect(mistakes()).toHaveLength(24)

    await button(/^dog taken for cat/).trigger('click')
    expect(mistakes()).toHaveLength(8)
    expect(mistakes().every((one) => /^dog →\s*taken for cat/.test(one.text()))).toBe(true)

    await button('Show all').trigger('click')
    expect(mistakes()).toHaveLength(24)
  })

  test('says that what was found has no mistakes, and what is not among those that were sent', async () => {
    await open()

    await button(/^owl found/).trigger('click')
    expect(page().text()).toContain('These were found: there is no mistake among them.')
    await button(/^dog taken for owl/).trigger('click')

    expect(page().text()).toContain('None of them is among the 28 mistakes that cost most.')
  })

  test('becomes a list of the most frequent confusions beyond sixty classes', async () => {
    const names = Array.from({ length: 61 }, (_, id) => `class ${id}`)
    const confusion = names.map((_, a) =>
      names.map((__, b) => (a === b ? 5 : a === 7 && b === 9 ? 3 : 0)),
    )
    await open(() => Promise.resolve(evaluation({ classNames: names, confusion, perClass: null })))

    expect(tableNamed('Confusion matrix')).toBeUndefined()
    expect(page().get('[aria-label="Most frequent confusions"]').text()).toBe(
      'class 7 taken for class 9: 3 of 8, 37.5 %',
    )
  })
})

test('more mistakes come on demand', async () => {
  await open()

  await button('More').trigger('click')

  expect(mistakes()).toHaveLength(28)
  expect(buttons('More')).toHaveLength(0)
})

test('a run whose data cannot be read says why and can be asked again', async () => {
  const inputs = vi
    .fn<() => Promise<RunInputs>>()
    .mockRejectedValueOnce(new PandaError('data/unreadable', 'the file is gone', 'Put it back.'))
    .mockResolvedValue(pictures)
  const run = new FakeRun('digits')
  mount(EvaluatePage, {
    props: {
      snapshot: run.snapshot,
      evaluate: () => Promise.resolve(evaluation()),
      predict: () => Promise.resolve(classAnswer('cat')),
      inputs,
      upload: () => Promise.resolve({ path: '/x' }),
    },
    attachTo: document.body,
  })
  await flushPromises()
  expect(page().get('[role="alert"]').text()).toBe('The file is gone. Put it back.')

  await button('Try again').trigger('click')
  await flushPromises()

  expect(page().find('[role="group"][aria-label="Draw"]').exists()).toBe(true)
})
