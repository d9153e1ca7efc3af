import { DOMWrapper, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PandaError } from '../../../core/errors.ts'
import type { PredictRequest, PredictionReply, RunInputs } from '../../../core/protocol/examine.ts'
import PredictPanel from '../../../renderer/examine/PredictPanel.vue'
import { classAnswer, numberAnswer, pictures, table, text, textAnswer } from './examined.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

const page = () => new DOMWrapper(document.body)
const button = (name: string) => {
  const found = page()
    .findAll('button')
    .find((one) => (one.attributes('aria-label') ?? one.text()) === name)
  if (found === undefined) throw new Error(`there is no button ${name}`)
  return found
}
const field = (label: string) => {
  const found = page()
    .findAll('label')
    .find((one) => one.text() === label)
  return page().get(`[id="${found?.attributes('for')}"]`)
}
const said = () => page().get('[role="status"][aria-label="Prediction"]').text()
const rest = async () => {
  await vi.advanceTimersByTimeAsync(250)
  await flushPromises()
}

type Data = PredictRequest['data']

async function open(
  inputs: RunInputs,
  predict: (data: Data) => Promise<PredictionReply>,
  checkpoint = '',
) {
  const asked: PredictRequest[] = []
  const view = mount(PredictPanel, {
    props: {
      inputs,
      checkpoint,
      predict: (request: PredictRequest) => {
        asked.push(request)
        return predict(request.data)
      },
    },
    attachTo: document.body,
  })
  await flushPromises()
  const rows = () => asked.map(({ data }) => ('rows' in data ? (data.rows[0] ?? []) : []))
  return { view, asked, rows }
}

describe('a drawing', () => {
  const pad = () => page().get('[aria-label="Drawing area"]')

  test('is answered as it is drawn with the keys: Space puts the pen down, arrows move it', async () => {
    const { rows } = await open(pictures, () => Promise.resolve(classAnswer('owl')))

    await pad().trigger('keydown', { key: ' ' })
    await pad().trigger('keydown', { key: 'ArrowRight' })
    await rest()

    const row = rows().at(-1) ?? []
    expect(row).toHaveLength(16)
    expect(row.some((value) => value > 0)).toBe(true)
    expect(row.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(said()).toBe('owl80.0 %')
  })

  test('drawn with a pointer is asked for, and the answer goes when it is cleared', async () => {
    const { rows } = await open(pictures, () => Promise.resolve(classAnswer('dog')))
    const canvas = pad().element as HTMLCanvasElement
    canvas.setPointerCapture = () => {}
    vi.spyOn(canvas, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 100, 100))

    await pad().trigger('pointerdown', { button: 0, clientX: 20, clientY: 20, pointerId: 1 })
    await pad().trigger('pointerup')
    await rest()
    expect(rows()).toHaveLength(1)
    expect(said()).toContain('dog')

    await button('Clear').trigger('click')

    expect(said()).toBe('Draw, drop a picture here, or take an example.')
    expect(button('Undo').attributes('disabled')).toBeDefined()
  })

  test('can start from an example, be moved with Shift and an arrow, and moved back by Undo', async () => {
    const { rows } = await open(pictures, () => Promise.resolve(classAnswer('cat')))

    await button('Example 2: owl').trigger('click')
    await rest()
    expect(rows().at(-1)).toEqual(Array.from({ length: 16 }, () => 0.5))

    await pad().trigger('keydown', { key: 'ArrowRight', shiftKey: true })
    await rest()
    expect(rows().at(-1)?.slice(0, 4)).toEqual([0, 0.5, 0.5, 0.5])

    await button('Undo').trigger('click')
    await rest()
    expect(rows().at(-1)?.slice(0, 4)).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  test('keeps the keys it knows to itself, so that Space does not start training', async () => {
    await open(pictures, () => Promise.resolve(classAnswer('cat')))
    const heard: string[] = []
    const listen = (event: KeyboardEvent) => heard.push(event.key)
    window.addEventListener('keydown', listen)

    await pad().trigger('keydown', { key: ' ' })
    await pad().trigger('keydown', { key: 'Tab' })
    window.removeEventListener('keydown', listen)

    expect(heard).toEqual(['Tab'])
  })

  test('is predicted by the chosen day', async () => {
    const { asked } = await open(pictures, () => Promise.resolve(classAnswer('cat')), '3')

    await button('Example 1: cat').trigger('click')
    await rest()

    expect(asked.at(-1)).toMatchObject({ checkpoint: '3' })
  })

  test('has the likeliest classes only where there are many', async () => {
    const classNames = Array.from({ length: 40 }, (_, id) => `class ${id}`)
    const probabilities = classNames.map((_, id) => (id === 33 ? 0.61 : 0.01))
    const [first] = classNames
    await open(pictures, () =>
      Promise.resolve({
        ...classAnswer('cat'),
        kind: 'classes',
        classNames,
        predictions: [{ class: first ?? '', probability: 0.61, probabilities }],
      }),
    )

    await button('Example 1: cat').trigger('click')
    await rest()

    const bars = page()
      .findAll('dt')
      .map((one) => one.text())
    expect(bars).toHaveLength(12)
    expect(bars[0]).toBe('class 33')
  })
})

describe('a row', () => {
  test('is answered once every cell is a number', async () => {
    const { rows } = await open(table, () => Promise.resolve(numberAnswer(12.5)))

    await field('width').setValue('3')
    await rest()
    expect(rows()).toHaveLength(0)
    expect(page().text()).toContain('A number is missing.')

    await field('height').setValue('4.5')
    await rest()

    expect(rows()).toEqual([[3, 4.5]])
    expect(said()).toBe('price12.5')
  })

  test('can be pasted with its header into the field for it', async () => {
    const { rows } = await open(table, () => Promise.resolve(numberAnswer(1)))

    await field('Paste a row').setValue('height,width\n7,8')
    await rest()

    expect((field('width').element as HTMLInputElement).value).toBe('8')
    expect(rows().at(-1)).toEqual([8, 7])
  })

  test('that does not fit is refused under the field, and the form stays as it was', async () => {
    const { rows } = await open(table, () => Promise.resolve(numberAnswer(1)))

    await field('Paste a row').setValue('1,2,3')
    await rest()

    expect(page().text()).toContain('There are 3 values; this run takes 2.')
    expect((field('width').element as HTMLInputElement).value).toBe('')
    expect(rows()).toHaveLength(0)
  })

  test('can start from an example of the dev set', async () => {
    const { rows } = await open(table, () => Promise.resolve(numberAnswer(1)))

    await field('Start from the dev set').setValue('0')
    await rest()

    expect(rows().at(-1)).toEqual([1.5, -2])
  })

  test('shows a refusal in the place of the answer', async () => {
    await open(table, () =>
      Promise.reject(new PandaError('engine/failed', 'it broke', 'Try again.')),
    )

    await field('Start from the dev set').setValue('0')
    await rest()

    expect(page().get('[role="alert"]').text()).toBe('It broke. Try again.')
  })
})

describe('a text', () => {
  test('has a sample from the start', async () => {
    const { asked } = await open(text, () => Promise.resolve(textAnswer('Shall I')))

    expect(asked[0]?.data).toMatchObject({ text: '', seed: 1 })
    expect(said()).toContain('Shall I')
  })

  test('goes on with what is typed, and another seed gives another one', async () => {
    const { asked } = await open(text, (data) =>
      Promise.resolve(textAnswer('seed' in data ? ` by seed ${data.seed}` : '')),
    )

    await field('Go on with').setValue('To be')
    await page().get('form').trigger('submit')
    await flushPromises()
    expect(asked.at(-1)?.data).toMatchObject({ text: 'To be', seed: 1 })
    await button('Another').trigger('click')
    await flushPromises()

    expect(asked.at(-1)?.data).toMatchObject({ text: 'To be', seed: 2 })
    expect(said()).toContain('To be by seed 2')
  })

  test('is not asked for with a length that makes no sense', async () => {
    const { asked } = await open(text, () => Promise.resolve(textAnswer('x')))

    await field('Characters').setValue('0')
    await page().get('form').trigger('submit')

    expect(asked).toHaveLength(1)
    expect(page().text()).toContain('A whole number from 1 to')
  })
})
