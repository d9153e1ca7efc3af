import { DOMWrapper, mount } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { RunSnapshot } from '../../../core/protocol/run.ts'
import KnobPanel from '../../../renderer/knobs/KnobPanel.vue'
import { describeFactor } from '../../../renderer/knobs/describe-factor.ts'
import { parseSetting } from '../../../renderer/knobs/parse-setting.ts'
import { rampOf } from '../../../renderer/knobs/ramps-under-way.ts'
import { groupReadings } from '../../../renderer/knobs/reading-groups.ts'
import { firstSnapshot } from '../fake-run.ts'

afterEach(() => {
  localStorage.clear()
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

const mountKnobs = (snapshot = firstSnapshot()) =>
  mount(KnobPanel, {
    props: { snapshot, isBusy: false, error: null },
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

    expect(panel.emitted('apply')).toEqual([[{ learning_rate: 0.002 }, { kind: 'now' }]])
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

    await panel.setProps({ snapshot: { ...firstSnapshot(), readings } })
    expect((field('Learning rate').element as HTMLInputElement).value).toBe('0.002')
    const taken = { ...readings, learning_rate: { ...reading, requested: 0.002 } }
    await panel.setProps({ snapshot: { ...firstSnapshot(), readings: taken } })

    expect(button('Apply').attributes('disabled')).toBeDefined()
  })

  test('arrows in a field move it by a fifth, with Shift by two', async () => {
    mountKnobs()
    const rate = field('Learning rate')

    await rate.trigger('keydown', { key: 'ArrowUp' })
    expect((rate.element as HTMLInputElement).value).toBe('0.0012')
    await rate.trigger('keydown', { key: 'ArrowDown', shiftKey: true })

    expect((rate.element as HTMLInputElement).value).toBe('6e-4')
  })

  test('arrows leave what is no number for a person to mend', async () => {
    mountKnobs()
    const rate = field('Learning rate')
    await rate.setValue('fast')

    await rate.trigger('keydown', { key: 'ArrowUp' })

    expect((rate.element as HTMLInputElement).value).toBe('fast')
  })

  test('a ramp asks for its steps and is applied with them', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('0.002')
    await button('Ramp').trigger('click')
    await panel.get('[aria-label="Steps of the ramp"]').setValue('250')

    await panel.get('form').trigger('submit')

    expect(panel.emitted('apply')).toEqual([
      [{ learning_rate: 0.002 }, { kind: 'ramp', ramp: { steps: 250 } }],
    ])
  })

  test('a ramp is a tenth of an epoch long unless somebody says otherwise', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('0.002')
    await button('Ramp').trigger('click')

    await panel.get('form').trigger('submit')

    // 8 000 examples in batches of 64 are 125 steps.
    expect(panel.emitted('apply')?.[0]?.[1]).toEqual({ kind: 'ramp', ramp: { steps: 13 } })
  })

  test('a β takes its memory in steps, and its buttons move that', async () => {
    const panel = mountKnobs()
    await field('First moment').setValue('20 steps')
    expect(panel.text()).toContain('β₁ 0.9 → 0.95 (remembers 2 times longer)')

    await panel.get('[aria-label="First moment memory ×2"]').trigger('click')

    expect((field('First moment').element as HTMLInputElement).value).toBe('0.975')
  })

  test('Enter on a slider applies as it does in a field', async () => {
    const panel = mountKnobs()
    const slider = panel.get('[aria-label="Learning rate slider"]')
    await slider.trigger('keydown', { key: 'ArrowRight', shiftKey: true })

    await slider.trigger('keydown', { key: 'Enter' })

    expect(panel.emitted('apply')).toEqual([[{ learning_rate: 0.002 }, { kind: 'now' }]])
  })

  test('a nudge that was refused keeps its draft, and says why', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('0.002')
    const error = { code: 'store/disk-full', message: 'the disk is full', remedy: 'Make room.' }

    await panel.setProps({ error: error as never, snapshot: { ...firstSnapshot() } })

    expect(panel.get('[role="alert"]').text()).toContain('The disk is full.')
    expect((field('Learning rate').element as HTMLInputElement).value).toBe('0.002')
    expect(button('Apply').attributes('disabled')).toBeUndefined()
  })

  test('a plan that was taken leaves no draft that would plan it twice', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('5e-4')
    await field('First moment').setValue('0.95')
    const plan = {
      id: 7,
      at: 0,
      branch: 'b1',
      step: 0,
      kind: 'planned',
      changes: [{ name: 'learning_rate', from: 0.001, to: 0.0005 }],
      when: { evaluations: 5, tolerance: 0.005 },
    } as const

    await button('When flat').trigger('click')
    await panel.setProps({ snapshot: { ...firstSnapshot(), journal: [plan] } })

    expect(button('Apply').attributes('disabled')).toBeUndefined()
    expect((field('Learning rate').element as HTMLInputElement).value).toBe('0.001')
    expect((field('First moment').element as HTMLInputElement).value).toBe('0.95')
  })

  test('a knob on a ramp shows how far it is, and all three readings', () => {
    const reading = { requested: 0.002, inForce: 0.0015, scheduled: 0.0014 }
    const panel = mountKnobs({
      ...firstSnapshot(),
      step: 149,
      branches: [{ ...firstSnapshot().branches[0]!, tipStep: 149 }],
      readings: { ...firstSnapshot().readings, learning_rate: reading },
      journal: [
        {
          id: 2,
          at: 0,
          branch: 'b1',
          step: 99,
          kind: 'nudge',
          changes: [{ name: 'learning_rate', from: 0.001, to: 0.002 }],
          checkpoint: 'c1',
          firstStep: 100,
          ramp: { steps: 100 },
        },
      ],
    })

    expect(panel.get('[role="progressbar"]').attributes('aria-valuenow')).toBe('50')
    expect(panel.text()).toContain('on its way to 0.002, 50 steps left')
    expect(panel.findAll('dl')[0]?.text()).toBe('requested0.002in force0.0015after schedule0.0014')
  })

  test('a ramp over no whole number of steps is not applied', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('0.002')
    await button('Ramp').trigger('click')
    await panel.get('[aria-label="Steps of the ramp"]').setValue('2.5')

    await panel.get('form').trigger('submit')

    expect(panel.text()).toContain('whole number of steps')
    expect(panel.emitted('apply')).toBeUndefined()
  })

  test('a nudge can wait for a flat dev cost, and says so on its button', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('0.002')
    await button('When flat').trigger('click')

    expect(button('Plan').exists()).toBe(true)
    await panel.get('form').trigger('submit')

    const when = { evaluations: 5, tolerance: 0.005 }
    expect(panel.emitted('apply')).toEqual([
      [{ learning_rate: 0.002 }, { kind: 'when-flat', when }],
    ])
  })

  test('a nudge that waited can come evenly too, over steps of one’s choice', async () => {
    const panel = mountKnobs()
    await field('Learning rate').setValue('0.002')
    await button('When flat').trigger('click')
    const evenly = panel.findAll('label').find((one) => one.text() === 'then evenly')

    await evenly?.get('input').setValue(true)
    await page().get('[aria-label="Steps of the ramp"]').setValue('half')
    const refused = panel.get('[role="alert"]').text()
    await page().get('[aria-label="Steps of the ramp"]').setValue('300')
    await panel.get('form').trigger('submit')

    const when = { evaluations: 5, tolerance: 0.005 }
    expect(refused).toBe('A ramp takes a whole number of steps.')
    expect(panel.emitted('apply')).toEqual([
      [{ learning_rate: 0.002 }, { kind: 'when-flat', when, ramp: { steps: 300 } }],
    ])
  })

  test('a plan that waits tells how it will come', () => {
    const plan = {
      id: 7,
      at: 0,
      branch: 'b1',
      step: 0,
      kind: 'planned',
      changes: [{ name: 'learning_rate', from: 0.001, to: 0.0005 }],
      when: { evaluations: 5, tolerance: 0.005 },
      ramp: { steps: 300 },
    } as const

    const panel = mountKnobs({ ...firstSnapshot(), journal: [plan] })

    expect(panel.get('[aria-label="Planned nudges"]').text()).toContain('evenly over 300 steps')
  })

  test('a plan that waits is listed and can be dropped', async () => {
    const plan = {
      id: 7,
      at: 0,
      branch: 'b1',
      step: 0,
      kind: 'planned',
      changes: [{ name: 'learning_rate', from: 0.001, to: 0.0005 }],
      when: { evaluations: 5, tolerance: 0.005 },
    } as const
    const panel = mountKnobs({ ...firstSnapshot(), journal: [plan] })

    await button('Drop').trigger('click')

    expect(panel.emitted('dropPlan')).toEqual([[7]])
  })

  test('what is fixed says why', async () => {
    const panel = mountKnobs()

    await button('Fixed for this run').trigger('click')

    expect(panel.text()).toContain('dense 256 relu → dense 128 relu → dense 10')
    expect(panel.text()).toContain('start a new panda')
  })
})

test('a change is told on the knob’s own scale', () => {
  const told = (name: 'learning_rate' | 'momentum' | 'dropout', from: number, to: number) =>
    describeFactor({ name, from, to })

  expect(told('learning_rate', 0.01, 0.02)).toBe('α 0.01 → 0.02 (×2)')
  expect(told('learning_rate', 0.01, 0.005)).toBe('α 0.01 → 0.005 (÷2)')
  expect(told('momentum', 0.9, 0.95)).toContain('remembers 2 times longer')
  expect(told('dropout', 0, 0.2)).not.toContain('×')
})

test('a value is read as people write it', () => {
  expect(parseSetting('learning_rate', ' 3e-4 ')).toBe(3e-4)
  expect(parseSetting('learning_rate', '1/64')).toBe(0.015625)
  expect(parseSetting('momentum', '20 steps')).toBe(0.95)
  expect(parseSetting('beta2', '1000 steps')).toBe(0.999)
  expect(parseSetting('dropout', '5 %')).toBe(0.05)
  expect(parseSetting('warmup_steps', '500 steps')).toBe(500)
  expect(parseSetting('batch_size', '64 examples')).toBe(64)
})

test.each([
  ['learning_rate', '20 steps'],
  ['decay_factor', '20 steps'],
  ['momentum', '0 steps'],
  ['learning_rate', '1/2/3'],
  ['learning_rate', '1,5'],
  ['dropout', '%'],
  ['l2', ''],
] as const)('%s refuses “%s”', (name, text) => {
  expect(parseSetting(name, text)).toBeNaN()
})

test('readings that are equal are said once', () => {
  const told = (requested: number, inForce: number, scheduled: number) =>
    groupReadings({ requested, inForce, scheduled }).map(
      ({ label, value, differs }) => `${label} ${value}${differs ? ' !' : ''}`,
    )

  expect(told(1, 1, 1)).toEqual(['requested, in force, after schedule 1'])
  expect(told(2, 1, 1)).toEqual(['requested 2 !', 'in force, after schedule 1'])
  expect(told(1, 1, 0.5)).toEqual(['requested, in force 1', 'after schedule 0.5 !'])
  expect(told(1, 2, 1)).toEqual(['requested 1 !', 'in force 2', 'after schedule 1 !'])
})

test('a ramp under way knows how far it is', () => {
  const snapshot: RunSnapshot = {
    ...firstSnapshot(),
    step: 149,
    branches: [{ ...firstSnapshot().branches[0]!, tipStep: 149 }],
    readings: { learning_rate: { requested: 0.002, inForce: 0.0015, scheduled: 0.0015 } },
    journal: [
      {
        id: 1,
        at: 0,
        branch: 'b1',
        step: 99,
        kind: 'nudge',
        changes: [{ name: 'learning_rate', from: 0.001, to: 0.002 }],
        checkpoint: 'c1',
        firstStep: 100,
        ramp: { steps: 100 },
      },
    ],
  }

  expect(rampOf(snapshot, 'learning_rate')).toEqual({ target: 0.002, stepsLeft: 50, share: 0.5 })
  expect(rampOf(firstSnapshot(), 'learning_rate')).toBeNull()
})
