import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { SearchSpace } from '../../../core/protocol/space.ts'
import digits from '../../../examples/digits.json'
import SpaceEditor from '../../../renderer/search/space/SpaceEditor.vue'

afterEach(() => document.body.replaceChildren())

const SPACE: SearchSpace = {
  'hyperparameters.learning_rate': { type: 'real', low: 1e-5, high: 1 },
  'network.layers.0.units': { type: 'integer', low: 16, high: 256 },
}

function edit(space: SearchSpace = SPACE) {
  const editor = mount(SpaceEditor, {
    props: {
      run: digits,
      modelValue: space,
      'onUpdate:modelValue': (modelValue: SearchSpace) => void editor.setProps({ modelValue }),
    },
    attachTo: document.body,
  })
  const field = (name: string) => editor.get(`[aria-label="${name}"]`)
  const fault = () => editor.emitted('update:fault')?.at(-1)?.[0]
  return { editor, field, fault }
}

describe('the editor of a space', () => {
  test('says of a space that is right that nothing is wrong, and leaves it alone', () => {
    const { editor, fault } = edit()

    expect(fault()).toBeNull()
    expect(editor.emitted('update:modelValue')).toBeUndefined()
  })

  test('hands out what is typed once it is a number, and its fault until then', async () => {
    const { editor, field, fault } = edit()

    await field('Learning rate α: lowest').setValue('1e-')
    expect(fault()).toContain('“1e-” is not a number')
    await field('Learning rate α: lowest').setValue('1e-3')

    expect(fault()).toBeNull()
    expect(editor.props('modelValue')).toMatchObject({
      'hyperparameters.learning_rate': { low: 1e-3, high: 1 },
    })
    expect((field('Learning rate α: lowest').element as HTMLInputElement).value).toBe('1e-3')
  })

  test('a linear scale instead of its own is in the space', async () => {
    const { editor, field } = edit()

    await field('Learning rate α: scale').setValue('linear')

    expect(editor.props('modelValue')['hyperparameters.learning_rate']).toMatchObject({
      scale: 'linear',
    })
  })

  test('a range turned into a choice offers its values to switch and takes others', async () => {
    const { editor, field } = edit()

    await field('Layer 1: units: kind').setValue('choice')
    const other = field('Layer 1: units: add values')
    await other.setValue('32, 64')
    await other.trigger('change')

    expect(editor.props('modelValue')['network.layers.0.units']).toEqual({
      type: 'choice',
      values: [16, 140, 256, 32, 64],
    })
  })

  test('another space from outside takes the place of what was there', async () => {
    const { editor, field } = edit()

    await editor.setProps({
      modelValue: { 'hyperparameters.l2': { type: 'real', low: 1e-6, high: 0.1 } },
    })

    expect((field('L2 λ: lowest').element as HTMLInputElement).value).toBe('1e-6')
    expect(editor.find('[aria-label="Learning rate α: lowest"]').exists()).toBe(false)
  })
})
