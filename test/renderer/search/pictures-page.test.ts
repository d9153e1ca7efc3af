import { mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, test } from 'vitest'
import type { StudyInsight, StudySnapshot } from '../../../core/protocol/study.ts'
import ImportanceBars from '../../../renderer/search/pictures/ImportanceBars.vue'
import ParametersPage from '../../../renderer/search/pictures/ParametersPage.vue'
import { balancedColumns } from '../../../renderer/search/pictures/columns.ts'
import { studyOf, trialOf } from './curves-study.ts'

afterEach(() => {
  document.body.replaceChildren()
  localStorage.clear()
})

const RATE = 'hyperparameters.learning_rate'
const UNITS = 'network.layers.0.units'
const SPACE = {
  [RATE]: { type: 'real', low: 1e-4, high: 1 },
  [UNITS]: { type: 'integer', low: 16, high: 256 },
} as const
const done = (trial: number, rate: number, value: number) =>
  trialOf(trial, { state: 'done', value, point: { [RATE]: rate, [UNITS]: 16 * trial } })

const study = studyOf(
  [
    done(1, 0.1, 0.08),
    done(2, 0.01, 0.045),
    trialOf(3, { state: 'diverged', point: { [RATE]: 1, [UNITS]: 100 } }),
    trialOf(4, { state: 'running', point: { [RATE]: 0.02, [UNITS]: 40 } }),
  ],
  { best: 2 },
  { space: SPACE },
)
const insight: StudyInsight = {
  measured: 3,
  importance: [
    { path: UNITS, share: 0.8, low: 0.7, high: 0.9 },
    { path: RATE, share: 0.2, low: 0.1, high: 0.3 },
  ],
  rounds: [],
  surrogate: [
    {
      path: RATE,
      values: [1e-4, 1],
      mean: Float64Array.of(1, 2),
      deviation: Float64Array.of(0, 1),
    },
  ],
}

interface Props {
  snapshot: StudySnapshot
  insight: StudyInsight | null
  isThinking: boolean
  error: { code: 'engine/failed'; message: string; remedy: null } | null
  selected: number | null
}

const shown = (props: Partial<Props> = {}) =>
  mount(ParametersPage, {
    props: { snapshot: study, insight, isThinking: false, error: null, selected: null, ...props },
    attachTo: document.body,
  })

const button = (view: VueWrapper, name: string) => {
  const found = view.findAll('button').find((one) => one.text() === name)
  if (found === undefined) throw new Error(`there is no button "${name}"`)
  return found
}
const plotOf = (view: VueWrapper, name: string) =>
  view.get(`[role=group][aria-label="Trials along ${name}"]`)
const toldOf = (view: VueWrapper, name: string) =>
  view.get(`[aria-label="Values of one trial, ${name}"]`).text()

describe('the page of parameters', () => {
  test('shows a picture of each thing that is searched, the most important first', () => {
    const view = shown()

    const pictures = view.findAll('[role=group]').map((one) => one.attributes('aria-label'))
    expect(pictures.filter((label) => label?.startsWith('Trials along'))).toEqual([
      'Trials along units',
      'Trials along learning rate',
    ])
  })

  test('says in words what each picture shows', () => {
    const view = shown()

    expect(plotOf(view, 'learning rate').get('[role=img]').attributes('aria-label')).toBe(
      'learning rate against the dev error, 3 trials. Best is trial 2 at 0.01 with 4.50 %. ' +
        '1 diverged or failed. With what is believed between the trials.',
    )
    expect(plotOf(view, 'units').get('[role=img]').attributes('aria-label')).not.toContain(
      'believed',
    )
  })

  test('says where the best trials crowd at the end of a range, and leads to another space', async () => {
    const rates = [0.9, 0.7, 0.99, 0.1, 0.03, 0.01, 0.003, 0.001, 3e-4]
    const crowded = studyOf(
      rates.map((rate, i) => done(i + 1, rate, 0.04 + 0.01 * i)),
      { best: 1 },
      { space: SPACE },
    )
    const view = shown({ snapshot: crowded })

    expect(view.text()).toContain(
      'The best trials crowd at the upper end of learning rate (1): better ones may lie beyond.',
    )
    await button(view, 'Change the space…').trigger('click')
    expect(view.emitted('changeSpace')).toHaveLength(1)
    expect(shown().text()).not.toContain('crowd')
  })

  test('hides what is believed when asked to, and stays with it', async () => {
    const view = shown()

    await view.get('input[type=checkbox]').setValue(false)

    const labelOf = (one: VueWrapper) =>
      plotOf(one, 'learning rate').get('[role=img]').attributes('aria-label')
    expect(labelOf(view)).not.toContain('believed')
    expect(labelOf(shown())).not.toContain('believed')
  })

  test('tells the best of each picture until the arrows come to another', async () => {
    const view = shown()
    expect(toldOf(view, 'learning rate')).toMatch(/trial 2.*0\.01.*4\.50 %.*done/)

    await plotOf(view, 'learning rate').trigger('keydown', { key: 'End' })
    expect(toldOf(view, 'learning rate')).toMatch(/trial 3.*1.*—.*diverged/)
    await plotOf(view, 'learning rate').trigger('keydown', { key: 'ArrowLeft' })

    expect(toldOf(view, 'learning rate')).toMatch(/trial 1.*0\.1/)
    expect(view.findAll('[aria-live=polite]').map((one) => one.text())).toContain(
      'trial 1, learning rate 0.1, dev error 8.00 %, done',
    )
  })

  test('selects with Enter, and lets go with Escape', async () => {
    const view = shown()
    const plot = plotOf(view, 'units')

    await plot.trigger('keydown', { key: 'Home' })
    await plot.trigger('keydown', { key: 'Enter' })
    expect(view.emitted('select')).toEqual([[1]])
    await view.setProps({ selected: 1 })
    await plot.trigger('keydown', { key: 'Escape' })
    await plot.trigger('keydown', { key: 'Escape' })

    expect(view.emitted('select')).toEqual([[1], [null]])
  })

  test('leaves keys alone that have nothing to do here', async () => {
    const view = shown()
    const heard: string[] = []
    document.body.addEventListener('keydown', ({ key }) => heard.push(key))

    await plotOf(view, 'units').trigger('keydown', { key: 'Escape' })
    await plotOf(view, 'units').trigger('keydown', { key: 'ArrowRight', altKey: true })
    await plotOf(view, 'units').trigger('keydown', { key: 'ArrowRight' })

    expect(heard).toEqual(['Escape', 'ArrowRight'])
  })

  test('selects the trial that is clicked on', async () => {
    const view = shown()
    const plot = plotOf(view, 'units')
    const canvas = plot.get('canvas').element
    canvas.getBoundingClientRect = () => new DOMRect(0, 0, 400, 200)

    // Trial 3 diverged with 100 units: at the top edge, (100 − 15.5) / 241 of the way across.
    await plot.trigger('click', { clientX: 50 + (84.5 / 241) * 338, clientY: 12 })
    await plot.trigger('click', { clientX: 380, clientY: 100 })

    expect(view.emitted('select')).toEqual([[3], [null]])
  })

  test('says how many trials it rests on', () => {
    const view = shown({ insight: { ...insight, measured: 2 } })

    expect(view.get('[role=status]').text()).toContain('From 2 of 4 trials')
  })

  test('says how many trials it takes to tell what matters, and what lies between them', () => {
    const few = { ...insight, measured: 3, importance: null, surrogate: [] }
    const view = shown({ insight: few })

    expect(view.text()).toContain('Too few trials to tell: 3 of the 8 it takes, 5 to go.')
    expect(view.text()).toContain('What lies between trials can be told from 5 of them on.')
  })

  test('says that it thinks, and shows the trials meanwhile', () => {
    const view = shown({ insight: null, isThinking: true })

    expect(view.get('[role=status]').text()).toBe('Asking what the trials say…')
    expect(toldOf(view, 'units')).toContain('trial 2')
  })

  test('says what went wrong, and tries again when asked', async () => {
    const error = { code: 'engine/failed', message: 'its thread broke', remedy: null } as const
    const view = shown({ error, insight: null })
    expect(view.get('[role=alert]').text()).toContain('Its thread broke.')

    await button(view, 'Try again').trigger('click')

    expect(view.emitted('refresh')).toHaveLength(1)
  })

  test('says what will be here while no trial has a result', () => {
    const view = shown({ snapshot: studyOf(3, {}, { space: SPACE }), insight: null })

    expect(view.text()).toContain('No trial has a result yet')
    expect(view.find('[role=img]').exists()).toBe(false)
  })

  test('counts trials that do not have what is searched', () => {
    const trials = [
      ...study.trials,
      trialOf(5, { state: 'done', value: 0.3, point: { [UNITS]: 20 } }),
    ]
    const view = shown({ snapshot: { ...study, trials } })

    expect(view.get('figure:has([aria-label="Trials along learning rate"])').text()).toContain(
      '1 without it',
    )
  })
})

describe('the bars of importance', () => {
  const names = new Map([
    [RATE, 'learning_rate'],
    [UNITS, 'units'],
  ])

  test('are in order, each with its share and how sure that is', () => {
    const view = mount(ImportanceBars, {
      props: { importance: insight.importance, names, measured: 30, needed: 8 },
    })

    expect(view.findAll('li').map((one) => one.text())).toEqual([
      'units80 %between 70 % and 90 %',
      'learning rate20 %between 10 % and 30 %',
    ])
  })

  test('say that there are too few trials, or that nothing tells them apart', async () => {
    const props = { importance: null, names, measured: 7, needed: 8 }
    const view = mount(ImportanceBars, { props })
    expect(view.text()).toContain('7 of the 8 it takes, 1 to go')

    await view.setProps({ measured: 8 })

    expect(view.text()).toContain('every trial came to the same')
  })
})

describe('pictures beside each other', () => {
  test('stand in even rows', () => {
    expect(balancedColumns(4, 950)).toBe(2)
    expect(balancedColumns(4, 1500)).toBe(4)
    expect(balancedColumns(5, 950)).toBe(3)
    expect(balancedColumns(3, 640)).toBe(2)
    expect(balancedColumns(3, 200)).toBe(1)
    expect(balancedColumns(0, 950)).toBe(1)
  })
})
